using System.Globalization;
using System.Text.RegularExpressions;
using Pipeline.Processes;

namespace Pipeline.Checks.Tools;

/// <summary>black: how Python code is laid out.</summary>
internal static partial class Black
{
    /// <summary>123: it could not read some file.</summary>
    public static readonly Tool Tool = new("black", "lint.unmeasured", "pip install black") { Ends = [0, 1, 123] };

    /// <summary>It gets folders and finds the files itself: what the project's configuration excludes, it leaves out only then.</summary>
    public static IEnumerable<ToolUse> Uses(string root, PythonProject project) =>
        [new(Tool, ["--check", "--diff", "--", .. project.Paths.Select(p => $"./{p}")], result => Read(root, project, result), "") { Folder = project.Folder }];

    public static IReadOnlyList<Finding>? Read(string root, PythonProject project, CommandResult result)
    {
        // Without a sum it has not looked at all files, or at none.
        if (!Sum().IsMatch(result.Error) || result.Error.Contains(": INTERNAL ERROR: ", StringComparison.Ordinal))
        {
            return null;
        }

        var lines = UnifiedDiff.FirstLines(result.Output);
        return [.. File().Matches(result.Error).Select(m => ToFinding(m))];

        Finding ToFinding(Match match)
        {
            var file = match.Groups["file"].Value;
            var place = project.Place(root, file);
            return match.Groups["reason"] is { Success: true } reason
                ? new Finding("unreadable", $"black cannot read it: {reason.Value}", place, Line(reason.Value))
                : new Finding("black", "not formatted as black does it", place, lines.TryGetValue(file, out var line) ? line : null, $"black {project.Typed}");
        }
    }

    private static int? Line(string reason) =>
        Position().Match(reason) is { Success: true } at && int.TryParse(at.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var line) ? Math.Max(1, line) : null;

    [GeneratedRegex(@"(^|\n)[^\n]*\d+ files? would (be|fail)")]
    private static partial Regex Sum();

    [GeneratedRegex(@"(?:^|\n)(?:would reformat (?<file>.+?)|error: cannot format (?<file>.+?): (?<reason>[^\n]*))(?=\n(?:would reformat |error: cannot |\n)|\n?$)", RegexOptions.Singleline)]
    private static partial Regex File();

    [GeneratedRegex(@"Cannot parse[^\n]*?: (\d+):\d+")]
    private static partial Regex Position();
}
