using Pipeline.Aws;
using Pipeline.Outcomes;

namespace Pipeline.Ledger;

/// <summary>What somebody did, or was refused, in an environment.</summary>
/// <param name="Action">a word: <c>deploy</c>, <c>approve</c>, <c>reject</c>, <c>rollback</c>, <c>backup</c>, <c>restore</c>, <c>watch</c>, <c>abort</c>, <c>emergency</c></param>
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

/// <summary>Everything that was done or refused in an environment, each entry carrying the hash of the one before: an edit, a deletion or an insertion is found.</summary>
/// <param name="store">the ledger's bucket</param>
/// <param name="environment">whose log it is</param>
/// <param name="time">when entries are written</param>
public sealed class AuditLog(ObjectStore store, string environment, TimeProvider time)
{
    private const int Attempts = 20;

    private string Prefix => $"environments/{environment}/audit/";

    /// <summary>Adds an entry; several writers may do so at once.</summary>
    /// <exception cref="PipelineException">the log could not be written (6)</exception>
    public async Task<AuditEntry> Append(AuditEvent what, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var last = await Last(cancel).ConfigureAwait(false);
            var draft = new AuditEntry((last?.Seq ?? 0) + 1, time.GetUtcNow(), what, last?.Hash ?? "", "");
            var entry = draft with { Hash = HashOf(draft) };
            if (await store.PutIfAbsent(Key(entry.Seq), entry, cancel).ConfigureAwait(false) is not null)
            {
                return entry;
            }
        }

        throw new PipelineException(ExitCode.Unknown, $"The audit log of {environment} could not be written: others wrote {Attempts} times in between.", new Detail("next", "the same command again"));
    }

    internal static string HashOf(AuditEntry entry) => Hashing.Of(
    [
        $"{entry.Seq}", entry.At.ToString("O", System.Globalization.CultureInfo.InvariantCulture), entry.Previous, entry.Event.Action, entry.Event.Outcome, entry.Event.By, entry.Event.Text, entry.Event.Deployment ?? "",
        .. entry.Event.Facts.OrderBy(f => f.Key, StringComparer.Ordinal).SelectMany(f => (string[])[f.Key, f.Value]),
    ]);

    private string Key(long seq) => $"{Prefix}{seq:D10}.json";

    private async Task<AuditEntry?> Last(CancellationToken cancel)
    {
        string? last = null;
        await foreach (var entry in store.List(Prefix, cancel).ConfigureAwait(false))
        {
            last = entry.Key;
        }

        return last is null ? null : (await store.Get<AuditEntry>(last, cancel).ConfigureAwait(false))?.Value;
    }
}
