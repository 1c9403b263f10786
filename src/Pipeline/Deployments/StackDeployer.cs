using Pipeline.Aws;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Deployments;

/// <summary>Brings one stack to a snapshot: change set, execution, waiting for the end, with each step journalled before it is made.</summary>
/// <param name="stacks">CloudFormation</param>
/// <param name="interval">between two looks at a running operation</param>
/// <param name="deadline">for one operation; after it the outcome is unknown, not failed</param>
public sealed class StackDeployer(Stacks stacks, TimeSpan interval, TimeSpan deadline)
{
    /// <summary>Applies a snapshot.</summary>
    /// <param name="work">which stack, what, and under which token</param>
    /// <param name="journal">called with each step before it is made</param>
    /// <param name="progress">half a line for people</param>
    /// <exception cref="PipelineException">the stack may not be touched (3), or its state is unknown (6)</exception>
    public async Task<StackResult> Apply(StackWork work, Func<StackOperation, Task> journal, Action<string> progress, CancellationToken cancel)
    {
        var operation = new StackOperation(work.Stack, work.StackName, work.Snapshot.Hash(), work.Token);
        await journal(operation).ConfigureAwait(false);
        ChangeSet prepared;
        try
        {
            prepared = await Prepare(operation, work, journal, progress, cancel).ConfigureAwait(false);
        }
        catch (AwsRefusedException e)
        {
            // AWS said no before anything was changed.
            return await Ended(operation, AfterOperation.Undone, changed: false, [e.Message], cancel).ConfigureAwait(false);
        }

        operation = operation with { ChangeSet = prepared.Id };
        if (prepared.NothingToChange)
        {
            await stacks.DeleteChangeSet(prepared.Id, cancel).ConfigureAwait(false);
            return await Ended(operation, AfterOperation.Applied, changed: false, [], cancel).ConfigureAwait(false);
        }

        if (!prepared.Ready)
        {
            return await Ended(operation, AfterOperation.Undone, changed: false, [prepared.Reason ?? "the change set failed without a reason"], cancel).ConfigureAwait(false);
        }

        await stacks.Execute(prepared.Id, work.Token, cancel).ConfigureAwait(false);
        var outcome = await Follow(prepared.StackId, work, progress, cancel).ConfigureAwait(false);
        // Read once more after the end, or the reason is lost.
        var reasons = outcome == AfterOperation.Applied ? [] : RootCauses(await Events(prepared.StackId, work.Token, cancel).ConfigureAwait(false));
        return await Ended(operation, outcome, changed: true, reasons, cancel).ConfigureAwait(false);

        async Task<StackResult> Ended(StackOperation ended, AfterOperation how, bool changed, IReadOnlyList<string> why, CancellationToken token)
        {
            await journal(ended with { State = how == AfterOperation.Applied ? StackOperationState.Applied : StackOperationState.Failed }).ConfigureAwait(false);
            return new StackResult(how, await stacks.Describe(work.StackName, token).ConfigureAwait(false), why, changed);
        }
    }

    private async Task<ChangeSet> Prepare(StackOperation operation, StackWork work, Func<StackOperation, Task> journal, Action<string> progress, CancellationToken cancel)
    {
        var before = await Ready(work, progress, cancel).ConfigureAwait(false);
        progress(before is null ? "CREATE" : "UPDATE");
        var changeSet = await stacks.CreateChangeSet(new ChangeSetRequest(work.StackName, $"r-{work.Token}", work.Snapshot.Template, work.Snapshot.Parameters)
        {
            CreatesStack = before is null,
            Tags = work.Snapshot.Tags,
            ClientToken = work.Token,
        }, cancel).ConfigureAwait(false);
        await journal(operation with { ChangeSet = changeSet }).ConfigureAwait(false);
        return await Polling.Until(async () =>
        {
            var description = await stacks.DescribeChangeSet(changeSet, cancel).ConfigureAwait(false);
            return (!description.Pending, description);
        }, interval, deadline, () => new PipelineException(ExitCode.Unknown, $"CloudFormation did not finish preparing change set {changeSet}.", new Detail("next", "the same command again")), cancel).ConfigureAwait(false);
    }

    /// <summary>Waits until no operation runs on a stack.</summary>
    /// <returns>the stack; <c>null</c> if there is none</returns>
    /// <exception cref="PipelineException">the deadline passed (6)</exception>
    public Task<StackState?> Settled(string stackName, Action<string> progress, CancellationToken cancel) =>
        Polling.Until(async () =>
        {
            var stack = await stacks.Describe(stackName, cancel).ConfigureAwait(false);
            var waiting = StackStatuses.Before(stack?.Status) == BeforeOperation.Wait;
            if (waiting)
            {
                progress($"waiting for {stack!.Status}");
            }

            return (!waiting, stack);
        }, interval, deadline, () => StillRunning(stackName), cancel);

