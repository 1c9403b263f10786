using Pipeline.Outcomes;
using Pipeline.StackOperations;

namespace Pipeline.Deployments;

/// <summary>Looks at every change before the first one is made: what would lose data is refused while nothing is touched yet.</summary>
/// <param name="deployer">of the environment</param>
public sealed class Preview(StackDeployer deployer)
{
    /// <summary>Works out the changes of all due stacks that exist.</summary>
    /// <param name="environment">for the refusal</param>
    /// <param name="release">id of the release that is to make them</param>
    /// <returns>the same stacks, those whose change set holds until it is executed with it</returns>
    /// <exception cref="PipelineException">something that holds data would be replaced or removed, and nobody allowed it (3)</exception>
    public async Task<IReadOnlyList<PlannedStack>> Of(IReadOnlyList<PlannedStack> stacks, string environment, string release, CancellationToken cancel)
    {
        var looked = await Task.WhenAll(stacks.Select(async stack => (Stack: stack, Seen: await Look(stack, stacks, release, cancel).ConfigureAwait(false)))).ConfigureAwait(false);
        var losses = looked.SelectMany(l => l.Seen?.Losses ?? []).ToList();
        return losses.Count > 0
            ? throw ChangeReview.Refusal(losses, environment, "untouched by this run")
            : [.. looked.Select(l => l.Stack with { Prepared = l.Seen?.Prepared })];
    }

    private async Task<StackPreview?> Look(PlannedStack stack, IReadOnlyList<PlannedStack> all, string release, CancellationToken cancel)
    {
        if (!stack.Due || !stack.Present)
        {
            return null;
        }

        try
        {
            return await deployer.Preview(new StackWork(stack.Name, stack.StackName, stack.Snapshot, stack.TokenIn(release)), keep: !WaitsForDue(stack, all), cancel).ConfigureAwait(false);
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
