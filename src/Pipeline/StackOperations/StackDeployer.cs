using Pipeline.Aws;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.StackOperations;

/// <summary>Brings one stack to a snapshot: made ready, change set, review, execution, its end; each step journalled before it is made.</summary>
public sealed class StackDeployer
{
    private readonly Stacks _stacks;
    private readonly StackRules _rules;
    private readonly OperationFollower _follower;
    private readonly Settling _settling;
    private readonly ChangeSetPreparation _preparation;
    private readonly ChangeReview _review;
    private readonly StackGuards _guards;

    /// <summary>A deployer of an environment's stacks.</summary>
    /// <param name="stacks">CloudFormation</param>
    /// <param name="rules">the environment's</param>
    /// <param name="shelf">for templates too large for a request</param>
    public StackDeployer(Stacks stacks, StackRules rules, TemplateShelf shelf)
    {
        (_stacks, _rules) = (stacks, rules);
        _follower = new OperationFollower(stacks, rules);
        _settling = new Settling(stacks, rules, _follower);
        _preparation = new ChangeSetPreparation(stacks, rules, shelf);
        _review = new ChangeReview(stacks, rules);
        _guards = new StackGuards(stacks);
    }

    /// <summary>Applies a snapshot.</summary>
    /// <param name="work">which stack, what, and under which token</param>
    /// <param name="journal">called with each step before it is made</param>
    /// <param name="progress">half a line for people</param>
    /// <returns>how it ended; a refusal before anything was changed counts as undone, with its sentence as the reason</returns>
    /// <exception cref="PipelineException">the state is unknown (6), or the credentials are no longer valid</exception>
    public async Task<StackResult> Apply(StackWork work, Func<StackOperation, Task> journal, Action<string> progress, CancellationToken cancel)
    {
        var operation = new StackOperation(work.Stack, work.StackName, work.Snapshot.Hash(), work.Token);
        var stack = work.StackName;
        await journal(operation).ConfigureAwait(false);
        ChangeSet prepared;
        try
        {
            prepared = await Prepare(work, id => journal(operation with { ChangeSet = id }), progress, cancel).ConfigureAwait(false);
        }
        catch (PipelineException e) when (e is AwsRefusedException { Kind: RefusalKind.Denied } || e.ExitCode == ExitCode.Refused)
        {
            return await Ended(Undone(Sentences(e))).ConfigureAwait(false);
        }

        operation = operation with { ChangeSet = prepared.Id };
        // From here on it is that stack, not whatever has its name.
        stack = prepared.StackId;
        if (prepared.NothingToChange)
        {
            await _stacks.DeleteChangeSet(prepared.Id, cancel).ConfigureAwait(false);
            return await Ended(new Ending(AfterOperation.Applied, [], false)).ConfigureAwait(false);
        }

        return await Ended(prepared.Ready
            ? await Execute(prepared, work, progress, cancel).ConfigureAwait(false)
            : Undone([prepared.Reason ?? "the change set failed without a reason"])).ConfigureAwait(false);

        async Task<StackResult> Ended(Ending ending)
        {
            var seen = await Seen(stack, cancel).ConfigureAwait(false);
            var guarded = ending.How == AfterOperation.Applied && seen is not null && await _guards.Set(seen, work.Snapshot, cancel).ConfigureAwait(false);
            await journal(operation with { State = ending.How == AfterOperation.Applied ? StackOperationState.Applied : StackOperationState.Failed }).ConfigureAwait(false);
            return new StackResult(ending.How, seen, ending.Why, ending.Changed || guarded);
        }
    }

    /// <summary>Works out what a snapshot would change in a stack that exists, and looks for losses. Nothing is changed.</summary>
    /// <param name="keep">the change set may be executed afterwards; else it is deleted again</param>
    /// <returns>what would be lost that nobody allowed, and the change set where it was kept</returns>
    public async Task<StackPreview> Preview(StackWork work, bool keep, CancellationToken cancel)
    {
        var name = keep ? ChangeSetNames.ToExecute(work) : ChangeSetNames.ToLookAt(work);
        var set = await _preparation.Prepare(work, name, creates: false, _ => Task.CompletedTask, cancel).ConfigureAwait(false);
        var losses = set.Ready ? await _review.Losses(work, set, cancel).ConfigureAwait(false) : [];
        if (keep && set.Ready && losses.Count == 0)
        {
            return new StackPreview(losses, set, set.Changes);
        }

        await _stacks.DeleteChangeSet(set.Id, cancel).ConfigureAwait(false);
        return new StackPreview(losses, null, set.Changes);
    }

