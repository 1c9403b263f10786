using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.StackOperations;

namespace Pipeline.Deployments;

/// <summary>
/// Ends the release that is under way, from anywhere: what it is just doing is stopped and goes back, nothing new begins, and its own run
/// brings back what it had finished. Where that run is dead, the record is settled instead.
/// </summary>
public sealed class Abort(PipelineConfiguration configuration, AwsAccount aws, ObjectStore store)
{
    private readonly string _environment = configuration.Environment.Name;
    private readonly ReleaseLedger _ledger = new(store, configuration.Environment.Name);

    /// <summary>Aborts.</summary>
    /// <param name="say">one line a step, for people</param>
    /// <returns>the release as it ended; <c>null</c>: none was under way</returns>
    /// <exception cref="PipelineException">it has not come to an end in time (6)</exception>
    public async Task<ReleaseRecord?> Run(Action<string> say, CancellationToken cancel)
    {
        if (await _ledger.Unfinished(cancel).ConfigureAwait(false) is not { } release)
        {
            return null;
        }

        await _ledger.RequestAbort(release.Id, new AbortRequest(Operator.UserAtHost, DateTimeOffset.UtcNow), cancel).ConfigureAwait(false);
        say($"release {release.Id} (by {release.By}) will begin nothing new");
        foreach (var operation in release.Stacks)
        {
            await Stop(operation, say, cancel).ConfigureAwait(false);
        }

        var holder = await EnvironmentLock.Holder(store, _environment, cancel).ConfigureAwait(false);
        return holder is null || EnvironmentLock.IsAbandoned(holder)
            ? await Settle(release, say, cancel).ConfigureAwait(false)
            : await Wait(release, holder, say, cancel).ConfigureAwait(false);
    }

    private async Task Stop(StackOperation operation, Action<string> say, CancellationToken cancel)
    {
        if (await aws.Stacks.Describe(operation.StackName, cancel).ConfigureAwait(false) is not { InProgress: true } stack)
        {
            return;
        }

        var stopped = false;
        foreach (var deployment in (await aws.ServicesOf(stack.Id, cancel).ConfigureAwait(false)).Select(s => s.CurrentDeployment).OfType<string>())
        {
            stopped |= await Tried(() => aws.Services.RollBackDeployment(deployment, cancel)).ConfigureAwait(false);
        }

        // CloudFormation takes a cancellation only while it updates; whatever else runs comes to its own end.
        stopped = stopped || (stack.Status == "UPDATE_IN_PROGRESS" && await Tried(() => aws.Stacks.CancelUpdate(stack.Id, $"{operation.Token}-abort", cancel)).ConfigureAwait(false));
        say(stopped ? $"stack {operation.StackName}: goes back" : $"stack {operation.StackName}: {stack.Status} can not be stopped; it comes to its end first");
    }

    private static async Task<bool> Tried(Func<Task> stop)
    {
        try
        {
            await stop().ConfigureAwait(false);
            return true;
        }
        catch (AwsRefusedException)
        {
            // Too late: it has just ended.
            return false;
        }
    }

    private Task<ReleaseRecord> Wait(ReleaseRecord release, LockRecord holder, Action<string> say, CancellationToken cancel)
    {
        say($"waiting for its run (process {holder.Process} on {holder.Host}) to bring back what it had changed");
        return Polling.Until(async () =>
        {
            var now = await _ledger.Release(release.Id, cancel).ConfigureAwait(false) ?? release;
            return (now.Outcome != ReleaseOutcome.Running, now);
        }, aws.PollInterval, configuration.Environment.StackDeadline, () => new PipelineException(ExitCode.Unknown, $"Release {release.Id} has not come to its end after the abort.",
            new Detail("why", $"its run (process {holder.Process} on {holder.Host}) still holds {_environment}"),
            new Detail("next", $"./build.sh --target=Status --environment={_environment}, and the same command again")), cancel);
    }

    private async Task<ReleaseRecord> Settle(ReleaseRecord release, Action<string> say, CancellationToken cancel)
    {
        await using var held = await EnvironmentLock.Take(store, _environment, $"aborting {release.Id}", cancel).ConfigureAwait(false);
        await new Recovery(StackRules.Of(configuration.Environment, aws.PollInterval), aws, _ledger) { Configuration = configuration }.Settle(release, say, cancel).ConfigureAwait(false);
        return await _ledger.Release(release.Id, cancel).ConfigureAwait(false) ?? release;
    }
}
