using System.Text.RegularExpressions;
using Pipeline.Checks.Tools;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Checks.Load;

/// <summary>Runs Locust without its browser page and reads what it measured.</summary>
/// <param name="folder">for its files; emptied before</param>
internal sealed partial class Locust(string root, string folder)
{
    /// <summary>What is counted begins when all users are there.</summary>
    private static readonly TimeSpan Ramp = TimeSpan.FromSeconds(2);

    /// <summary>Its files are a second behind.</summary>
    private static readonly TimeSpan Flush = TimeSpan.FromSeconds(1);

    /// <summary>The program.</summary>
    public static readonly Tool Program = new("locust", LoadSuite.Gate, "python3 -m pip install locust");

    /// <summary>The program, or what a test gives instead of it.</summary>
    public Tool Tool { get; init; } = Program;

    /// <summary>What it said; <c>null</c> before it ran.</summary>
    public string? Log { get; private set; }

    /// <returns>what it measured, and what is wrong with its run whatever it measured (<c>null</c>: nothing)</returns>
    public async Task<(LoadMeasurement? Measured, CheckPart? Wrong)> Run(SuiteSettings suite, Uri host, IReadOnlyDictionary<string, string?> variables, IProgress<string>? progress, CancellationToken cancel)
    {
        if (Programs.Find(Tool.Name) is not { } program)
        {
            return (null, new CheckPart(suite.Name, Verdict.NotEvaluable, $"{Tool.Name} is not installed: {Tool.Install}") { Gate = Tool.Gate });
        }

        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.CreateDirectory(folder);
        var result = await ChildProcess.Run(Command(program, suite, host, variables, progress), cancel).ConfigureAwait(false);
        Log = result.Output + result.Error;
        var files = new LocustFiles(Path.Combine(folder, "locust"));
        var measured = files.Read();
        var (why, findings) = Judge(suite, result, measured, files);
        return (measured is null || !Log.Contains("CPU usage above 90%", StringComparison.Ordinal) ? measured : measured with { Overloaded = "Locust used all of its processor" },
            why is null ? null : new CheckPart(suite.Name, Verdict.Failed, why) { Findings = findings });
    }

    private Command Command(string program, SuiteSettings suite, Uri host, IReadOnlyDictionary<string, string?> variables, IProgress<string>? progress)
    {
        var load = suite.Load!;
        string[] arguments =
        [
            "-f", suite.Path, "--headless", "--users", LoadText.Number(load.Users), "--spawn-rate", LoadText.Number(Math.Max(1, load.Users / (decimal)Ramp.TotalSeconds)),
            "--run-time", LoadText.Text($"{Math.Ceiling((load.Duration + Ramp + Flush).TotalSeconds):0}s"), "--host", host.ToString().TrimEnd('/'),
            // Failed requests are for the targets to judge, so that any other exit code than 0 is something else.
            "--csv", Path.Combine(folder, "locust"), "--only-summary", "--reset-stats", "--exit-code-on-error", "0",
        ];
        return new Command(program, arguments, root)
        {
            Timeout = suite.Budget,
            KeepCharacters = 4 * 1024 * 1024,
            PlainText = true,
            Environment = ToolRunner.Environment.Concat(variables).GroupBy(v => v.Key).ToDictionary(v => v.Key, v => v.Last().Value),
            OnLine = progress is null ? null : progress.Report,
        };
    }

    private (string? Why, IReadOnlyList<Finding> Findings) Judge(SuiteSettings suite, CommandResult result, LoadMeasurement? measured, LocustFiles files)
    {
        var raised = files.Exceptions().Select(e => Raised(e.Message, e.Traceback, e.Count)).ToList();
        if (result.TimedOut)
        {
            var far = measured is null ? "Locust had written no figures" : LoadText.Text($"Locust had counted {measured.Requests:#,0} requests");
            return ($"stopped after its budget of {Reporting.Durations.Text(suite.Budget)}; {far}", raised);
        }

        if (result.ExitCode != 0 || measured is null)
        {
            return ($"Locust {(result.ExitCode != 0 ? $"ended with exit code {result.ExitCode}" : "wrote no figures")}: {Dotnet.Tail(result)}", raised);
        }

        return raised.Count > 0 ? ($"the locustfile raised {Reporting.Words.Count(raised.Count, "exception")}", raised) : (null, []);
    }

    /// <summary>With the last place of its traceback below the root.</summary>
    private Finding Raised(string message, string traceback, long count)
    {
        var place = Place().Matches(traceback).LastOrDefault(m => !Path.IsPathRooted(Dotnet.Relative(root, m.Groups["file"].Value)));
        return new Finding(
            "exception",
            LoadText.Text($"{(message.Length == 0 ? "raised without a message" : message)} ({count:#,0} ×)"),
            place is null ? null : Dotnet.Relative(root, place.Groups["file"].Value),
            place is null ? null : int.Parse(place.Groups["line"].Value, System.Globalization.CultureInfo.InvariantCulture));
    }

    [GeneratedRegex("""File "(?<file>[^"\r\n]+)", line (?<line>\d{1,9})""")]
    private static partial Regex Place();
}
