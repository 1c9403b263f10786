using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Aws;

namespace Pipeline.Ledger;

/// <summary>Something that is wrong with an audit log.</summary>
/// <param name="Seq">the entry's number; <c>null</c>: it is about no single entry</param>
/// <param name="Text">half a sentence: what is wrong</param>
public sealed record AuditFinding(long? Seq, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => Seq is { } seq ? $"entry {seq}: {Text}" : Text;
}

/// <summary>An object of the log as it was found.</summary>
/// <param name="Name">its key below the log's prefix</param>
/// <param name="Entry"><c>null</c>: it can not be read as one</param>
internal sealed record StoredEntry(string Name, AuditEntry? Entry);

/// <summary>Finds what was done to an audit log: each object against its own hash, its name, its neighbour and the head.</summary>
internal static class AuditCheck
{
    private const string Suffix = ".json";

    /// <summary>An entry holds what it hashes and nothing else.</summary>
    private static readonly JsonSerializerOptions Strict = new(ObjectStore.Json) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    /// <returns><c>null</c>: it is none</returns>
    public static AuditEntry? Parse(JsonElement document)
    {
        try
        {
            // What is not written is null here, whatever the type says.
            return document.Deserialize<AuditEntry>(Strict) is { Previous: not null, Hash: not null, Event: { Action: not null, Outcome: not null, By: not null, Text: not null, Facts: not null } } entry
                && entry.Event.Facts.Values.All(v => v is not null) ? entry : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <param name="stored">in the order of their names</param>
    /// <param name="head">what was written down beside the log</param>
    public static IReadOnlyList<AuditFinding> Of(IReadOnlyList<StoredEntry> stored, AuditHead? head)
    {
        var findings = new List<AuditFinding>();
        long expected = 1;
        string? previous = "";
        foreach (var (name, entry) in stored)
        {
            if (NumberOf(name) is not { } seq)
            {
                findings.Add(new AuditFinding(null, $"'{name}' was inserted: no entry is called so"));
                continue;
            }

            if (seq > expected)
            {
                findings.AddRange(Missing(expected, seq - 1));
                // Whether it follows from what is gone, nobody can say.
                previous = null;
            }

            findings.AddRange(Of(seq, entry, previous, head));
            // Later entries are judged by what this one says of itself, so that one edit is one finding.
            (expected, previous) = (seq + 1, entry?.Hash);
        }

        findings.AddRange(OfTail(expected - 1, stored.Count, head));
        return findings;
    }

    private static IEnumerable<AuditFinding> Of(long seq, AuditEntry? entry, string? previous, AuditHead? head)
    {
        if (entry is null)
        {
            yield return new AuditFinding(seq, "is torn or no entry: it can not be read");
            yield break;
        }

        if (entry.Seq != seq)
        {
            yield return new AuditFinding(seq, $"is out of order: it says that it is entry {entry.Seq}");
        }
        else if (AuditLog.HashOf(entry) != entry.Hash)
        {
            yield return new AuditFinding(seq, "was edited: it does not have the hash that it carries");
        }
        else if (head?.Seq == seq && head.Hash != entry.Hash)
        {
            yield return new AuditFinding(seq, $"was edited or replaced: the head was written down with hash {head.Hash}");
        }

        if (previous is not null && entry.Previous != previous && entry.Seq == seq)
        {
            yield return new AuditFinding(seq, seq == 1 ? "says that there was an entry before it" : $"does not follow from entry {seq - 1}: the chain is broken, one of the two was replaced");
        }
    }

    private static IEnumerable<AuditFinding> OfTail(long last, int count, AuditHead? head)
    {
        if (head is null)
        {
            // Between the first entry and the head a writer may have died.
            return count > 1 ? [new AuditFinding(null, "the head of the log is missing: whether entries were cut off its end can not be told")] : [];
        }

        return head.Seq > last ? Missing(last + 1, head.Seq) : [];
    }

    private static IEnumerable<AuditFinding> Missing(long from, long to)
    {
        for (var seq = from; seq <= to; seq++)
        {
            yield return new AuditFinding(seq, "is missing: it was deleted");
        }
    }

    private static long? NumberOf(string name) =>
        name.EndsWith(Suffix, StringComparison.Ordinal) && name.Length == 10 + Suffix.Length && long.TryParse(name[..10], NumberStyles.None, CultureInfo.InvariantCulture, out var seq) && seq > 0 ? seq : null;
}
