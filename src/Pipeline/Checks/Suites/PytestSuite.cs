using Pipeline.Configuration;
using Pipeline.Processes;

namespace Pipeline.Checks.Suites;

/// <summary>pytest, as the project configures it; a plugin of ours writes its results as they come.</summary>
internal sealed class PytestSuite(string root) : ISuiteTool
{
    private const string Plugin = "pipeline_suite_events";
    private static readonly string[] Configurations = ["pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"];

    /// <summary>The Python that would run a suite, or why there is none.</summary>
    /// <param name="covers">the services whose code it tests</param>
    public Task<(Python? Found, string? Missing)> FindPython(SuiteSettings suite, IReadOnlyList<ServiceSettings> covers, CancellationToken cancel) =>
        Python.Find([FolderOf(suite, covers), .. covers.Select(s => Path.Combine(root, s.Path)), root], cancel);

    public async Task<SuiteCommand> Command(SuiteRun run, CancellationToken cancel)
    {
        var folder = FolderOf(run.Suite, run.Covers);
        var (python, missing) = await FindPython(run.Suite, run.Covers, cancel).ConfigureAwait(false);
        if (python is null)
        {
            return new SuiteCommand(null, missing);
        }

        var wanted = run.Suite.Kind == SuiteKind.Unit && run.Covers.Count > 0;
        IReadOnlyList<string> measure = wanted && python.Measures
            ? [.. run.Covers.Select(s => $"--cov={Path.Combine(root, s.Path)}"), $"--cov-report=xml:{run.Coverage}", "--cov-fail-under=0"]
            : [];
        await WritePlugin(run.Folder, cancel).ConfigureAwait(false);
        var command = new Command(
            python.Program,
            [
                "-m", "pytest", Path.GetRelativePath(folder, Path.Combine(root, run.Suite.Path)), "-p", Plugin, "-p", "no:sugar",
                "--color=no", "--verbosity=1", "--tb=auto", "-o", $"cache_dir={Path.Combine(run.Folder, "cache")}", .. measure,
            ],
            folder)
        {
            Environment = Variables(run),
            KeepCharacters = 4 * 1024 * 1024,
            PlainText = true,
        };
        return new SuiteCommand(command) { Uncovered = wanted && !python.Measures ? $"pytest-cov is not installed: {python.Install("pytest-cov")}" : null };
    }

    public async Task<SuiteReading> Read(SuiteRun run, CommandResult result, CancellationToken cancel)
    {
        var events = await PytestEvents.Read(Path.Combine(run.Folder, "events.jsonl"), root, FolderOf(run.Suite, run.Covers), cancel).ConfigureAwait(false);
        var problem = result.ExitCode switch
        {
            0 or 1 when events.Report.Counts.Failed > 0 => null,
            0 => null,
            1 => $"pytest ended with 1 although no test failed: {Dotnet.Tail(result)}",
            2 when events.Errors.Count > 0 => $"could not collect its tests: {Reporting.Words.Count(events.Errors.Count, "error")}",
            2 => $"pytest was interrupted: {Dotnet.Tail(result)}",
            3 => $"pytest itself failed (an internal error): {Dotnet.Tail(result)}",
            4 => $"pytest can not be used so, see its configuration: {Dotnet.Tail(result)}",
            5 => "pytest found no tests",
            var code => $"pytest ended with {code}: {Dotnet.Tail(result)}",
        };
        return new SuiteReading(events.HasEnded ? events.Report : events.Report with { Aborted = problem ?? "pytest ended in the middle" })
        {
            Errors = events.Errors,
            Unfinished = events.Unfinished,
            LeftOut = events.LeftOut,
            // Where every test was left out, pytest says 5 as well.
            Problem = result.ExitCode == 5 && events.LeftOut.Count > 0 ? null : problem,
        };
    }

    /// <summary>Where the project's configuration is, as pytest itself looks for it; else the service's folder, else the root.</summary>
    private string FolderOf(SuiteSettings suite, IReadOnlyList<ServiceSettings> covers)
    {
        var path = Path.Combine(root, suite.Path);
        var service = covers.Where(s => SuiteScope.LiesIn(suite.Path, s.Path)).Select(s => Path.Combine(root, s.Path)).FirstOrDefault() ?? root;
        for (var folder = Directory.Exists(path) ? path : Path.GetDirectoryName(path); folder is not null && folder.Length >= root.Length; folder = Path.GetDirectoryName(folder))
        {
            if (folder == service || Configurations.Any(c => File.Exists(Path.Combine(folder, c))))
            {
                return folder;
            }
        }

        return root;
    }

    private static Dictionary<string, string?> Variables(SuiteRun run) => new()
    {
        ["PIPELINE_SUITE_EVENTS"] = Path.Combine(run.Folder, "events.jsonl"),
        ["PIPELINE_SUITE_WITHOUT"] = string.Join(',', run.Markers.Without),
        ["PIPELINE_SUITE_ONLY"] = run.Markers.Only,
        ["PYTHONPATH"] = string.Join(Path.PathSeparator, new[] { run.Folder, Environment.GetEnvironmentVariable("PYTHONPATH") }.Where(p => !string.IsNullOrEmpty(p))),
        ["COVERAGE_FILE"] = Path.Combine(run.Folder, "coverage"),
        ["PYTHONDONTWRITEBYTECODE"] = "1",
        ["PYTHONIOENCODING"] = "utf-8",
    };

    private static async Task WritePlugin(string folder, CancellationToken cancel)
    {
        using var resource = typeof(PytestSuite).Assembly.GetManifestResourceStream($"{Plugin}.py")!;
        using var file = File.Create(Path.Combine(folder, $"{Plugin}.py"));
        await resource.CopyToAsync(file, cancel).ConfigureAwait(false);
    }
}
