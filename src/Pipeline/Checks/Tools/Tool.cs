using System.Text.Json;
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
internal sealed record ToolUse(Tool Tool, IReadOnlyList<string> Arguments, Func<CommandResult, IReadOnlyList<Finding>?> Read, string Subject)
{
    /// <summary>Where it runs, relative to the root; many tools look for their configuration from there.</summary>
    public string Folder { get; init; } = "";
}

/// <summary>Runs tools: each as a process with an argument list and a budget, and its report, never its exit code alone, is judged.</summary>
/// <param name="root">where they run</param>
/// <param name="skip">names of the tools that are not to run</param>
/// <param name="budget">this long after the runner was made, whatever runs is stopped with everything that it started</param>
internal sealed class ToolRunner(string root, IReadOnlyList<string> skip, TimeSpan budget)
{
    private const int Kept = 16 * 1024 * 1024;
    private readonly Budget _budget = new(budget);

    /// <summary>What they print meanwhile.</summary>
    public IProgress<string>? Progress { get; init; }

    /// <summary>Runs one.</summary>
    /// <returns>passed or failed by its findings; not evaluable where it is missing; failed, without findings, where it crashed or was stopped</returns>
    public Task<CheckPart> Run(ToolUse use, CancellationToken cancel) => Run([use], use.Subject, cancel);

    /// <summary>Runs one tool on one piece of the code after the other.</summary>
    /// <param name="uses">of the same tool, at least one</param>
    /// <param name="subject">what it looks at in all of them</param>
    /// <returns>one part: where one use crashed or was stopped it says so, with what the others found</returns>
    public async Task<CheckPart> Run(IReadOnlyList<ToolUse> uses, string subject, CancellationToken cancel)
    {
        var tool = uses[0].Tool;
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

        var findings = new List<Finding>();
        foreach (var use in uses)
        {
            var result = await ChildProcess.Run(Command(program, use), cancel).ConfigureAwait(false);
            if (result.TimedOut)
            {
                return _budget.Stopped(tool.Name) with { Findings = findings };
            }

            var (found, problem) = Judge(use, result);
            if (problem is not null)
            {
                return new CheckPart(tool.Name, Verdict.Failed, problem) { Findings = findings };
            }

            findings.AddRange(found);
        }

        return findings.Count == 0
            ? new CheckPart(tool.Name, Verdict.Passed, subject)
            : new CheckPart(tool.Name, Verdict.Failed, $"{Reporting.Words.Count(findings.Count, "finding")} in {subject}")
            {
                Findings = [.. findings.Distinct().OrderBy(f => f.File, StringComparer.Ordinal).ThenBy(f => f.Line)],
            };
    }

    private static (IReadOnlyList<Finding> Findings, string? Problem) Judge(ToolUse use, CommandResult result)
    {
        if (!use.Tool.Ends.Contains(result.ExitCode))
        {
            return ([], $"crashed (exit code {result.ExitCode}): {Dotnet.Tail(result)}");
        }

        if (result.Dropped > 0)
        {
            return ([], $"said more than can be read ({result.Dropped} characters too many)");
        }

        return Read(use, result) switch
        {
            null => ([], $"ended with {result.ExitCode} and a report that cannot be read: {Dotnet.Tail(result)}"),
            [] when result.ExitCode != 0 => ([], $"ended with {result.ExitCode} and named nothing: {Dotnet.Tail(result)}"),
            var findings => (findings, null),
        };
    }

    private static IReadOnlyList<Finding>? Read(ToolUse use, CommandResult result)
    {
        try
        {
            return use.Read(result);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private Command Command(string program, ToolUse use) => new(program, use.Arguments, Path.Combine(root, use.Folder))
    {
        Timeout = _budget.Left,
        KeepCharacters = Kept,
        PlainText = true,
        Environment = Environment,
        OnLine = Progress is null ? null : Progress.Report,
    };

    /// <summary>One language, no colours, no own ideas about terminals.</summary>
    public static readonly IReadOnlyDictionary<string, string?> Environment = new Dictionary<string, string?>
    {
        ["LC_ALL"] = "C.UTF-8",
        ["NO_COLOR"] = "1",
        ["PYTHONIOENCODING"] = "utf-8",
        ["PYTHONDONTWRITEBYTECODE"] = "1",
    };
}
