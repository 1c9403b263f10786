using System.Diagnostics;
using Pipeline.Aws;
using Pipeline.Outcomes;

namespace Pipeline.Ledger;

/// <summary>
/// One writer per environment: a lease in the ledger's bucket, taken and renewed with conditional writes. A holder that loses it starts
/// nothing new: <see cref="Lost"/> is cancelled.
/// </summary>
public sealed class EnvironmentLock : IAsyncDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    // Before the lease ends, so that no mutation is under way when somebody else takes over.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);
    private readonly ObjectStore _store;
    private readonly string _key;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _released = new();
    private readonly Task _renewal;
    private LockRecord _record;
    private string _etag;

    private EnvironmentLock(ObjectStore store, string key, LockRecord record, string etag, LockRecord? abandoned)
    {
        (_store, _key, _record, _etag, Abandoned) = (store, key, record, etag, abandoned);
        _lost.CancelAfter(Lease - Margin);
        _renewal = Renew();
    }

    /// <summary>Cancelled when the lease was lost: no new mutation may start.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>The holder that died without releasing it, if there was one.</summary>
    public LockRecord? Abandoned { get; }

    /// <summary>Takes the lock of an environment.</summary>
    /// <exception cref="PipelineException">somebody holds it (exit code 3)</exception>
    public static async Task<EnvironmentLock> Take(ObjectStore store, string environment, string purpose, CancellationToken cancel)
    {
        var key = Key(environment);
        var id = Guid.NewGuid().ToString("N");
        LockRecord? abandoned = null;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var held = await store.Get<LockRecord>(key, cancel).ConfigureAwait(false);
            if (held?.Value.Id == id)
            {
                // The answer to our write was lost, not the write.
                return new EnvironmentLock(store, key, held.Value, held.ETag, abandoned);
            }

            if (held is { Value: var holder } && !IsAbandoned(holder))
            {
                throw Refused(environment, holder);
            }

            abandoned = held?.Value is { Id.Length: > 0 } dead ? dead : null;

            var now = DateTimeOffset.UtcNow;
            var record = new LockRecord(id, Operator.UserAtHost, Environment.MachineName, Environment.ProcessId, purpose, now, now + Lease, (held?.Value.Fence ?? 0) + 1) { Machine = Operator.Machine };
            var etag = held is null
                ? await store.PutIfAbsent(key, record, cancel).ConfigureAwait(false)
                : await store.PutIfMatch(key, record, held.ETag, cancel).ConfigureAwait(false);
            if (etag is not null)
            {
                return new EnvironmentLock(store, key, record, etag, abandoned);
            }
        }

        throw new PipelineException(ExitCode.Refused, $"REFUSED: the lock of {environment} changes hands too fast.", new Detail("next", "try again"));
    }

    /// <summary>Who holds the lock now; <c>null</c> when it is free.</summary>
    public static async Task<LockRecord?> Holder(ObjectStore store, string environment, CancellationToken cancel) =>
        (await store.Get<LockRecord>(Key(environment), cancel).ConfigureAwait(false))?.Value is { Id.Length: > 0 } holder ? holder : null;

    /// <summary>Whether its holder is known to be gone: the lease ran out, or the process on this machine has ended.</summary>
    public static bool IsAbandoned(LockRecord holder)
    {
        if (holder.Id.Length == 0 || holder.Expires < DateTimeOffset.UtcNow)
        {
            return true;
        }

        return holder.Machine == Operator.Machine && !IsAlive(holder);
    }

    /// <summary>Releases the lock; its fence number stays behind for the next holder.</summary>
    public async ValueTask DisposeAsync()
    {
        await _released.CancelAsync().ConfigureAwait(false);
        await _renewal.ConfigureAwait(false);
        if (!_lost.IsCancellationRequested)
        {
            // Releasing must work after Ctrl-C too, so it takes no token of the run.
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            try
            {
                await _store.PutIfMatch(_key, _record with { Id = "" }, _etag, deadline.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is PipelineException or OperationCanceledException)
            {
                // What the run found is the news; the lease runs out by itself.
            }
        }

        _released.Dispose();
        _lost.Dispose();
    }

    private static string Key(string environment) => $"environments/{environment}/lock.json";

    private static bool IsAlive(LockRecord holder)
    {
        try
        {
            using var process = Process.GetProcessById(holder.Process);
            // A later process may have been given the same id.
            return process.StartTime.ToUniversalTime() <= holder.Since.UtcDateTime;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static PipelineException Refused(string environment, LockRecord holder) => new(ExitCode.Refused,
        $"REFUSED: {environment} is being changed by {holder.Owner}.",
        new Detail("why", $"{holder.Purpose}, since {holder.Since:HH:mm:ss} UTC (process {holder.Process} on {holder.Host}; the lease runs until {holder.Expires:HH:mm:ss} unless renewed)"),
        new Detail(environment, "untouched by this run"),
        new Detail("next", "./build.sh --target=Status, and again when it is done"));

    private async Task Renew()
    {
        try
        {
            using var timer = new PeriodicTimer(Lease / 4);
            while (await timer.WaitForNextTickAsync(_released.Token).ConfigureAwait(false) && !_lost.IsCancellationRequested)
            {
                await RenewOnce().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Released.
        }
    }

    /// <summary>Renews the lease, or lets it run on: its end cancels <see cref="Lost"/>.</summary>
    private async Task RenewOnce()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_released.Token);
        patience.CancelAfter(Lease / 4);
        try
        {
            var next = _record with { Expires = DateTimeOffset.UtcNow + Lease };
            if (await _store.PutIfMatch(_key, next, _etag, patience.Token).ConfigureAwait(false) is { } etag)
            {
                Renewed(next, etag);
            }
            else if (await _store.Get<LockRecord>(_key, patience.Token).ConfigureAwait(false) is { } now && now.Value.Id == _record.Id)
            {
                // The answer to our write was lost, not the write.
                Renewed(now.Value, now.ETag);
            }
            else
            {
                await _lost.CancelAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is PipelineException || (e is OperationCanceledException && !_released.IsCancellationRequested))
        {
            // The store is out of reach for the moment: the next tick tries again.
        }
    }

    private void Renewed(LockRecord record, string etag)
    {
        (_record, _etag) = (record, etag);
        _lost.CancelAfter(Lease - Margin);
    }
}
