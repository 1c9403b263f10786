using Pipeline.Aws;
using Pipeline.Outcomes;

namespace Pipeline.StackOperations;

/// <summary>Brings a stack from whatever status it is found in to one that can be built on, or refuses.</summary>
internal sealed class Settling(Stacks stacks, StackRules rules, OperationFollower follower)
{
    private readonly Mutation _mutation = new(rules);

    /// <summary>Waits until no operation runs on a stack.</summary>
    /// <param name="key">the stack's key in the configuration</param>
    /// <returns>the stack; <c>null</c> if there is none</returns>
    /// <exception cref="PipelineException">the operation is somebody else's and does not end, or the stack is only begun, by somebody else (3); or it is ours and does not end (6)</exception>
    public async Task<StackState?> Quiet(string key, string stackName, Action<string> progress, CancellationToken cancel)
    {
        var found = await Polling.Until(async () => (true, await stacks.Describe(stackName, cancel).ConfigureAwait(false)),
            rules.Interval, rules.Deadline, () => Refusals.StillRunning(stackName, rules.Deadline), cancel).ConfigureAwait(false);
        switch (StackStatuses.Before(found?.Status, rules.BrokenOf(key)))
        {
            case BeforeOperation.Wait:
                return await Ended(key, found!, progress, cancel).ConfigureAwait(false);
            case BeforeOperation.Review:
                await RefuseForeign(found!, cancel).ConfigureAwait(false);
                return found;
            default:
                return found;
        }
    }

    /// <summary>Makes a stack ready for an operation: waits, deletes what never came to be, rolls back, or refuses. Each of these is tried once.</summary>
    /// <returns>the stack to update; <c>null</c>: it is to be created</returns>
    /// <exception cref="PipelineException">only a person may decide (3), or the state is unknown (6)</exception>
    public async Task<StackState?> Ready(StackWork work, Action<string> progress, CancellationToken cancel)
    {
        var tried = new HashSet<BeforeOperation>();
        while (true)
        {
            var stack = await Quiet(work.Stack, work.StackName, progress, cancel).ConfigureAwait(false);
            var next = StackStatuses.Before(stack?.Status, rules.BrokenOf(work.Stack));
            switch (next)
            {
                case BeforeOperation.Create or BeforeOperation.Review:
                    return null;
                case BeforeOperation.Update:
                    return stack;
                case BeforeOperation.Recreate when tried.Add(next):
                    await Delete(stack!, $"{work.Token}-delete", progress, cancel).ConfigureAwait(false);
                    break;
                case BeforeOperation.RollBack when tried.Add(next):
                    await RollBack(stack!, $"{work.Token}-rollback", progress, cancel).ConfigureAwait(false);
                    break;
                case BeforeOperation.ContinueRollback when tried.Add(next):
                    await ContinueRollback(stack!, $"{work.Token}-continue", progress, cancel).ConfigureAwait(false);
                    break;
                case BeforeOperation.ContinueRollback:
                    var events = await OperationEvents.Read(stacks, stack!.Id, $"{work.Token}-continue", cancel).ConfigureAwait(false);
                    throw Refusals.StuckRollback(stack, RootCauses.OfRollback(stack.Id, events.Ours));
                default:
                    throw Refusals.Untouchable(work.Stack, stack!);
            }
        }
    }

    /// <summary>Rolls back an update that failed and was left so.</summary>
    /// <returns>the stack afterwards</returns>
    public async Task<StackState?> RollBack(StackState stack, string token, Action<string> progress, CancellationToken cancel)
    {
        progress("rolling back an update that failed and was left so");
        await Once(stack, () => stacks.Rollback(stack.Id, token, cancel), cancel).ConfigureAwait(false);
        return await follower.End(stack.Id, token, cancel).ConfigureAwait(false);
    }

    /// <summary>Waits for the end of an operation, whoever began it.</summary>
    private async Task<StackState?> Ended(string key, StackState found, Action<string> progress, CancellationToken cancel)
    {
        var operation = await RunningOperation.On(stacks, found, cancel).ConfigureAwait(false);
        var ours = rules.IsOurs(operation.Token);
        return await Polling.Until(async () =>
        {
            // By ARN: a namesake that was created meanwhile is another stack.
            var stack = await stacks.Describe(found.Id, cancel).ConfigureAwait(false);
            var waiting = StackStatuses.Before(stack?.Status, rules.BrokenOf(key)) == BeforeOperation.Wait;
            if (waiting)
            {
                found = stack!;
                progress($"waiting for {found.Status}{(ours ? "" : $", {operation}")}");
            }

            return (!waiting, stack);
        }, rules.Interval, ours ? rules.Deadline : rules.Patience, () => ours ? Refusals.StillRunning(found.Name, rules.Deadline) : Refusals.Busy(found, operation, rules.Patience), cancel).ConfigureAwait(false);
    }

    private async Task ContinueRollback(StackState stack, string token, Action<string> progress, CancellationToken cancel)
    {
        progress("continuing a rollback that was stuck");
        await Once(stack, () => stacks.ContinueRollback(stack.Id, token, cancel), cancel).ConfigureAwait(false);
        await follower.End(stack.Id, token, cancel).ConfigureAwait(false);
    }

    private async Task Delete(StackState stack, string token, Action<string> progress, CancellationToken cancel)
    {
        var resources = await stacks.ResourceStates(stack.Id, cancel).ConfigureAwait(false);
        progress($"deleting what a failed creation left ({stack.Status}){Named(": ", resources.Where(r => r.Status is not ("DELETE_COMPLETE" or "DELETE_SKIPPED")))}{Named("; kept by its policy: ", resources.Where(r => r.Status == "DELETE_SKIPPED"))}");
        await Once(stack, () => stacks.Delete(stack.Id, token, cancel), cancel).ConfigureAwait(false);
        await follower.End(stack.Id, token, cancel).ConfigureAwait(false);
    }

    private Task Once(StackState before, Func<Task> make, CancellationToken cancel) => _mutation.Once(
        make,
        async () => await stacks.Describe(before.Id, cancel).ConfigureAwait(false) is not { } now || now.Status != before.Status,
        cancel);

    private async Task RefuseForeign(StackState stack, CancellationToken cancel)
    {
        var sets = await stacks.ChangeSets(stack.Id, cancel).ConfigureAwait(false);
        if (sets.FirstOrDefault(set => !ChangeSetNames.IsOurs(set.Name, rules)) is { } foreign)
        {
            throw Refusals.ForeignReview(stack, foreign);
        }
    }

    private static string Named(string label, IEnumerable<StackResourceState> resources) =>
        string.Join(", ", resources.Select(r => r.LogicalId)) is { Length: > 0 } names ? label + names : "";
}
