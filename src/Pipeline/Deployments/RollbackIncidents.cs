using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Deployments;

/// <summary>One rollback an incident, whoever asks for it how often and from where.</summary>
/// <param name="interval">between two looks at one that is under way</param>
internal sealed class RollbackIncidents(ObjectStore store, EnvironmentSettings environment, TimeSpan interval)
{
    private const int Remembered = 100;
    private readonly ReleaseLedger _ledger = new(store, environment.Name);

    /// <summary>What a rollback holds the lock for; of an incident it can be recognised.</summary>
    public static string Purpose(ReleaseRecord target, string? incident) => $"rolling back to {target.Id}{Mark(incident)}";

    /// <summary>The rollback that an incident has had, waited for while it is under way.</summary>
    /// <returns><c>null</c>: it had none, or one whose run died, which is to go on; or nobody speaks of an incident</returns>
    /// <exception cref="PipelineException">the one under way has not come to its end in time (6)</exception>
    public async Task<ReleaseRecord?> First(string? incident, CancellationToken cancel) => incident is null ? null : await Polling.Until(async () =>
    {
        var holder = await EnvironmentLock.Holder(store, environment.Name, cancel).ConfigureAwait(false);
        var held = holder is not null && !EnvironmentLock.IsAbandoned(holder);
        var releases = await _ledger.Releases(Remembered, cancel).ConfigureAwait(false);
        return Of(incident, releases) is not { } mine ? (!(held && holder!.Purpose.EndsWith(Mark(incident), StringComparison.Ordinal)), null)
            : (!(held && mine.Outcome == ReleaseOutcome.Running), GoesOn(mine, releases) ? null : mine);
    }, interval, environment.StackDeadline, () => new PipelineException(ExitCode.Unknown, $"The rollback of incident {incident} has not come to its end.",
        new Detail(environment.Name, "is being rolled back by another run"),
        new Detail("next", $"./build.sh --target=Status --environment={environment.Name}, and the same command again")), cancel).ConfigureAwait(false);

    /// <summary>Refuses an incident that had its rollback. Only the lock's holder asks.</summary>
    /// <exception cref="PipelineException">it had (3)</exception>
    public async Task RefuseSecond(string? incident, CancellationToken cancel)
    {
        var releases = incident is null ? [] : await _ledger.Releases(Remembered, cancel).ConfigureAwait(false);
        if (incident is not null && Of(incident, releases) is { } mine && !GoesOn(mine, releases))
        {
            throw new PipelineException(ExitCode.Refused, $"REFUSED: incident {incident} had its rollback: {mine.Id}.", new Detail(environment.Name, "untouched by this run"));
        }
    }

    /// <summary>Refuses while somebody holds the environment: a release under way is ended, not raced.</summary>
    /// <exception cref="PipelineException">somebody does (3)</exception>
    public async Task RefuseBusy(CancellationToken cancel)
    {
        if (await EnvironmentLock.Holder(store, environment.Name, cancel).ConfigureAwait(false) is { } holder && !EnvironmentLock.IsAbandoned(holder))
        {
            throw new PipelineException(ExitCode.Refused, $"REFUSED: {environment.Name} is being changed by {holder.Owner}.",
                new Detail("why", $"{holder.Purpose}, since {holder.Since:HH:mm:ss} UTC (process {holder.Process} on {holder.Host})"),
                new Detail(environment.Name, "untouched by this run"),
                new Detail("next", $"./build.sh --target=Abort --environment={environment.Name} ends that release and brings back what served before it; or wait for its end"));
        }
    }

    private static string Mark(string? incident) => incident is null ? "" : $" (incident {incident})";

    private static ReleaseRecord? Of(string incident, IReadOnlyList<ReleaseRecord> releases) => releases.FirstOrDefault(r => r.Kind == ReleaseKind.Rollback && r.Incident == incident);

    /// <summary>Its run died, and nobody has done anything else since.</summary>
    private static bool GoesOn(ReleaseRecord mine, IReadOnlyList<ReleaseRecord> releases) => mine.Outcome is ReleaseOutcome.Running or ReleaseOutcome.Interrupted && releases[0].Id == mine.Id;
}
