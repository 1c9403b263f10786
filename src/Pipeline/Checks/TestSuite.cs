using System.Globalization;
using System.Xml;
using System.Xml.Linq;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Checks;

/// <summary>What one suite did.</summary>
internal sealed record SuiteOutcome(SuiteSettings Suite, CheckPart Part, string CoverageFile)
{
    public bool Passed => Part.Verdict is Verdict.Passed or Verdict.Skipped;
}

/// <summary>Runs one test project. Its report decides, never the exit code alone.</summary>
internal sealed class TestSuite(PipelineConfiguration configuration, TestOptions options)
{
    private readonly string _reports = Path.Combine(configuration.Root, "artifacts", "test");

    public async Task<SuiteOutcome> Run(SuiteSettings suite, IProgress<string>? progress, CancellationToken cancel)
    {
        var folder = Path.Combine(_reports, suite.Name);
        var coverage = Path.Combine(configuration.Root, "artifacts", "coverage", $"{suite.Name}.cobertura.xml");
        var junit = Path.Combine(_reports, $"{suite.Name}.junit.xml");
        Clear(folder, coverage, junit);
        var result = await ChildProcess.Run(Command(suite, folder, coverage, progress), cancel).ConfigureAwait(false);
        await File.WriteAllTextAsync(Path.Combine(_reports, $"{suite.Name}.log"), result.Output + result.Error, cancel).ConfigureAwait(false);
        var report = TestReport.Read(Path.Combine(folder, "result.trx"));
        if (report is not null)
        {
            JUnitReport.Write(junit, suite.Name, report);
        }

        return new SuiteOutcome(suite, Judge(suite, result, report, folder), coverage);
    }

    private static void Clear(string folder, params IReadOnlyList<string> files)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        foreach (var file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.Delete(file);
        }
    }

    private Command Command(SuiteSettings suite, string folder, string coverage, IProgress<string>? progress)
    {
        IReadOnlyList<string> measure = suite.Kind == SuiteKind.Unit
            ? ["-p:CollectCoverage=true", "-p:CoverletOutputFormat=cobertura", Dotnet.Property("CoverletOutput", coverage)]
            : [];
        var command = Dotnet.Command(
            configuration.Root,
            ["test", suite.Path, "--nologo", "-v", "quiet", "--blame", "--logger", "trx;LogFileName=result.trx", "--results-directory", folder, .. measure]);
        var variables = Dotnet.Environment.Concat(options.Environment).GroupBy(v => v.Key).ToDictionary(v => v.Key, v => v.Last().Value);
        return command with
        {
            Environment = variables,
            Timeout = suite.Budget,
            // Without its test process the runner still reports which tests had not ended.
            EndFirst = "testhost",
            Secrets = options.Secrets,
            OnLine = progress is null ? null : progress.Report,
        };
    }

    private CheckPart Judge(SuiteSettings suite, CommandResult result, TestReport? report, string folder)
    {
        var findings = report?.Failures(configuration.Root).ToList() ?? [];
        var counts = report?.Counts ?? new TestCounts(0, 0, 0);
        CheckPart Part(Verdict verdict, string summary) =>
            new(suite.Name, verdict, summary) { Findings = findings, Tests = counts, Skipped = report?.Skipped() ?? [] };
        var said = Summary(counts);
        if (result.TimedOut)
        {
            var open = Unfinished(folder);
            findings.AddRange(open.Select(t => new Finding(t, "had not ended when the suite's time was up")));
            var running = open.Count > 0 ? string.Join(", ", open) : "unknown";
            return Part(Verdict.Failed, $"stopped after its budget of {Time(suite.Budget)}; still running: {running}; {said}");
        }

        if (report is null)
        {
            findings.AddRange(Dotnet.Errors(configuration.Root, result.Output + "\n" + result.Error));
            return Part(Verdict.Failed, findings.Count > 0 ? $"does not build: {Reporting.Words.Count(findings.Count, "error")}" : $"wrote no test report: {Dotnet.Tail(result)}");
        }

        if (counts.Failed > 0)
        {
            return Part(Verdict.Failed, said);
        }

        if (report.Aborted is { } reason)
        {
            findings.AddRange(Unfinished(folder).Select(t => new Finding(t, "was running when the test process ended")));
            return Part(Verdict.Failed, $"aborted: {TerminalText.Echo(reason.Split('\n')[0])}; {said}");
        }

        if (report.Tests.Count == 0)
        {
            return Part(Verdict.Failed, "ran no tests");
        }

        if (result.ExitCode != 0)
        {
            return Part(Verdict.Failed, $"the test command ended with {result.ExitCode} although no test failed: {Dotnet.Tail(result)}");
        }

        return counts.Passed == 0
            ? Part(Verdict.Skipped, $"{said}: {report.Skipped()[0].Reason}")
            : Part(Verdict.Passed, said);
    }

    /// <summary>The tests that the runner's sequence file calls incomplete.</summary>
    private static IReadOnlyList<string> Unfinished(string folder)
    {
        try
        {
            return
            [
                .. Directory.EnumerateFiles(folder, "Sequence_*.xml", SearchOption.AllDirectories)
                    .SelectMany(f => XDocument.Load(f).Descendants("Test"))
                    .Where(t => (string?)t.Attribute("Completed") == "False")
                    .Select(t => (string?)t.Attribute("Name") ?? "?")
                    .Distinct(),
            ];
        }
        catch (Exception e) when (e is IOException or XmlException)
        {
            return [];
        }
    }

    private static string Summary(TestCounts counts)
    {
        var text = Reporting.Words.Count(counts.Passed + counts.Failed + counts.Skipped, "test");
        text += counts.Failed > 0 ? $", {counts.Failed} failed" : "";
        return text + (counts.Skipped > 0 ? $", {counts.Skipped} skipped" : "");
    }

    private static string Time(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{(time.TotalMinutes >= 1 ? time.TotalMinutes : time.TotalSeconds):0.#} {(time.TotalMinutes >= 1 ? "min" : "s")}");
}
