using Pipeline.Outcomes;
using Pipeline.StackOperations;

namespace Pipeline.Deployments;

/// <summary>Looks at every change before the first one is made: what would lose data is refused while nothing is touched yet.</summary>
/// <param name="deployer">of the environment</param>
public sealed class Preview(StackDeployer deployer)
{
    /// <summary>Change sets stay for their execution, where they hold until then; else they are only looked at.</summary>
    public bool Keeps { get; init; } = true;

    /// <summary>Works out the changes of all due stacks that exist.</summary>
    /// <param name="environment">for the refusal</param>
    /// <param name="release">id of the release that is to make them</param>
    /// <returns>the same stacks, those whose change set holds until it is executed with it</returns>
    /// <exception cref="PipelineException">something that holds data would be replaced or removed, and nobody allowed it (3)</exception>
    public Task<IReadOnlyList<PlannedStack>> Of(IReadOnlyList<PlannedStack> stacks, string environment, string release, CancellationToken cancel) => Of(stacks, stacks, environment, release, cancel);

    private async Task<IReadOnlyList<PlannedStack>> Of(IReadOnlyList<PlannedStack> some, IReadOnlyList<PlannedStack> all, string environment, string release, CancellationToken cancel)
    {
        var looked = await Task.WhenAll(some.Select(async stack => (Stack: stack, Seen: await Look(stack, all, release, cancel).ConfigureAwait(false)))).ConfigureAwait(false);
        var losses = looked.SelectMany(l => l.Seen?.Losses ?? []).ToList();
        return losses.Count > 0
            ? throw ChangeReview.Refusal(losses, environment, "untouched by this run")
            : [.. looked.Select(l => l.Stack with { Prepared = l.Seen?.Prepared, Changes = l.Seen?.Changes ?? [] })];
    }

    /// <summary>The same after an approval: what was approved is executed, or nothing.</summary>
    /// <param name="approved">stack → ARN of the change set that was approved; the others are worked out again</param>
    /// <exception cref="PipelineException">a stack was changed meanwhile, so that its change set holds no longer (3)</exception>
    public async Task<IReadOnlyList<PlannedStack>> Again(IReadOnlyList<PlannedStack> stacks, IReadOnlyDictionary<string, string> approved, string environment, string release, CancellationToken cancel)
    {
        var kept = new Dictionary<string, Aws.ChangeSet>();
        foreach (var stack in stacks.Where(s => s.Due && approved.ContainsKey(s.Name)))
        {
            kept[stack.Name] = await deployer.StillReady(approved[stack.Name], cancel).ConfigureAwait(false) ?? throw new ObsoletePlanException(stack.StackName, approved[stack.Name], environment);
        }

        var others = await Of([.. stacks.Where(s => !kept.ContainsKey(s.Name))], stacks, environment, release, cancel).ConfigureAwait(false);
        return [.. stacks.Select(s => kept.TryGetValue(s.Name, out var set) ? s with { Prepared = set, Changes = set.Changes } : others.Single(o => o.Name == s.Name))];
    }

    private async Task<StackPreview?> Look(PlannedStack stack, IReadOnlyList<PlannedStack> all, string release, CancellationToken cancel)
    {
        if (!stack.Due || !stack.Present)
        {
            return null;
        }

        try
        {
            return await deployer.Preview(new StackWork(stack.Name, stack.StackName, stack.Snapshot, stack.TokenIn(release)), keep: Keeps && !WaitsForDue(stack, all), cancel).ConfigureAwait(false);
        }
        catch (Aws.AwsRefusedException e) when (e.Kind == Aws.RefusalKind.Denied)
        {
            // It may need what a stack before it is to bring; if it is wrong, its own operation says so.
            return null;
        }
    }

    /// <summary>Something it may import from is changed before it: its change set would be out of date by then.</summary>
    private static bool WaitsForDue(PlannedStack stack, IReadOnlyList<PlannedStack> all) =>
        all.Where(s => stack.DependsOn.Contains(s.Name)).Any(before => before.Due || WaitsForDue(before, all));
}

/// <summary>A change set that was worked out for a plan can not be executed any more (exit code 3).</summary>
public sealed class ObsoletePlanException(string stack, string changeSet, string environment) : PipelineException(ExitCode.Refused,
    $"REFUSED: the change set of stack {stack} is not what was approved any more.",
    new Detail("why", $"{changeSet} can not be executed: the stack was changed, or the change set deleted, since then"),
    new Detail(environment, "untouched by this run"),
    new Detail("next", $"{Reporting.Words.Deploy(environment)} asks for a new approval"));