    /// <summary>A change set that was worked out before, if it still is what CloudFormation would execute; <c>null</c>: the stack was changed meanwhile, or it is gone.</summary>
    public async Task<ChangeSet?> StillReady(string changeSet, CancellationToken cancel) =>
        await _stacks.FindChangeSet(null, changeSet, cancel).ConfigureAwait(false) is { Ready: true } ready ? ready : null;

    /// <summary>Deletes a change set that nobody is going to execute.</summary>
    public Task Discard(string changeSet, CancellationToken cancel) => _stacks.DeleteChangeSet(changeSet, cancel);

    /// <summary>Waits until no operation runs on a stack.</summary>
    /// <param name="stack">its key in the configuration</param>
    /// <param name="progress">half a line for people</param>
    /// <returns>the stack; <c>null</c> if there is none</returns>
    /// <exception cref="PipelineException">the operation is somebody else's and does not end (3), or it is ours and does not end (6)</exception>
    public Task<StackState?> Quiet(string stack, string stackName, Action<string> progress, CancellationToken cancel) => _settling.Quiet(stack, stackName, progress, cancel);

    private async Task<ChangeSet> Prepare(StackWork work, Func<string, Task> pinned, Action<string> progress, CancellationToken cancel)
    {
        var before = await _settling.Ready(work, progress, cancel).ConfigureAwait(false);
        progress(before is null ? "CREATE" : "UPDATE");
        if (work.Prepared is { } looked && before?.Id == looked.StackId && await _stacks.FindChangeSet(null, looked.Id, cancel).ConfigureAwait(false) is { Ready: true } still)
        {
            await pinned(still.Id).ConfigureAwait(false);
            return still;
        }

        var set = await _preparation.Prepare(work, ChangeSetNames.ToExecute(work), before is null, pinned, cancel).ConfigureAwait(false);
        if (set.Ready && !work.GoesBack && await _review.Losses(work, set, cancel).ConfigureAwait(false) is { Count: > 0 } losses)
        {
            await _stacks.DeleteChangeSet(set.Id, cancel).ConfigureAwait(false);
            throw ChangeReview.Refusal(losses, work.StackName, "untouched by this run");
        }

        return set;
    }

    private async Task<Ending> Execute(ChangeSet prepared, StackWork work, Action<string> progress, CancellationToken cancel)
    {
        try
        {
            await new Mutation(_rules).Once(
                () => _stacks.Execute(prepared.Id, work.Token, cancel),
                async () => await _stacks.FindChangeSet(null, prepared.Id, cancel).ConfigureAwait(false) is { ExecutionStatus: "EXECUTE_IN_PROGRESS" or "EXECUTE_COMPLETE" or "EXECUTE_FAILED" }
                    || (await OperationEvents.Read(_stacks, prepared.StackId, work.Token, cancel).ConfigureAwait(false)).Begun,
                cancel).ConfigureAwait(false);
        }
        catch (AwsRefusedException e) when (e.Kind == RefusalKind.Denied)
        {
            return Undone(Sentences(e));
        }

        var outcome = await _follower.Follow(prepared, work, progress, cancel).ConfigureAwait(false);
        var reasons = outcome == AfterOperation.Applied ? [] : await _follower.Reasons(prepared.StackId, work.Token, cancel).ConfigureAwait(false);
        if (outcome == AfterOperation.LeftFailed && await Seen(prepared.StackId, cancel).ConfigureAwait(false) is { } failed)
        {
            var after = await _settling.RollBack(failed, $"{work.Token}-rollback", progress, cancel).ConfigureAwait(false);
            outcome = StackStatuses.After(after?.Status) == AfterOperation.Undone ? AfterOperation.Undone : AfterOperation.Broken;
        }

        return new Ending(outcome, reasons, true);
    }

    private Task<StackState?> Seen(string stack, CancellationToken cancel) => Polling.Until(
        async () => (true, await _stacks.Describe(stack, cancel).ConfigureAwait(false)), _rules.Interval, _rules.Deadline, () => Refusals.StillRunning(stack, _rules.Deadline), cancel);

    private static Ending Undone(IReadOnlyList<string> why) => new(AfterOperation.Undone, why, false);

    private static IReadOnlyList<string> Sentences(PipelineException e) =>
        [e.Message, .. e is AwsRefusedException ? [] : e.Details.Where(d => d.Label is "why" or "next").Select(d => $"{d.Label}: {d.Text}")];

    private sealed record Ending(AfterOperation How, IReadOnlyList<string> Why, bool Changed);
}

/// <summary>What looking at a stack's change set found.</summary>
/// <param name="Losses">what would be lost that nobody allowed</param>
/// <param name="Prepared">ready to be executed; <c>null</c>: one is made when it is time</param>
/// <param name="Changes">what executing it would do</param>
public sealed record StackPreview(IReadOnlyList<Loss> Losses, ChangeSet? Prepared, IReadOnlyList<ResourceChange> Changes);
