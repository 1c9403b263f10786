using System.Globalization;
using System.Text;
using System.Text.Json;
using Pipeline.Aws;

namespace Pipeline.Ledger;

/// <summary>The audit log for other programs.</summary>
public static class AuditExport
{
    private static readonly string[] Columns = ["seq", "at", "action", "outcome", "by", "deployment", "text", "facts", "previous", "hash"];

    /// <summary>All of it; the entries can be verified again from this text alone.</summary>
    public static string Json(IReadOnlyList<AuditEntry> entries) => JsonSerializer.Serialize(entries, ObjectStore.Json);

    /// <summary>RFC 4180: one line an entry, ending in CRLF, a header first. No cell is taken for a formula by a spreadsheet.</summary>
    public static string Csv(IReadOnlyList<AuditEntry> entries)
    {
        var text = new StringBuilder();
        Line(text, Columns);
        foreach (var entry in entries)
        {
            Line(text,
            [
                entry.Seq.ToString(CultureInfo.InvariantCulture), entry.At.ToString("O", CultureInfo.InvariantCulture), entry.Event.Action, entry.Event.Outcome, entry.Event.By, entry.Event.Deployment ?? "",
                entry.Event.Text, string.Join("; ", entry.Event.Facts.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}={f.Value}")), entry.Previous, entry.Hash,
            ]);
        }

        return text.ToString();
    }

    private static void Line(StringBuilder text, IEnumerable<string> cells) => text.AppendJoin(',', cells.Select(Cell)).Append("\r\n");

    private static string Cell(string value)
    {
        // Spreadsheets calculate what begins so, also behind a quote.
        var safe = value.Length > 0 && value[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' ? "'" + value : value;
        return safe.AsSpan().ContainsAny(",\"\r\n") ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : safe;
    }
}
