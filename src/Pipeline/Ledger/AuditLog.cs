using System.Globalization;
using Pipeline.Aws;
using Pipeline.Outcomes;

namespace Pipeline.Ledger;

/// <summary>What somebody did, or was refused, in an environment.</summary>
/// <param name="Action">a word: <c>deploy</c>, <c>approve</c>, <c>reject</c>, <c>rollback</c>, <c>backup</c>, <c>restore</c>, <c>watch</c>, <c>abort</c>, <c>emergency</c>, <c>bootstrap</c>, <c>lock</c></param>
/// <param name="Outcome">a word: <c>requested</c>, <c>started</c>, <c>done</c>, <c>refused</c>, <c>failed</c></param>
/// <param name="By">ARN of the caller, or <c>github:LOGIN</c></param>
/// <param name="Text">one sentence, without secrets</param>
public sealed record AuditEvent(string Action, string Outcome, string By, string Text)
{
    /// <summary>Id of the release that it belongs to, if it belongs to one.</summary>
    public string? Deployment { get; init; }

    /// <summary>Values that belong to it: digests, hashes, thresholds.</summary>
    public IReadOnlyDictionary<string, string> Facts { get; init; } = new Dictionary<string, string>();
}

/// <summary>One link of the chain.</summary>
/// <param name="Seq">1, 2, 3 …</param>
/// <param name="At">UTC</param>
/// <param name="Previous">hash of the entry before; empty for the first</param>
/// <param name="Hash">over everything else in it</param>
public sealed record AuditEntry(long Seq, DateTimeOffset At, AuditEvent Event, string Previous, string Hash);

/// <summary>The newest entry, kept beside the log: without it a cut tail would look like a shorter log.</summary>
/// <param name="Seq">its number</param>
/// <param name="Hash">its hash</param>
public sealed record AuditHead(long Seq, string Hash)
{
    /// <summary>As a run prints it, so that the CI system's log is a second witness.</summary>
    public override string ToString() => $"entry {Seq} {Hash}";
}

/// <summary>Everything that was done or refused in an environment, each entry carrying the hash of the one before: an edit, a deletion or an insertion is found.</summary>
/// <param name="store">the ledger's bucket</param>
/// <param name="environment">whose log it is</param>
/// <param name="time">when entries are written</param>
public sealed class AuditLog(ObjectStore store, string environment, TimeProvider time)
{
    private const int Attempts = 20;
    private const int ReadAtOnce = 16;

    internal string Environment => environment;

    internal string Prefix => $"environments/{environment}/audit/";

    private string HeadKey => $"environments/{environment}/audit-head.json";

    /// <summary>Adds an entry; several writers may do so at once. Its cost does not grow with the log.</summary>
    /// <exception cref="PipelineException">the log could not be written (6), or the store does not answer or refuses (1)</exception>
    public async Task<AuditEntry> Append(AuditEvent what, CancellationToken cancel)
    {
        var last = await Last(cancel).ConfigureAwait(false);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var draft = new AuditEntry((last?.Seq ?? 0) + 1, time.GetUtcNow(), what, last?.Hash ?? "", "");
            var entry = draft with { Hash = HashOf(draft) };
            if (await store.PutIfAbsent(Key(entry.Seq), entry, cancel).ConfigureAwait(false) is not null)
            {
                await Advance(new AuditHead(entry.Seq, entry.Hash), cancel).ConfigureAwait(false);
                return entry;
            }

            // Somebody was quicker, or the head lags behind: his entry is the one to follow.
            var other = await Entry(entry.Seq, cancel).ConfigureAwait(false);
            if (other?.Hash == entry.Hash)
            {
                // The answer to our write was lost, not the write.
                await Advance(new AuditHead(entry.Seq, entry.Hash), cancel).ConfigureAwait(false);
                return entry;
            }

            last = other is null ? await Last(cancel).ConfigureAwait(false) : new AuditHead(other.Seq, other.Hash);
        }