    private async Task<StackState?> Ready(StackWork work, Action<string> progress, CancellationToken cancel)
    {
        var stack = await Settled(work.StackName, progress, cancel).ConfigureAwait(false);
        switch (StackStatuses.Before(stack?.Status))
        {
            case BeforeOperation.Create:
                return null;
            case BeforeOperation.Update:
                return stack;
            case BeforeOperation.Recreate:
                progress($"deleting what a failed creation left ({stack!.Status})");
                await stacks.Delete(work.StackName, $"{work.Token}-delete", cancel).ConfigureAwait(false);
                return await Settled(stack.Id, progress, cancel).ConfigureAwait(false) is { Status: not "DELETE_COMPLETE" } left ? throw Untouchable(work.StackName, left) : null;
            case BeforeOperation.ContinueRollback:
                progress("continuing a rollback that was stuck");
                await stacks.ContinueRollback(work.StackName, $"{work.Token}-continue", cancel).ConfigureAwait(false);
                return await Settled(work.StackName, progress, cancel).ConfigureAwait(false) is { Status: "UPDATE_ROLLBACK_COMPLETE" } restored ? restored : throw Untouchable(work.StackName, stack!);
            default:
                throw Untouchable(work.StackName, stack!);
        }
    }

    private Task<AfterOperation> Follow(string stackId, StackWork work, Action<string> progress, CancellationToken cancel)
    {
        var begun = false;
        return Polling.Until(async () =>
        {
            var stack = await stacks.Describe(stackId, cancel).ConfigureAwait(false);
            var events = await Events(stackId, work.Token, cancel).ConfigureAwait(false);
            if (Progress(stack, events) is { } text)
            {
                progress(work.Detail is null ? text : $"{text}  {await work.Detail(cancel).ConfigureAwait(false)}".TrimEnd());
            }

            // A read right after the execution may still show the status before it.
            begun |= events.Count > 0;
            var outcome = begun ? StackStatuses.After(stack?.Status) : AfterOperation.Waiting;
            return (outcome != AfterOperation.Waiting, outcome);
        }, interval, deadline, () => StillRunning(stackId), cancel);
    }

    private static string? Progress(StackState? stack, IReadOnlyList<StackEvent> events)
    {
        if (stack is null)
        {
            return null;
        }

        var resources = events.Where(e => e.PhysicalId != stack.Id).GroupBy(e => e.LogicalId).Select(g => g.First()).ToList();
        var working = resources.Where(r => r.Status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal)).Select(r => r.LogicalId).ToList();
        var verb = stack.Status.Contains("ROLLBACK", StringComparison.Ordinal) ? "ROLLBACK" : stack.Status.Split('_')[0];
        return working.Count > 0 ? $"{verb}  {string.Join(", ", working.Take(3))}{(working.Count > 3 ? $" and {working.Count - 3} more" : "")}" : null;
    }

    /// <summary>The reasons that started the failure, oldest first: what was merely cancelled because of them says nothing.</summary>
    private static IReadOnlyList<string> RootCauses(IReadOnlyList<StackEvent> events) =>
        [.. events.Where(e => e.Status.EndsWith("_FAILED", StringComparison.Ordinal) && e.Reason is { Length: > 0 } reason && !reason.Contains("cancelled", StringComparison.OrdinalIgnoreCase))
            .OrderBy(e => e.Time)
            .Select(e => $"{e.LogicalId} ({e.Type}): {e.Reason}")
            .Distinct()];

    private async Task<IReadOnlyList<StackEvent>> Events(string stackId, string token, CancellationToken cancel) =>
        [.. (await stacks.Events(stackId, DateTimeOffset.MinValue, null, cancel).ConfigureAwait(false)).TakeWhile(e => e.ClientToken == token)];

    /// <summary>The refusal to touch a stack in a state where only a person may decide (exit code 3).</summary>
    public static PipelineException Untouchable(string stackName, StackState stack) => new(ExitCode.Refused,
        $"REFUSED: stack {stackName} is {stack.Status}: CloudFormation accepts no change in this state.",
        new Detail("why", stack.Reason ?? "CloudFormation gave no reason"),
        new Detail("next", $"aws cloudformation describe-stack-events --stack-name {stackName}, then delete or repair the stack by hand and run this again"));

    private PipelineException StillRunning(string stack) => new(ExitCode.Unknown,
        $"Stack {stack} has not come to an end within {Reporting.Durations.Text(deadline)}.",
        new Detail("why", "the operation goes on without us; it has neither succeeded nor failed"),
        new Detail("next", "the same command again: it waits for the operation's end, then goes on from there"));
}

/// <summary>One stack to bring to a snapshot.</summary>
/// <param name="Stack">its key in the configuration</param>
/// <param name="StackName">as CloudFormation knows it</param>
/// <param name="Snapshot">what to apply</param>
/// <param name="Token">client token, letters, digits and hyphens</param>
public sealed record StackWork(string Stack, string StackName, StackSnapshot Snapshot, string Token)
{
    /// <summary>Half a line more about a running operation; <c>null</c>: there is nothing more to say.</summary>
    public Func<CancellationToken, Task<string>>? Detail { get; init; }
}

/// <summary>How a stack operation ended.</summary>
/// <param name="Outcome">never <see cref="AfterOperation.Waiting"/></param>
/// <param name="Stack">as it is now; <c>null</c>: gone</param>
/// <param name="Reasons">root causes of a failure, oldest first</param>
/// <param name="Changed">something was done to it</param>
public sealed record StackResult(AfterOperation Outcome, StackState? Stack, IReadOnlyList<string> Reasons, bool Changed);
