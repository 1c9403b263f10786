using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.Reporting;
using Pipeline.StackOperations;

namespace Pipeline.Deployments;

/// <summary>A release is one thing: what it had changed before it failed goes back to what was last proven healthy, last first.</summary>
public sealed class WayBack(DeploymentOrder order, ReleaseLedger ledger, ServiceVerifier verifier, Rows rows)
{
    /// <summary>Goes back. A stack that cannot go back does not keep the others from it.</summary>
    /// <param name="ended">the stacks that came to an end, in that order</param>
    /// <param name="apply">gives a stack a snapshot again and records it; answers whether that went well</param>
    public async Task<Aftermath> Go(IReadOnlyList<EndedStack> ended, Func<PlannedStack, StackSnapshot, Task<bool>> apply, CancellationToken cancel)
    {
        var stuck = ended.Where(e => e.Result.Outcome == AfterOperation.Broken).Select(e => e.Stack.Name).ToList();
        foreach (var (stack, _) in Enumerable.Reverse(ended).Where(e => e.Holds != e.Stack.Proven && e.Result.Outcome != AfterOperation.Broken))
        {
            if (stack.Proven is null)
            {
                rows.Set(stack.Name, "never proven before; left in place", done: true);
            }
            else if (await ledger.Snapshot(stack.Name, stack.Proven, cancel).ConfigureAwait(false) is not { } before)
            {
                rows.Set(stack.Name, "cannot go back: what it was given before is not on record", done: true);
                stuck.Add(stack.Name);
            }
            else
            {
                rows.Set(stack.Name, "going back");
                var back = await Tried(() => apply(stack, before)).ConfigureAwait(false);
                rows.Set(stack.Name, back ? "rolled back" : "COULD NOT GO BACK", done: true);
                stuck.AddRange(back ? [] : [stack.Name]);
            }
        }

        var serving = await Serving(cancel).ConfigureAwait(false);
        var outcome = stuck.Count > 0 || serving.Any(s => s.Failure is not null) ? ReleaseOutcome.RollbackFailed
            : serving.Count > 0 ? ReleaseOutcome.RolledBack : ReleaseOutcome.Failed;
        return new Aftermath(outcome, stuck, serving);
    }

    private static async Task<bool> Tried(Func<Task<bool>> apply)
    {
        try
        {
            return await apply().ConfigureAwait(false);
        }
        catch (PipelineException)
        {
            return false;
        }
    }

    /// <summary>What the environment serves after the way back: every service that was proven before, proven again as its stack's snapshot has it.</summary>
    private async Task<IReadOnlyList<ServiceProof>> Serving(CancellationToken cancel) =>
        await Task.WhenAll(order.Stacks.Where(s => s.Service is not null && s.Proven is not null).Select(async stack =>
            await ledger.Snapshot(stack.Name, stack.Proven!, cancel).ConfigureAwait(false) is { } before
                ? await verifier.Prove(stack.Service!.As(before), stack.StackName, cancel).ConfigureAwait(false)
                : new ServiceProof(stack.Service!.Settings.Name, "", "") { Failure = "what ran before is not on record" })).ConfigureAwait(false);
}

/// <summary>A stack whose operation came to an end.</summary>
public sealed record EndedStack(PlannedStack Stack, StackResult Result)
{
    /// <summary>Why its service or migration did not come to a good end though its stack did; <c>null</c>: it did.</summary>
    public string? Unsuccessful { get; init; }

    /// <summary>It came to a good end.</summary>
    public bool Good => Result.Outcome == AfterOperation.Applied && Unsuccessful is null;

    /// <summary>Root causes, the nearest first.</summary>
    public IReadOnlyList<string> Reasons => Unsuccessful is null ? Result.Reasons : [Unsuccessful, .. Result.Reasons];

    /// <summary>Hash of what it holds now.</summary>
    public string? Holds => Result.Outcome == AfterOperation.Applied ? Stack.Hash : Stack.Applied;
}
