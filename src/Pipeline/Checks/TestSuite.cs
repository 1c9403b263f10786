using Pipeline.Checks.Suites;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Checks;

/// <summary>What one suite did.</summary>
/// <param name="Started">nothing that it left behind is older</param>
internal sealed record SuiteOutcome(SuiteRun Run, CheckPart Part, DateTime Started)
{
    public SuiteSettings Suite => Run.Suite;

    /// <summary>Why its coverage could not be measured, half a sentence; <c>null</c>: it could.</summary>
    public string? Uncovered { get; init; }

    public bool Passed => Part.Verdict is Verdict.Passed or Verdict.Skipped;
}

/// <summary>Runs one suite. Its report decides, never the exit code alone.</summary>
internal sealed class TestSuite(PipelineConfiguration configuration, TestOptions options)
{
    private const int NamedSlow = 5;
    private readonly string _reports = Path.Combine(configuration.Root, "artifacts", "test");
    private readonly SuiteScope _scope = new(configuration);

    public async Task<SuiteOutcome> Run(SuiteSettings suite, bool isBuilt, IProgress<string>? progress, CancellationToken cancel)
    {
        var run = new SuiteRun(suite, Path.Combine(_reports, suite.Name), Markers.Of(suite, configuration.Environment, options.Slow), _scope.CoveredBy(suite))
        {
            IsBuilt = isBuilt,
            Coverage = Path.Combine(configuration.Root, "artifacts", "coverage", $"{suite.Name}.cobertura.xml"),
        };
        var junit = Path.Combine(_reports, $"{suite.Name}.junit.xml");
        var log = Path.Combine(_reports, $"{suite.Name}.log");
        Clear(run.Folder, run.Coverage, junit, log);
        var started = DateTime.UtcNow;
        var tool = ToolOf(suite);
        var command = await tool.Command(run, cancel).ConfigureAwait(false);
        if (command.Command is null)
        {
            return new SuiteOutcome(run, new CheckPart(suite.Name, Verdict.NotEvaluable, command.Missing!), started) { Uncovered = command.Missing };
        }

        var result = await ChildProcess.Run(Bounded(command.Command, suite, progress), cancel).ConfigureAwait(false);
        await File.WriteAllTextAsync(log, result.Output + result.Error, cancel).ConfigureAwait(false);
        var reading = await tool.Read(run, result, cancel).ConfigureAwait(false);
        if (reading.Report is not null)
        {
            JUnitReport.Write(junit, suite.Name, reading.Report);
        }

        return new SuiteOutcome(run, Judge(suite, result, reading) with { Notes = [.. Notes(reading, command.Uncovered)], Slowest = Slowest(reading) }, started) { Uncovered = command.Uncovered };
    }

    private ISuiteTool ToolOf(SuiteSettings suite) => suite.Tool switch
    {
        SuiteTool.Dotnet => new DotnetSuite(configuration.Root),
        SuiteTool.Pytest => new PytestSuite(configuration.Root),
        _ => throw new InvalidOperationException($"Suite '{suite.Name}' is a load: it has no tests."),
    };

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

    private Command Bounded(Command command, SuiteSettings suite, IProgress<string>? progress) => command with
    {
        Environment = command.Environment.Concat(options.Environment).GroupBy(v => v.Key).ToDictionary(v => v.Key, v => v.Last().Value),
        Timeout = suite.Budget,
        Secrets = options.Secrets,
        OnLine = progress is null ? null : line => progress.Report($"{suite.Name}  {line}"),
    };

    private CheckPart Judge(SuiteSettings suite, CommandResult result, SuiteReading reading)
    {
        var report = reading.Report;
        var findings = (report?.Failures(configuration.Root) ?? []).Concat(reading.Errors).ToList();
        var counts = report?.Counts ?? new TestCounts(0, 0, 0);
        CheckPart Part(Verdict verdict, string summary) =>
            new(suite.Name, verdict, summary) { Findings = findings, Tests = counts, Skipped = report?.Skipped() ?? [] };
        var said = Summary(counts, reading.LeftOut.Count);
        if (result.TimedOut)
        {
            findings.AddRange(reading.Unfinished.Select(t => new Finding(t, "had not ended when the suite's time was up")));
            var running = reading.Unfinished.Count > 0 ? string.Join(", ", reading.Unfinished) : "unknown";
            return Part(Verdict.Failed, $"stopped after its budget of {Time(suite.Budget)}; still running: {running}; {said}");
        }

        if (report is null || reading.Errors.Count > 0)
        {
            return Part(Verdict.Failed, $"{reading.Problem ?? "it could not begin"}{(report is { Tests.Count: > 0 } ? $"; {said}" : "")}");
        }

        if (counts.Failed > 0)
        {
            return Part(Verdict.Failed, $"{said}{(reading.Problem is { } more ? $"; {more}" : "")}");
        }

        if (report.Aborted is { } reason)
        {
            findings.AddRange(reading.Unfinished.Select(t => new Finding(t, "was running when the test process ended")));
            return Part(Verdict.Failed, $"aborted: {TerminalText.Echo(reason.Split('\n')[0])}; {said}");
        }

        if (report.Tests.Count == 0)
        {
            return reading.LeftOut.Count > 0 ? Part(Verdict.Skipped, $"every test was left out; {said}") : Part(Verdict.Failed, reading.Problem ?? "ran no tests");
        }

        if (reading.Problem is { } problem)
        {
            return Part(Verdict.Failed, problem);
        }

        return counts.Passed == 0
            ? Part(Verdict.Skipped, $"{said}: {report.Skipped()[0].Reason}")
            : Part(Verdict.Passed, said);
    }

    private static IEnumerable<string> Notes(SuiteReading reading, string? uncovered) =>
        reading.LeftOut.GroupBy(t => t.Reason).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"left out ({g.Key}): {string.Join(", ", g.Take(NamedSlow).Select(t => t.Name))}{(g.Count() > NamedSlow ? $" and {g.Count() - NamedSlow} more" : "")}")
            .Concat(uncovered is null ? [] : [$"coverage is not measured: {uncovered}"]);

    private static IReadOnlyList<SlowTest> Slowest(SuiteReading reading) =>
        [.. (reading.Report?.Tests ?? []).OrderByDescending(t => t.Duration).Take(NamedSlow).Select(t => new SlowTest(TerminalText.Echo(t.FullName), t.Duration, t.File))];

    private static string Summary(TestCounts counts, int leftOut)
    {
        var text = Reporting.Words.Count(counts.Passed + counts.Failed + counts.Skipped, "test");
        text += counts.Failed > 0 ? $", {counts.Failed} failed" : "";
        text += counts.Skipped > 0 ? $", {counts.Skipped} skipped" : "";
        return text + (leftOut > 0 ? $", {leftOut} left out" : "");
    }

    private static string Time(TimeSpan time) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(time.TotalMinutes >= 1 ? time.TotalMinutes : time.TotalSeconds):0.#} {(time.TotalMinutes >= 1 ? "min" : "s")}");
}
