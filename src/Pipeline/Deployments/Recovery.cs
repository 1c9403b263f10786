using Pipeline.Aws;
using Pipeline.Checks;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.StackOperations;

namespace Pipeline.Deployments;

/// <summary>Finds out what became of a release whose runner died, and corrects the record: the next deployment starts from what is true.</summary>
public sealed class Recovery(StackRules rules, AwsAccount aws, ReleaseLedger ledger)
{
    /// <summary>Of the environment; with it, rollouts that still run are followed on: a hook at which one waits is answered.</summary>
    public PipelineConfiguration? Configuration { get; init; }

    /// <summary>Judges new revisions while they have traffic.</summary>
    public Func<RolloutUnderWatch, CancellationToken, Task<string?>>? Judge { get; init; }

    /// <summary>The next release's record with what the suites said in the one before about exactly what it deploys as well.</summary>
    /// <param name="settled">as <see cref="Settle"/> left it; <c>null</c>: there was none</param>
    public static ReleaseRecord Carry(ReleaseRecord? settled, DeploymentOrder order) => order.Record.With(
        [.. (settled?.Gates ?? []).Where(g => g.Verdict == Verdict.Passed && g.Digests.Count > 0 && DeploymentSuites.Kinds.Any(kind => DeploymentSuites.GateOf(kind) == g.Name)
            && g.Digests.All(d => order.Services.Any(s => s.Name == d.Key && s.Running.Digest == d.Value)))]);

    /// <summary>Settles a release that nobody finished. Only the lock's holder calls it.</summary>
    /// <param name="say">one line a finding, for people</param>
    /// <returns>its record as it ended</returns>
    public async Task<ReleaseRecord> Settle(ReleaseRecord unfinished, Action<string> say, CancellationToken cancel)
    {
        var abort = await ledger.AbortOf(unfinished.Id, cancel).ConfigureAwait(false);
        var rollouts = Configuration is null ? null : new ReleaseRollouts(Configuration, aws, unfinished, Save) { Judge = Judge, Veto = () => abort is null ? null : $"aborted by {abort.By}" };
        say($"release {unfinished.Id} (started {unfinished.StartedAt:HH:mm:ss} UTC by {unfinished.By}) was interrupted");
        var deployer = new StackDeployer(aws.Stacks, rules, ledger.Templates);
        foreach (var operation in unfinished.Stacks)
        {
            var stack = await Followed(rollouts, operation, say, () => deployer.Quiet(operation.Stack, operation.StackName, text => say($"stack {operation.StackName}: {text}"), cancel), cancel).ConfigureAwait(false);
            var hash = stack is null ? null : await Given(operation, stack, cancel).ConfigureAwait(false);
            await ledger.Update(state => state.WithStack(operation.Stack, hash), cancel).ConfigureAwait(false);
            unfinished = unfinished.With(operation with { State = hash == operation.Hash ? StackOperationState.Applied : StackOperationState.Failed });
            say($"stack {operation.StackName}: {stack?.Status ?? "does not exist"}, {(hash == operation.Hash ? "holds what that release gave it" : hash is null ? "will be brought to what is asked" : "holds what was there before")}");
        }

        await Save(record => record with { Outcome = ReleaseOutcome.Interrupted, FinishedAt = DateTimeOffset.UtcNow }).ConfigureAwait(false);
        return unfinished;

        Task Save(Func<ReleaseRecord, ReleaseRecord> change) => ledger.Save(unfinished = change(unfinished), CancellationToken.None);
    }

    /// <summary>Waits for a stack's operation; meanwhile the rollout that it started is followed as its own run would have, or it would wait at its hook for ever.</summary>
    private async Task<StackState?> Followed(ReleaseRollouts? rollouts, StackOperation operation, Action<string> say, Func<Task<StackState?>> wait, CancellationToken cancel)
    {
        if (rollouts is null || operation.State != StackOperationState.Intended
            || Configuration!.Services.FirstOrDefault(s => s.Stack == operation.Stack) is not { } service
            || await ledger.Snapshot(operation.Stack, operation.Hash, cancel).ConfigureAwait(false) is not { } snapshot)
        {
            return await wait().ConfigureAwait(false);
        }

        var follower = rollouts.Resume(operation, new ServiceTarget(service, "", "", "").As(snapshot));
        var waiting = wait();
        var pace = new Pace(rules.Interval);
        var said = "";
        while (!waiting.IsCompleted)
        {
            if (await follower.Look(cancel).ConfigureAwait(false) is { Length: > 0 } text && text != said)
            {
                say($"stack {operation.StackName}: {said = text}");
            }

            await Task.WhenAny(waiting, pace.Next(cancel)).ConfigureAwait(false);
        }

        await follower.End(rules.Patience, cancel).ConfigureAwait(false);
        return await waiting.ConfigureAwait(false);
    }

    /// <summary>Which snapshot a stack really holds: compared by content, not by what anybody remembers.</summary>
    private async Task<string?> Given(StackOperation operation, StackState stack, CancellationToken cancel)
    {
        if (StackStatuses.Before(stack.Status, rules.BrokenOf(operation.Stack)) != BeforeOperation.Update)
        {
            return null;
        }

        var state = await ledger.State(cancel).ConfigureAwait(false);
        var template = await aws.Stacks.Template(stack.Id, cancel).ConfigureAwait(false) ?? "";
        var policy = await aws.Stacks.Policy(stack.Id, cancel).ConfigureAwait(false);
        foreach (var hash in new[] { operation.Hash, state.Stacks.GetValueOrDefault(operation.Stack), state.Proven.GetValueOrDefault(operation.Stack) }.OfType<string>().Distinct())
        {
            if (await ledger.Snapshot(operation.Stack, hash, cancel).ConfigureAwait(false) is { } snapshot && HeldSnapshot.Equals(snapshot, stack, template, policy))
            {
                return hash;
            }
        }

        return null;
    }
}
