using Pipeline.Aws;
using Pipeline.Ledger;

namespace Pipeline.Notifications;

/// <summary>What people were told, in the ledger: <c>environments/ENVIRONMENT/notices/RELEASE-CAUSE….json</c>, so that nobody is told twice.</summary>
/// <param name="store">the ledger's bucket</param>
/// <param name="environment">whose notices they are</param>
/// <param name="time">decides when whoever began to tell is given up</param>
public sealed class NoticeBook(ObjectStore store, string environment, TimeProvider time)
{
    /// <summary>Takes a notice, to tell it. Who dies while telling leaves a lease that runs out: then it is told again, perhaps a second time.</summary>
    /// <returns><c>null</c>: it was told, or somebody else is telling it</returns>
    public async Task<NoticeEntry?> Claim(Notice notice, CancellationToken cancel)
    {
        var entry = new NoticeEntry(notice.Id, notice.Cause.Word(), notice.About, $"{Operator.UserAtHost} {Guid.NewGuid():N}", time.GetUtcNow() + Limits.Lease);
        if (await store.PutIfAbsent(Key(notice), entry, cancel).ConfigureAwait(false) is not null)
        {
            return entry;
        }

        var there = await store.Get<NoticeEntry>(Key(notice), cancel).ConfigureAwait(false);
        // Our own write whose answer was lost looks like somebody else's.
        return there?.Value.By == entry.By ? entry
            : there is null or { Value.ToldAt: not null } || there.Value.Until > time.GetUtcNow() ? null
            : await store.PutIfMatch(Key(notice), entry, there.ETag, cancel).ConfigureAwait(false) is null ? null : entry;
    }

    /// <summary>Remembers that it was told, and how that went.</summary>
    public Task Told(Notice notice, NoticeEntry claim, IReadOnlyList<Delivery> deliveries, CancellationToken cancel) =>
        store.Put(Key(notice), claim with { ToldAt = time.GetUtcNow(), Deliveries = deliveries }, cancel);

    private string Key(Notice notice) => $"environments/{environment}/notices/{notice.About}-{notice.Cause.Word()}-{notice.Id[..8]}.json";
}

/// <summary>A notice that is told, or was.</summary>
/// <param name="Id">of the notice</param>
/// <param name="Cause">as it is written</param>
/// <param name="About">id of the release or the request</param>
/// <param name="By">who tells it</param>
/// <param name="Until">UTC: who has not told it by then is dead</param>
public sealed record NoticeEntry(string Id, string Cause, string About, string By, DateTimeOffset Until)
{
    /// <summary>UTC; <c>null</c>: it is being told, or whoever did died.</summary>
    public DateTimeOffset? ToldAt { get; init; }

    /// <summary>How that went, a receiver each.</summary>
    public IReadOnlyList<Delivery> Deliveries { get; init; } = [];
}
