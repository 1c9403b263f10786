using System.Text.RegularExpressions;
using Pipeline.Processes;

namespace Pipeline.Checks.Tools;

/// <summary>isort: the order of Python's imports.</summary>
internal static partial class Isort
{
    public static readonly Tool Tool = new("isort", "lint.unmeasured", "pip install isort");

    /// <summary>It gets files, and leaves out those that the project's configuration skips; of those that it cannot read, it speaks only when it is verbose.</summary>
    public static IEnumerable<ToolUse> Uses(string root, PythonProject project) => project.Batches.Select(files => new ToolUse(
        Tool, ["--check-only", "--diff", "--verbose", "--filter-files", "--settings-path", ".", "--", .. files], result => Read(root, project, result), "") { Folder = project.Folder });

    public static IReadOnlyList<Finding>? Read(string root, PythonProject project, CommandResult result)
    {
        if (Broken().IsMatch(result.Output + "\n" + result.Error))
        {
            return null;
        }

        var lines = UnifiedDiff.FirstLines(result.Output);
        var unsorted = Unsorted().Matches(result.Error).Select(m => m.Groups["file"].Value).Select(file => new Finding(
            "isort", "imports are not in isort's order", project.Place(root, file), lines.TryGetValue($"{file}:before", out var line) ? line : null, $"isort {project.Typed}"));
        var unread = Unread().Matches(result.Error).Select(m => new Finding("unreadable", $"isort cannot read it: {(m.Groups["reason"] is { Success: true } reason ? reason.Value : "its encoding")}", project.Place(root, m.Groups["file"].Value)));
        return [.. unsorted, .. unread];
    }

    [GeneratedRegex(@"(?:^|\n)ERROR: (?<file>.+?) Imports are incorrectly sorted and/or formatted\.(?=\r?(\n|$))", RegexOptions.Singleline)]
    private static partial Regex Unsorted();

    [GeneratedRegex(@"UserWarning: (Unable to parse file (?<file>[^\0]+?) due to (?<reason>[^\n]*)|Encoding not supported for (?<file>[^\n]+))")]
    private static partial Regex Unread();

    [GeneratedRegex(@"(^|\n)Broken \d+ paths")]
    private static partial Regex Broken();
}
