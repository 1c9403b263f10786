using Pipeline.Aws;
using Pipeline.Outcomes;

namespace Pipeline.Approvals;

/// <summary>The requests of an environment, one object each: <c>environments/ENV/requests/ID.json</c>.</summary>
/// <param name="store">the ledger's bucket</param>
/// <param name="environment">whose requests they are</param>
/// <param name="time">decides what has expired</param>
public sealed class RequestBook(ObjectStore store, string environment, TimeProvider time)
{
    private const int Latest = 50;
    private const int Attempts = 10;

    private string Prefix => $"environments/{environment}/requests/";

    /// <summary>Writes a request down. The same one again is the one that is there.</summary>
    /// <returns>it as it stands</returns>
    /// <exception cref="PipelineException">there is another one with its id (3)</exception>
    public async Task<DeploymentRequest> Open(DeploymentRequest request, CancellationToken cancel)
    {
        if (await store.PutIfAbsent(Key(request.Id), request, cancel).ConfigureAwait(false) is not null)
        {
            return request;
        }

        var known = await Find(request.Id, cancel).ConfigureAwait(false);
        return known?.Plan == request.Plan && known.Requester == request.Requester ? known : throw new PipelineException(
            ExitCode.Refused,
            $"REFUSED: there is a request for {request.Id} already, for another plan or by somebody else.",
            new Detail("why", $"it was made at {known?.RequestedAt:HH:mm:ss} UTC by {known?.Requester.Arn} for plan {known?.Plan}"),
            new Detail(environment, "untouched by this run"),
            new Detail("next", "the same command again: it makes a request of its own"));
    }

    /// <summary>A request by its id; <c>null</c>: there is none.</summary>
    public async Task<DeploymentRequest?> Find(string id, CancellationToken cancel) =>
        IsId(id) ? (await store.Get<DeploymentRequest>(Key(id), cancel).ConfigureAwait(false))?.Value : null;

    /// <summary>Those that are open and not expired, newest first.</summary>
    public async Task<IReadOnlyList<DeploymentRequest>> Waiting(CancellationToken cancel)
    {
        var keys = new List<string>();
        await foreach (var entry in store.List(Prefix, cancel).ConfigureAwait(false))
        {
            if (entry.Key.IndexOf('/', Prefix.Length) < 0)
            {
                keys.Add(entry.Key);
            }
        }

        // Ids sort by time, and what is older has long expired.
        var latest = await Task.WhenAll(keys.OrderDescending(StringComparer.Ordinal).Take(Latest)
            .Select(async key => (await store.Get<DeploymentRequest>(key, cancel).ConfigureAwait(false))?.Value)).ConfigureAwait(false);
        var now = time.GetUtcNow();
        return [.. latest.OfType<DeploymentRequest>().Where(r => r.Closed is null && now < r.Expires)];
    }

    /// <summary>Ends a request; how it ended first stays.</summary>
    /// <returns>it as it stands; <c>null</c>: there is none</returns>
    /// <exception cref="PipelineException">others changed it all the time (6)</exception>
    public async Task<DeploymentRequest?> Close(string id, RequestEnd why, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await store.Get<DeploymentRequest>(Key(id), cancel).ConfigureAwait(false) is not { } stored)
            {
                return null;
            }

            if (stored.Value.Closed is not null)
            {
                return stored.Value;
            }

            var closed = stored.Value with { Closed = why, ClosedAt = time.GetUtcNow() };
            if (await store.PutIfMatch(Key(id), closed, stored.ETag, cancel).ConfigureAwait(false) is not null)
            {
                return closed;
            }
        }

        throw new PipelineException(ExitCode.Unknown, $"The request for {id} changes too fast to be closed.", new Detail("next", "the same command again"));
    }

    /// <summary>Where it is remembered when an approval given elsewhere was first seen.</summary>
    internal async Task<DateTimeOffset> FirstSeen(string id, string who, CancellationToken cancel)
    {
        var key = $"{Prefix}{id}/{Uri.EscapeDataString(who)}.json";
        var now = new Seen(time.GetUtcNow());
        return await store.PutIfAbsent(key, now, cancel).ConfigureAwait(false) is not null ? now.At : (await store.Get<Seen>(key, cancel).ConfigureAwait(false))?.Value.At ?? now.At;
    }

    /// <summary>A release's id is one segment of a key.</summary>
    internal static bool IsId(string id) => id.Length is > 0 and <= 200 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private string Key(string id) => $"{Prefix}{id}.json";

    private sealed record Seen(DateTimeOffset At);
}
