using System.Diagnostics;
using Pipeline.Aws;

namespace Pipeline.StackOperations;

/// <summary>Follows one operation on one stack, by the stack's ARN and the operation's token, to its end.</summary>
internal sealed class OperationFollower(Stacks stacks, StackRules rules)
{
    /// <summary>Looks that may show the status before the operation until somebody asks whether it began at all.</summary>
    private const int StaleLooks = 3;

    private const int MostStaleLooks = 15;

    /// <summary>Follows the execution of a change set.</summary>
    /// <param name="changeSet">as it was executed</param>
    /// <param name="progress">half a line for people</param>
    /// <returns>how it ended; never under way</returns>
    /// <exception cref="Outcomes.PipelineException">the deadline passed, or it never began (6)</exception>
    public Task<AfterOperation> Follow(ChangeSet changeSet, StackWork work, Action<string> progress, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var stale = 0;
        return Polling.Until(async () =>
        {
            var (status, events) = await Look(changeSet.StackId, work.Token, cancel).ConfigureAwait(false);
            if (Progress(changeSet.StackId, status, events.Ours) is { } text)
            {
                progress(work.Detail is null ? text : $"{text}  {await work.Detail(cancel).ConfigureAwait(false)}".TrimEnd());
            }

            var outcome = StackStatuses.After(status);
            if (!events.Begun && outcome is not (AfterOperation.Waiting or AfterOperation.AppliedCleaningUp or AfterOperation.UndoneCleaningUp))
            {
                return (await NeverBegan(changeSet, status, ++stale, cancel).ConfigureAwait(false), AfterOperation.Undone);
            }

            // What is live is decided; that old resources do not go away in time changes nothing about it.
            return outcome switch
            {
                AfterOperation.AppliedCleaningUp when watch.Elapsed > rules.Deadline => (true, AfterOperation.Applied),
                AfterOperation.UndoneCleaningUp when watch.Elapsed > rules.Deadline => (true, AfterOperation.Undone),
                AfterOperation.Stale or AfterOperation.Waiting or AfterOperation.AppliedCleaningUp or AfterOperation.UndoneCleaningUp => (false, outcome),
                _ => (true, outcome),
            };
        }, rules.Interval, rules.Deadline, () => Refusals.StillRunning(work.StackName, rules.Deadline), cancel);
    }

    /// <summary>Follows any other operation of ours: a deletion, a rollback.</summary>
    /// <param name="stackId">ARN</param>
    /// <returns>the stack afterwards</returns>
    /// <exception cref="Outcomes.PipelineException">the deadline passed, or it never began (6)</exception>
    public Task<StackState?> End(string stackId, string token, CancellationToken cancel)
    {
        var stale = 0;
        return Polling.Until(async () =>
        {
            var stack = await stacks.Describe(stackId, cancel).ConfigureAwait(false);
            var begun = stack?.Status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal) != false
                || (await OperationEvents.Read(stacks, stackId, token, cancel).ConfigureAwait(false)).Begun;
            if (!begun && ++stale > MostStaleLooks)
            {
                throw Refusals.NeverBegan(stackId, stack?.Status);
            }

            return (begun && stack?.Status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal) != true, stack);
        }, rules.Interval, rules.Deadline, () => Refusals.StillRunning(stackId, rules.Deadline), cancel);
    }

    /// <summary>What there is to say about the failure of an operation: read once more after its end, or the reason is lost.</summary>
    public async Task<IReadOnlyList<string>> Reasons(string stackId, string token, CancellationToken cancel) => await Polling.Until(
        async () =>
        {
            var events = await OperationEvents.Read(stacks, stackId, token, cancel).ConfigureAwait(false);
            return (true, await RootCauses.Of(stackId, events.Ours, (nested, since) => stacks.Events(nested, since, null, cancel)).ConfigureAwait(false));
        }, rules.Interval, rules.Deadline, () => Refusals.StillRunning(stackId, rules.Deadline), cancel).ConfigureAwait(false);

    private async Task<(string? Status, OperationEvents Events)> Look(string stackId, string token, CancellationToken cancel)
    {
        var stack = await stacks.Describe(stackId, cancel).ConfigureAwait(false);
        var events = await OperationEvents.Read(stacks, stackId, token, cancel).ConfigureAwait(false);
        // Somebody else's operation may have begun since ours ended; somebody's cancellation of ours is still ours.
        var ended = events.Overtaken && events.Status(stackId) is { } last && !last.EndsWith("_IN_PROGRESS", StringComparison.Ordinal) ? last : null;
        return (ended ?? stack?.Status, events);
    }

    /// <summary>A read right after the execution may still show the status before it: tolerated a few times, then the change set is asked.</summary>
    /// <returns>CloudFormation could not execute it, and nothing was changed</returns>
    private async Task<bool> NeverBegan(ChangeSet changeSet, string? status, int stale, CancellationToken cancel)
    {
        if (stale <= StaleLooks)
        {
            return false;
        }

        var execution = (await stacks.FindChangeSet(changeSet.StackId, changeSet.Id, cancel).ConfigureAwait(false))?.ExecutionStatus;
        return execution == "EXECUTE_FAILED"
            || (execution is "AVAILABLE" or "OBSOLETE" || stale > MostStaleLooks ? throw Refusals.NeverBegan(changeSet.StackId, status) : false);
    }

    private static string? Progress(string stackId, string? status, IReadOnlyList<StackEvent> events)
    {
        if (status is null)
        {
            return null;
        }

        var resources = events.Where(e => e.PhysicalId != stackId).GroupBy(e => e.LogicalId).Select(g => g.First()).ToList();
        var working = resources.Where(r => r.Status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal)).Select(r => r.LogicalId).ToList();
        var verb = status.Contains("ROLLBACK", StringComparison.Ordinal) ? "ROLLBACK" : status.Split('_')[0];
        return working.Count > 0 ? $"{verb}  {string.Join(", ", working.Take(3))}{(working.Count > 3 ? $" and {working.Count - 3} more" : "")}" : null;
    }
}
