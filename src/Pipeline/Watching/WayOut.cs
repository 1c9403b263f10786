using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Watching;

/// <summary>Deals with an incident: one monitor claims it, goes back, and writes down how it ended. A monitor that died leaves a claim that runs out.</summary>
internal sealed class WayOut(WatchBook book, TimeProvider time)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(10);
    private readonly string _me = $"{Operator.UserAtHost} process {Environment.ProcessId} {Guid.NewGuid():N}"[..^24];

    public required Func<string, string, Watch, CancellationToken, Task> Tell { get; init; }

    public required string Next { get; init; }

    /// <returns><c>null</c>: somebody else wrote in between</returns>
    public async Task<TickResult?> Go(StoredWatch stored, Incident incident, Func<Incident, CancellationToken, Task<string>> rollBack, CancellationToken cancel)
    {
        if (incident.State == IncidentState.RollingBack && incident.Lease > time.GetUtcNow())
        {
            return new TickResult(TickState.RollingBack, $"{incident.Text}. {incident.By} is going back.") { Watch = stored.Watch, Details = [new Detail("next", Next)] };
        }

        var claimed = incident with { State = IncidentState.RollingBack, By = _me, Lease = time.GetUtcNow() + Lease };
        if (await book.Save(stored, stored.Watch.With(claimed), cancel).ConfigureAwait(false) is null)
        {
            return null;
        }

        await Tell("started", $"going back from {incident.Release}: {incident.Text}", stored.Watch, cancel).ConfigureAwait(false);
        using var done = new CancellationTokenSource();
        var renewal = Renew(claimed, done.Token);
        try
        {
            var rollback = await rollBack(claimed, cancel).ConfigureAwait(false);
            return await Ended(claimed with { State = IncidentState.RolledBack, Rollback = rollback, Failure = null }, WatchEnd.RolledBack,
                new TickResult(TickState.RolledBack, $"{incident.Text}. Rolled back by {rollback}: the last good release serves again.")).ConfigureAwait(false);
        }
        catch (PipelineException e) when (e.ExitCode is ExitCode.RollbackFailed or ExitCode.DeploymentFailed)
        {
            return await Ended(claimed with { State = IncidentState.RollbackFailed, Failure = e.Message }, WatchEnd.RollbackFailed,
                new TickResult(TickState.RollbackFailed, $"{incident.Text}. ROLLBACK FAILED, a person is needed: {e.Message}") { Details = e.Details }).ConfigureAwait(false);
        }
        catch (PipelineException e)
        {
            // Refused, or the outcome is unknown: the incident stays open, and the next look takes it up again.
            var open = await Release(claimed, e.Message).ConfigureAwait(false);
            return new TickResult(e.ExitCode is ExitCode.Refused or ExitCode.Usage ? TickState.Breached : TickState.RollingBack, $"{incident.Text}. Not rolled back: {e.Message}") { Watch = open, Details = e.Details };
        }
        catch (Exception e)
        {
            await Release(claimed, e is OperationCanceledException ? "interrupted" : e.Message).ConfigureAwait(false);
            if (e is OperationCanceledException)
            {
                throw new PipelineException(ExitCode.Unknown, $"Interrupted while going back from {incident.Release}: {incident.Text}.", new Detail("why", "the run was asked to stop"), new Detail("next", $"{Next}, which goes on from there"));
            }

            throw;
        }
        finally
        {
            await done.CancelAsync().ConfigureAwait(false);
            await renewal.ConfigureAwait(false);
        }
    }

    /// <summary>However the run ends, what has happened is written down.</summary>
    private async Task<TickResult> Ended(Incident incident, WatchEnd end, TickResult result)
    {
        var watch = await book.Change(incident.Release, w => w.With(incident).Ended(end, time.GetUtcNow(), incident.Text), CancellationToken.None).ConfigureAwait(false);
        await Tell(end == WatchEnd.RolledBack ? "done" : "failed", result.Text, watch!, CancellationToken.None).ConfigureAwait(false);
        return result with { Watch = watch };
    }

    private Task<Watch?> Release(Incident claimed, string why) =>
        book.Change(claimed.Release, w => w.With(claimed with { State = IncidentState.Open, Lease = null, By = null, Failure = why }), CancellationToken.None);

    private async Task Renew(Incident claimed, CancellationToken done)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Renewal, time, done).ConfigureAwait(false);
                await book.Change(claimed.Release, w => w.Incidents.Any(i => i.Id == claimed.Id && i.By == _me && i.State == IncidentState.RollingBack) ? w.With(claimed with { Lease = time.GetUtcNow() + Lease }) : null, done).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or PipelineException)
        {
            // It is over, or the ledger does not answer: then the lease runs out, and the next monitor asks what has become of it.
        }
    }
}
