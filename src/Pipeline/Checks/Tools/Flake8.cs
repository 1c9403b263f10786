using System.Globalization;
using Pipeline.Processes;

namespace Pipeline.Checks.Tools;

/// <summary>flake8: mistakes and style of Python code.</summary>
internal static class Flake8
{
    public static readonly Tool Tool = new("flake8", "lint.unmeasured", "pip install flake8");

    /// <summary>Between fields and after a finding stand characters that no message has: a file's name may hold colons and line ends.</summary>
    private const char Field = '\x1f';
    private const char End = '\x1e';

    private static readonly string Format = string.Join(Field, "%(path)s", "%(row)d", "%(code)s", "%(text)s") + End;

    public static IEnumerable<ToolUse> Uses(string root, PythonProject project) => project.Batches.Select(files => new ToolUse(
        Tool, ["--no-show-source", $"--format={Format}", "--", .. files], result => Read(root, project, result), "") { Folder = project.Folder });

    public static IReadOnlyList<Finding>? Read(string root, PythonProject project, CommandResult result)
    {
        var records = result.Output.Split(End);
        // After the last finding stand the sums that a configuration may ask for; without one, that is a zero.
        if (records.Length == 1 && result.Output.Trim() is not ("" or "0"))
        {
            return null;
        }

        var findings = new List<Finding>();
        foreach (var record in records[..^1])
        {
            if (record.TrimStart('\n').Split(Field) is not [var file, var row, var code, var text] || !int.TryParse(row, NumberStyles.None, CultureInfo.InvariantCulture, out var line))
            {
                return null;
            }

            findings.Add(new Finding(code, text, project.Place(root, file), Math.Max(1, line)));
        }

        return findings;
    }
}
