using System.Text;
using System.Text.Json;
using Pipeline.Aws;
using Pipeline.Configuration;

namespace Pipeline.Checks.Load;

/// <summary>
/// Writes what a load measured, below <c>artifacts/performance</c>: <c>NAME.json</c> for programs, <c>NAME.svg</c> and <c>NAME.md</c> for people; and its
/// verdict as one test in <c>artifacts/test/NAME.junit.xml</c>, where CI hosts look for the other suites' too.
/// </summary>
internal sealed class LoadReport(string root, string name)
{
    private readonly string _folder = Path.Combine(root, "artifacts", "performance");

    public string Name => name;

    /// <summary>The page for people, relative to the root.</summary>
    public string Page => $"artifacts/performance/{name}.md";

    /// <summary>For what belongs to this run alone.</summary>
    public string Folder => Path.Combine(_folder, name);

    /// <summary>Nothing of an earlier run may be taken for this one's.</summary>
    public void Clear()
    {
        Directory.CreateDirectory(_folder);
        foreach (var ending in (string[])["json", "svg", "md", "log"])
        {
            File.Delete(PathOf(ending));
        }

        Directory.CreateDirectory(Path.GetDirectoryName(JUnit)!);
        File.Delete(JUnit);
    }

    private string JUnit => Path.Combine(root, "artifacts", "test", $"{name}.junit.xml");

    public Task Log(string text, CancellationToken cancel) => File.WriteAllTextAsync(PathOf("log"), text, cancel);

    public async Task Write(CheckPart part, LoadMeasurement measured, SuiteSettings suite, EarlierFigures? before, CancellationToken cancel)
    {
        var plot = LoadPlot.Draw($"{name}, {part.Figures!.Environment}", measured, part.Figures, suite, before);
        plot?.Save(PathOf("svg"));
        await File.WriteAllTextAsync(PathOf("md"), Text(part, measured, before, plot is not null), cancel).ConfigureAwait(false);
        var json = new { part.Name, part.Verdict, part.Summary, part.Findings, part.Figures, Before = before, measured.Failures, Requests = measured.Kinds, measured.Samples };
        await File.WriteAllTextAsync(PathOf("json"), JsonSerializer.Serialize(json, ObjectStore.Json), cancel).ConfigureAwait(false);
    }

    /// <summary>The verdict for CI hosts; what could not be judged is skipped there, never passed.</summary>
    public void Verdict(CheckPart part, TimeSpan took)
    {
        var outcome = part.Verdict switch { Outcomes.Verdict.Passed => TestOutcome.Passed, Outcomes.Verdict.Failed => TestOutcome.Failed, _ => TestOutcome.Skipped };
        var message = string.Join('\n', part.Findings.Select(f => $"{f.Rule}: {f.Message}").Prepend(part.Summary));
        JUnitReport.Write(JUnit, name, new TestReport([new TestCase("load", name, outcome, took, message, null)], null));
    }

    private string Text(CheckPart part, LoadMeasurement measured, EarlierFigures? before, bool plotted)
    {
        var page = new StringBuilder($"# {name}: {part.Verdict switch { Outcomes.Verdict.Passed => "passed", Outcomes.Verdict.Failed => "FAILED", _ => "not evaluable" }}\n\n{Cell(part.Summary)}\n\n");
        page.AppendJoin("", part.Findings.Select(f => $"- **{Cell(f.Rule)}**: {Cell(f.Message)}{(f.File is null ? "" : $" ({f.File}:{f.Line})")}\n")).Append(part.Findings.Count > 0 ? "\n" : "");
        page.Append(plotted ? $"![Response times and requests a second]({name}.svg)\n\n" : "");
        page.Append($"Targets: {part.Figures!.Targets}.\n\n| | requests | mean | median | p95 | p99 | longest |\n|---|---|---|---|---|---|---|\n");
        page.Append(Row("this run", part.Figures)).Append(before is null ? "" : Row($"release {before.Release}", before.Figures));
        page.Append(measured.Kinds.Count > 0 ? "\n| request | answered | mean |\n|---|---|---|\n" : "").AppendJoin("", measured.Kinds.Select(k => LoadText.Text($"| {Cell(k.Name)} | {k.Count:#,0} | {LoadText.Time(k.Mean)} |\n")));
        page.Append(measured.Failures.Count > 0 ? "\n| failed | how | the first |\n|---|---|---|\n" : "").AppendJoin("", measured.Failures.Select(f => LoadText.Text($"| {f.Count:#,0} | {Cell(f.Kind)} | {Cell(f.Example)} |\n")));
        return page.ToString();
    }

    private static string Row(string what, LoadFigures figures) => figures.Times is { } t
        ? LoadText.Text($"| {what} | {figures.Requests:#,0} | {LoadText.Time(t.Mean)} | {LoadText.Time(t.Median)} | {LoadText.Time(t.Percentile95)} | {LoadText.Time(t.Percentile99)} | {LoadText.Time(t.Longest)} |\n")
        : LoadText.Text($"| {what} | {figures.Requests:#,0} | – | – | – | – | – |\n");

    /// <summary>What services and scripts said may hold anything.</summary>
    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace('\n', ' ');

    private string PathOf(string ending) => Path.Combine(_folder, $"{name}.{ending}");
}
