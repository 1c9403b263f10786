using System.Xml;
using System.Xml.Linq;
using Pipeline.Configuration;
using Pipeline.Processes;

namespace Pipeline.Checks.Suites;

/// <summary>NUnit, xUnit and MSTest, through <c>dotnet test</c> and its TRX report.</summary>
internal sealed class DotnetSuite(string root) : ISuiteTool
{
    private static readonly TimeSpan ListDeadline = TimeSpan.FromMinutes(1);

    /// <summary>The runner kills a test process that has not exited after 100 ms; on a busy machine coverlet's hits, which are written at the exit, would be lost.</summary>
    private const string ExitMilliseconds = "30000";

    private static readonly string[] Sources = [".cs", ".fs", ".vb"];

    public Task<SuiteCommand> Command(SuiteRun run, CancellationToken cancel)
    {
        IReadOnlyList<string> measure = run.Suite.Kind == SuiteKind.Unit
            ? ["-p:CollectCoverage=true", "-p:CoverletOutputFormat=cobertura", Dotnet.Property("CoverletOutput", run.Coverage)]
            : [];
        IReadOnlyList<string> filter = Filters(run) is { } filters ? ["--filter", filters.Run] : [];
        var command = Dotnet.Command(
            root,
            ["test", run.Suite.Path, .. Built(run.IsBuilt), "--nologo", "-v", "quiet", "--blame", "--logger", "trx;LogFileName=result.trx", "--results-directory", run.Folder, .. filter, .. measure]);
        // Without its test process the runner still reports which tests had not ended.
        return Task.FromResult(new SuiteCommand(command with { EndFirst = "testhost", Environment = new Dictionary<string, string?>(command.Environment) { ["VSTEST_TESTHOST_SHUTDOWN_TIMEOUT"] = ExitMilliseconds } }));
    }

    public async Task<SuiteReading> Read(SuiteRun run, CommandResult result, CancellationToken cancel)
    {
        var report = TestReport.Read(Path.Combine(run.Folder, "result.trx"));
        var errors = report is null ? Dotnet.Errors(root, result.Output + "\n" + result.Error) : [];
        return new SuiteReading(report)
        {
            Errors = errors,
            Unfinished = Unfinished(run.Folder),
            LeftOut = report is not null && Filters(run) is { } filters ? await List(run, filters.LeftOut, cancel).ConfigureAwait(false) : [],
            Problem = errors.Count > 0 ? $"does not build: {Reporting.Words.Count(errors.Count, "error")}"
                : report is null ? $"wrote no test report: {Dotnet.Tail(result)}"
                : result.ExitCode != 0 && report.Counts.Failed == 0 ? $"the test command ended with {result.ExitCode} although no test failed: {Dotnet.Tail(result)}"
                : null,
        };
    }

    /// <summary>The filters, where a test may be marked at all: a filter costs a second call that counts what it left out.</summary>
    private (string Run, string LeftOut)? Filters(SuiteRun run) => run.Markers.MayApplyTo(Texts(run.Suite.Path)) ? run.Markers.Filters : null;

    private IEnumerable<string> Texts(string project)
    {
        var closure = new ProjectClosure(root);
        return closure.Of(project).Where(closure.IsTest)
            .SelectMany(p => Directory.EnumerateFiles(Path.GetDirectoryName(Path.Combine(root, p))!, "*", SearchOption.AllDirectories))
            .Where(f => Sources.Contains(Path.GetExtension(f)) && !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText);
    }

    private async Task<IReadOnlyList<SkippedTest>> List(SuiteRun run, string filter, CancellationToken cancel)
    {
        var command = Dotnet.Command(root, ["test", run.Suite.Path, .. Built(true), "--nologo", "-v", "quiet", "--list-tests", "--filter", filter]);
        var result = await ChildProcess.Run(command with { Timeout = ListDeadline }, cancel).ConfigureAwait(false);
        return [.. result.Output.Split('\n').Where(l => l.StartsWith("    ", StringComparison.Ordinal)).Select(l => new SkippedTest(TerminalText.Echo(l.Trim()), run.Markers.Why))];
    }

    private static string[] Built(bool built) => built ? ["--no-build"] : [];

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
}
