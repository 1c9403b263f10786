using System.Globalization;
using Pipeline.Ledger;
using Pipeline.Processes;
using Spectre.Console;

namespace Pipeline.Reporting;

/// <summary>What happened in an environment: one row a release, newest first.</summary>
public static class HistoryTable
{
    /// <summary>Draws it.</summary>
    public static Table Draw(IReadOnlyList<ReleaseRecord> releases)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var name in (string[])["started (UTC)", "outcome", "took", "services", "commit", "by", "release"])
        {
            table.AddColumn(new TableColumn(new Text(name)).PadLeft(0).PadRight(2).NoWrap());
        }

        foreach (var release in releases)
        {
            table.AddRow(
                new Text(release.StartedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)),
                new Text(Word(release.Outcome)),
                new Text(release.FinishedAt is { } end ? Durations.Text(end - release.StartedAt) : "–"),
                new Text(release.Services.Count == 0 ? "stacks only" : string.Join(", ", release.Services.Select(s => $"{s.Service} {s.From ?? "–"} → {s.To}"))),
                new Text($"{release.Commit[..7]}{(release.Dirty ? "+" : "")} {Cut(TerminalText.Echo(release.Subject), 40)}"),
                new Text(release.By),
                new Text(release.Id));
        }

        return table;
    }

    /// <summary>An outcome as people say it.</summary>
    public static string Word(ReleaseOutcome outcome) => outcome switch
    {
        ReleaseOutcome.Running => "running",
        ReleaseOutcome.Succeeded => "deployed",
        ReleaseOutcome.RolledBack => "rolled back",
        ReleaseOutcome.Failed => "failed",
        ReleaseOutcome.RollbackFailed => "ROLLBACK FAILED",
        _ => "interrupted",
    };

    private static string Cut(string text, int length) => text.Length <= length ? text : $"{text[..(length - 1)]}…";
}