        throw new PipelineException(ExitCode.Unknown, $"The audit log of {environment} could not be written: others wrote {Attempts} times in between.", new Detail("next", "the same command again"));
    }

    /// <summary>The newest entry as it was written down beside the log; <c>null</c>: there is no entry.</summary>
    public async Task<AuditHead?> Head(CancellationToken cancel) => (await store.Get<AuditHead>(HeadKey, cancel).ConfigureAwait(false))?.Value;

    /// <summary>All entries, oldest first.</summary>
    /// <exception cref="PipelineException">one is damaged (6); <see cref="AuditCheck"/> names it</exception>
    public async Task<IReadOnlyList<AuditEntry>> Read(CancellationToken cancel)
    {
        var entries = new List<AuditEntry>();
        foreach (var some in (await Keys(cancel).ConfigureAwait(false)).Chunk(ReadAtOnce))
        {
            entries.AddRange((await Task.WhenAll(some.Select(async key => (await store.Get<AuditEntry>(key, cancel).ConfigureAwait(false))?.Value)).ConfigureAwait(false)).OfType<AuditEntry>());
        }

        return entries;
    }

    /// <summary>What is wrong with the log, in its order; nothing when it is whole.</summary>
    public async Task<IReadOnlyList<AuditFinding>> Verify(CancellationToken cancel)
    {
        var stored = new List<StoredEntry>();
        foreach (var some in (await Keys(cancel).ConfigureAwait(false)).Chunk(ReadAtOnce))
        {
            stored.AddRange(await Task.WhenAll(some.Select(key => Stored(key, cancel))).ConfigureAwait(false));
        }

        return AuditCheck.Of(stored, await Head(cancel).ConfigureAwait(false));
    }

    internal static string HashOf(AuditEntry entry) => Hashing.Of(
    [
        entry.Seq.ToString(CultureInfo.InvariantCulture), entry.At.ToString("O", CultureInfo.InvariantCulture), entry.Previous, entry.Event.Action, entry.Event.Outcome, entry.Event.By, entry.Event.Text, entry.Event.Deployment ?? "",
        .. entry.Event.Facts.OrderBy(f => f.Key, StringComparer.Ordinal).SelectMany(f => (string[])[f.Key, f.Value]),
    ]);

    private string Key(long seq) => $"{Prefix}{seq:D10}.json";

    private async Task<AuditEntry?> Entry(long seq, CancellationToken cancel) => (await store.Get<AuditEntry>(Key(seq), cancel).ConfigureAwait(false))?.Value;

    private async Task<AuditHead?> Last(CancellationToken cancel)
    {
        if (await Head(cancel).ConfigureAwait(false) is { } head)
        {
            return head;
        }

        return (await Keys(cancel).ConfigureAwait(false)) is [.., var newest] && (await store.Get<AuditEntry>(newest, cancel).ConfigureAwait(false))?.Value is { } entry
            ? new AuditHead(entry.Seq, entry.Hash)
            : null;
    }

    private async Task<IReadOnlyList<string>> Keys(CancellationToken cancel)
    {
        var keys = new List<string>();
        await foreach (var entry in store.List(Prefix, cancel).ConfigureAwait(false))
        {
            keys.Add(entry.Key);
        }

        return keys;
    }

    private async Task<StoredEntry> Stored(string key, CancellationToken cancel)
    {
        try
        {
            var document = await store.Get<System.Text.Json.JsonElement>(key, cancel).ConfigureAwait(false);
            return new StoredEntry(key[Prefix.Length..], document is null ? null : AuditCheck.Parse(document.Value));
        }
        catch (PipelineException e) when (e is not (AwsRefusedException or AwsUnreachableException))
        {
            return new StoredEntry(key[Prefix.Length..], null);
        }
    }

    /// <summary>Moves the head on to an entry; whoever is further already stays.</summary>
    private async Task Advance(AuditHead to, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var head = await store.Get<AuditHead>(HeadKey, cancel).ConfigureAwait(false);
            if (head is { Value: var now } && now.Seq >= to.Seq)
            {
                return;
            }

            var written = head is null ? await store.PutIfAbsent(HeadKey, to, cancel).ConfigureAwait(false) : await store.PutIfMatch(HeadKey, to, head.ETag, cancel).ConfigureAwait(false);
            if (written is not null)
            {
                return;
            }
        }
    }
}
