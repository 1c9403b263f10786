using System.Globalization;
using System.Text;
using Pipeline.Checks;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Reporting;

/// <summary>A run as a page that is read in ten seconds, also one that failed or was refused: <c>artifacts/summary.md</c>.</summary>
public static class RunPage
{
    /// <summary>Writes the page; a run that has nothing to tell has none.</summary>
    /// <param name="details">below the error, as it was thrown</param>
    /// <param name="secrets">what the page may not show</param>
    /// <returns>whether there is one</returns>
    public static bool Write(string file, RunJson run, IReadOnlyList<CheckResult> checks, IReadOnlyList<Detail> details, SecretMask secrets)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Delete(file);
        if (run is { Ci: null, Error: null, Services.Count: 0, Gates.Count: 0 } && checks.Count == 0)
        {
            return false;
        }

        // Also as they stand where nothing is markup.
        File.WriteAllText(file, secrets.Hidden.Aggregate(secrets.Apply(Text(run, checks, details)), (page, hidden) => page.Replace(Markdown.Plain(hidden), SecretMask.Replacement, StringComparison.Ordinal)));
        return true;
    }

    /// <summary>The page.</summary>
    public static string Text(RunJson run, IReadOnlyList<CheckResult> checks, IReadOnlyList<Detail> details)
    {
        var page = new StringBuilder($"# {Markdown.Plain($"{run.Target} in {run.Environment}: {run.Outcome}")}\n");
        if (run.Ci is { } ci)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n{Markdown.Plain($"{ci.Provider}, {ci.Event} → {ci.Route}: {ci.Reason}")}\n");
        }

        if (run.Deployment is { } deployment)
        {
            page.Append(CultureInfo.InvariantCulture, $"\nRelease {Markdown.Plain(deployment)}, {Durations.Text(TimeSpan.FromSeconds(run.Seconds))}\n");
        }

        if (run.Error is { } error)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n**{Markdown.Lines(error)}**\n\n{string.Concat(details.Where(d => d.Label != "next").Select(d => $"- {Markdown.Plain(d.Label)}: {Markdown.Lines(d.Text)}\n"))}");
        }

        Table(page, "Services", ["service", "", "why", "version", "address"], run.Services.Select(s => (string[])
            [s.Name, s.Due ? "due" : "not due", string.Join('\n', s.Reasons), s.Version ?? "", s.Url ?? ""]));
        Table(page, "Gates", ["gate", "", "evidence"], run.Gates.Select(g => (string[])[g.Name, CheckSummary.Word(g.Verdict), g.Evidence]), marked: 1);
        page.Append(CheckSummary.Text(checks));
        var next = Next(run, details).ToList();
        if (next.Count > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## Next\n\n{string.Concat(next.Select(n => $"- {Markdown.Lines(n)}\n"))}");
        }

        return page.ToString();
    }

    /// <summary>What a failure says, or where a good run leads.</summary>
    private static IEnumerable<string> Next(RunJson run, IReadOnlyList<Detail> details) => run switch
    {
        { Error: not null } => details.Where(d => d.Label == "next").Select(d => d.Text),
        { Target: "DeployDev" } => ["./build.sh --target=DeployStaging, or in CI a push to the main branch"],
        { Target: "DeployStaging" } => ["./build.sh --target=DeployProd, or in CI a run that is started by hand"],
        { Target: "DeployProd" } => [$"./build.sh --target=Monitor --environment={run.Environment}, or in CI a schedule"],
        _ => [],
    };

    /// <param name="marked">the column that is markup of ours already; -1: none</param>
    private static void Table(StringBuilder page, string title, IReadOnlyList<string> columns, IEnumerable<string[]> rows, int marked = -1)
    {
        var lines = rows.Select(row => $"| {string.Join(" | ", row.Select((cell, column) => column == marked ? cell : Markdown.Lines(cell)))} |\n").ToList();
        if (lines.Count > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n| {string.Join(" | ", columns)} |\n|{string.Concat(columns.Select(_ => "---|"))}\n{string.Concat(lines)}");
        }
    }
}
