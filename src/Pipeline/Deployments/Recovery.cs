using Pipeline.Aws;
using Pipeline.Ledger;
using Pipeline.StackOperations;

namespace Pipeline.Deployments;

/// <summary>Finds out what became of a release whose runner died, and corrects the record: the next deployment starts from what is true.</summary>
public sealed class Recovery(StackRules rules, AwsAccount aws, ReleaseLedger ledger)
{
    /// <summary>Settles a release that nobody finished. Only the lock's holder calls it.</summary>
    /// <param name="say">one line a finding, for people</param>
    public async Task Settle(ReleaseRecord unfinished, Action<string> say, CancellationToken cancel)
    {
        say($"release {unfinished.Id} (started {unfinished.StartedAt:HH:mm:ss} UTC by {unfinished.By}) was interrupted");
        var deployer = new StackDeployer(aws.Stacks, rules, ledger.Templates);
        foreach (var operation in unfinished.Stacks)
        {
            var stack = await deployer.Quiet(operation.Stack, operation.StackName, text => say($"stack {operation.StackName}: {text}"), cancel).ConfigureAwait(false);
            var hash = stack is null ? null : await Given(operation, stack, cancel).ConfigureAwait(false);
            await ledger.Update(state => state.WithStack(operation.Stack, hash), cancel).ConfigureAwait(false);
            unfinished = unfinished.With(operation with { State = hash == operation.Hash ? StackOperationState.Applied : StackOperationState.Failed });
            say($"stack {operation.StackName}: {stack?.Status ?? "does not exist"}, {(hash == operation.Hash ? "holds what that release gave it" : hash is null ? "will be brought to what is asked" : "holds what was there before")}");
        }

        await ledger.Save(unfinished with { Outcome = ReleaseOutcome.Interrupted, FinishedAt = DateTimeOffset.UtcNow }, cancel).ConfigureAwait(false);
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
