using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Checks.Tools;

/// <summary>A program that looks at code and says what it finds.</summary>
/// <param name="Name">as its part and <c>checks.skip</c> call it, mostly the program's own name</param>
/// <param name="Gate">the key below <c>gates</c> that decides where it is missing</param>
/// <param name="Install">what to type where it is missing</param>
internal sealed record Tool(string Name, string Gate, string Install)
{
    /// <summary>The exit codes with which it ends when it has looked at everything; with any other it crashed.</summary>
    public IReadOnlyList<int> Ends { get; init; } = [0, 1];

    /// <summary>Where it is missing, it is left out: nobody asked for it by name.</summary>
    public bool Optional { get; init; }
}

/// <summary>One use of a tool.</summary>
/// <param name="Arguments">one item an argument</param>
/// <param name="Read">its findings, from its output or from a report that it wrote; <c>null</c>: there is nothing that can be read</param>
/// <param name="Subject">what it looks at, counted, for people: <c>12 files</c></param>
internal sealed record ToolUse(Tool Tool, IReadOnlyList<string> Arguments, Func<CommandResult, IReadOnlyList<Finding>?> Read, string Subject);

/// <summary>Runs tools: each as a process with an argument list and a budget, and its report, never its exit code alone, is judged.</summary>
/// <param name="root">where they run</param>
/// <param name="skip">names of the tools that are not to run</param>
/// <param name="budget">each is stopped after this long, with everything that it started</param>
internal sealed class ToolRunner(string root, IReadOnlyList<string> skip, TimeSpan budget)
{
    private const int Kept = 16 * 1024 * 1024;

    /// <summary>What they print meanwhile.</summary>
    public IProgress<string>? Progress { get; init; }

    /// <summary>Runs one.</summary>
    /// <returns>passed or failed by its findings; not evaluable where it is missing; failed, without findings, where it crashed or was stopped</returns>
    public async Task<CheckPart> Run(ToolUse use, CancellationToken cancel)
    {
        var tool = use.Tool;
        if (skip.Contains(tool.Name))
        {
            return new CheckPart(tool.Name, Verdict.Skipped, "left out by checks.skip");
        }

        if (Programs.Find(tool.Name) is not { } program)
        {
            return tool.Optional
                ? new CheckPart(tool.Name, Verdict.Skipped, $"{tool.Name} is not installed ({tool.Install})")
                : new CheckPart(tool.Name, Verdict.NotEvaluable, $"{tool.Name} is not installed: {tool.Install}") { Gate = tool.Gate };
        }

        var command = new Command(program, use.Arguments, root) { Timeout = budget, KeepCharacters = Kept, PlainText = true, Environment = Environment, OnLine = Progress is null ? null : Progress.Report };
        var result = await ChildProcess.Run(command, cancel).ConfigureAwait(false);
        if (result.TimedOut)
        {
            return new CheckPart(tool.Name, Verdict.Failed, $"stopped after its budget of {Reporting.Durations.Text(budget)}");
        }

        var findings = tool.Ends.Contains(result.ExitCode) ? use.Read(result) : null;
        return findings switch
        {
            null => new CheckPart(tool.Name, Verdict.Failed, $"crashed (exit code {result.ExitCode}): {Dotnet.Tail(result)}"),
            [] when result.ExitCode != 0 => new CheckPart(tool.Name, Verdict.Failed, $"ended with {result.ExitCode} and named nothing: {Dotnet.Tail(result)}"),
            [] => new CheckPart(tool.Name, Verdict.Passed, use.Subject),
            _ => new CheckPart(tool.Name, Verdict.Failed, $"{Reporting.Words.Count(findings.Count, "finding")} in {use.Subject}") { Findings = findings },
        };
    }

    /// <summary>One language, no colours, no own ideas about terminals.</summary>
    public static readonly IReadOnlyDictionary<string, string?> Environment = new Dictionary<string, string?>
    {
        ["LC_ALL"] = "C.UTF-8",
        ["NO_COLOR"] = "1",
        ["PYTHONIOENCODING"] = "utf-8",
        ["PYTHONDONTWRITEBYTECODE"] = "1",
    };
}
