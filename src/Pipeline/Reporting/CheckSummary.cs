using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Pipeline.Checks;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Reporting;

/// <summary>What the checks of a run found, as a page that is read in ten seconds: <c>artifacts/summary.md</c>.</summary>
public static partial class CheckSummary
{
    private const int ShownFindings = 50;
    private const int ShownSlow = 5;
    private const int Longest = 300;

    /// <summary>Writes the page; where no check ran there is none.</summary>
    /// <param name="title">what was run, e.g. <c>Test in dev: failed</c></param>
    public static void Write(string file, string title, IReadOnlyList<CheckResult> checks)
    {
        File.Delete(file);
        if (checks.Count > 0)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, Text(title, checks));
        }
    }

    /// <summary>The page.</summary>
    public static string Text(string title, IReadOnlyList<CheckResult> checks)
    {
        var page = new StringBuilder($"# {Plain(title)}\n\n| check | part | result | |\n|---|---|---|---|\n");
        foreach (var (check, part) in checks.SelectMany(c => c.Parts.Select(p => (c, p))))
        {
            page.Append(CultureInfo.InvariantCulture, $"| {check.Name} | {Plain(part.Name)} | {Word(part.Verdict)} | {string.Join("<br>", part.Notes.Prepend(part.Summary).Select(Plain))} |\n");
        }

        var findings = checks.SelectMany(c => c.Parts).Where(p => p.Verdict != Verdict.Passed).SelectMany(p => p.Findings).ToList();
        Section(page, "Findings", findings.Take(ShownFindings).Select(Line));
        if (findings.Count > ShownFindings)
        {
            page.Append(CultureInfo.InvariantCulture, $"- and {findings.Count - ShownFindings} more: see artifacts/\n");
        }

        Section(page, "Slowest tests", Slowest(checks).Select(t => $"{Durations.Text(t.Duration)}  {Plain(t.Name)}{(t.File is null ? "" : $" ({Plain(t.File)})")}"));
        return page.ToString();
    }

    /// <summary>The slowest tests of all suites.</summary>
    internal static IEnumerable<SlowTest> Slowest(IReadOnlyList<CheckResult> checks) =>
        checks.SelectMany(c => c.Parts).SelectMany(p => p.Slowest).OrderByDescending(t => t.Duration).Take(ShownSlow);

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
        var place = finding.File is null ? "" : finding.Line is { } line ? $"{Plain(finding.File)}:{line}  " : $"{Plain(finding.File)}  ";
        return $"{place}{Plain(finding.Message)} ({Plain(finding.Rule)}){(finding.Fix is { } fix ? $"; fix: {Plain(fix)}" : "")}";
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Passed => "passed",
        Verdict.Failed => "**FAILED**",
        Verdict.Skipped => "skipped",
        _ => "**not evaluable**",
    };

    /// <summary>One short line in which nothing is markup, whoever wrote it.</summary>
    private static string Plain(string text)
    {
        var line = TerminalText.Echo(text.ReplaceLineEndings(" "));
        return Markup().Replace(line.Length <= Longest ? line : line[..Longest] + " …", m => m.Value == "<" ? "&lt;" : $"\\{m.Value}");
    }

    [GeneratedRegex(@"[\\`*_\[\]<|#!~]")]
    private static partial Regex Markup();
}
