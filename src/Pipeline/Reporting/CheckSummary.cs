using System.Globalization;
using System.Text;
using Pipeline.Checks;
using Pipeline.Outcomes;

namespace Pipeline.Reporting;

/// <summary>What the checks of a run found, as sections of its page.</summary>
public static class CheckSummary
{
    private const int ShownFindings = 50;
    private const int ShownSlow = 5;

    /// <summary>The sections; where no check ran there are none.</summary>
    public static string Text(IReadOnlyList<CheckResult> checks)
    {
        if (checks.Count == 0)
        {
            return "";
        }

        var page = new StringBuilder("\n## Checks\n\n| check | part | result | |\n|---|---|---|---|\n");
        foreach (var (check, part) in checks.SelectMany(c => c.Parts.Select(p => (c, p))))
        {
            page.Append(CultureInfo.InvariantCulture, $"| {check.Name} | {Markdown.Plain(part.Name)} | {Word(part.Verdict)} | {string.Join("<br>", part.Notes.Prepend(part.Summary).Select(Markdown.Plain))} |\n");
        }

        var findings = checks.SelectMany(c => c.Parts).Where(p => p.Verdict != Verdict.Passed).SelectMany(p => p.Findings).ToList();
        Section(page, "Findings", findings.Take(ShownFindings).Select(Line));
        if (findings.Count > ShownFindings)
        {
            page.Append(CultureInfo.InvariantCulture, $"- and {findings.Count - ShownFindings} more: see artifacts/\n");
        }

        Section(page, "Slowest tests", Slowest(checks).Select(t => $"{Durations.Text(t.Duration)}  {Markdown.Plain(t.Name)}{(t.File is null ? "" : $" ({Markdown.Plain(t.File)})")}"));
        return page.ToString();
    }

    /// <summary>The slowest tests of all suites.</summary>
    internal static IEnumerable<SlowTest> Slowest(IReadOnlyList<CheckResult> checks) =>
        checks.SelectMany(c => c.Parts).SelectMany(p => p.Slowest).OrderByDescending(t => t.Duration).Take(ShownSlow);

    /// <summary>A verdict on the page: what is not good is bold.</summary>
    internal static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Passed => "passed",
        Verdict.Failed => "**FAILED**",
        Verdict.Skipped => "skipped",
        _ => "**not evaluable**",
    };

    private static void Section(StringBuilder page, string title, IEnumerable<string> lines)
    {
        var all = lines.ToList();
        if (all.Count > 0)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n{string.Concat(all.Select(l => $"- {l}\n"))}");
        }
    }

    private static string Line(Finding finding)
    {
        var place = finding.File is null ? "" : finding.Line is { } line ? $"{Markdown.Plain(finding.File)}:{line}  " : $"{Markdown.Plain(finding.File)}  ";
        return $"{place}{Markdown.Plain(finding.Message)} ({Markdown.Plain(finding.Rule)}){(finding.Fix is { } fix ? $"; fix: {Markdown.Plain(fix)}" : "")}";
    }
}
