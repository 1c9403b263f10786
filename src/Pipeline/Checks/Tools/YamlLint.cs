using System.Globalization;
using System.Text.RegularExpressions;
using Pipeline.Processes;

namespace Pipeline.Checks.Tools;

/// <summary>yamllint: how YAML is written, by the repository's own rules; a repository without them does not want it.</summary>
internal static partial class YamlLint
{
    public static readonly Tool Tool = new("yamllint", "lint.unmeasured", "pip install yamllint") { Optional = true };

    private const int AtOnce = 500;
    private static readonly string[] Configurations = [".yamllint", ".yamllint.yaml", ".yamllint.yml"];

    public static bool IsConfigured(string root) => Configurations.Any(f => File.Exists(Path.Combine(root, f)));

    public static bool IsYaml(string file) => Path.GetExtension(file) is ".yml" or ".yaml";

    /// <summary>What the rules call a warning is none of ours.</summary>
    public static IEnumerable<ToolUse> Uses(string root, IEnumerable<string> files) => files.Chunk(AtOnce).Select(some => new ToolUse(
        Tool, ["--format", "parsable", "--no-warnings", "--", .. some.Select(f => $"./{f}")], result => Read(root, result), ""));

    public static IReadOnlyList<Finding>? Read(string root, CommandResult result)
    {
        var lines = Line().Matches(result.Output);
        return lines.Count == 0 && result.Output.Trim().Length > 0 ? null : [.. lines.Select(ToFinding)];

        Finding ToFinding(Match match) => new(
            match.Groups["rule"] is { Success: true } rule ? rule.Value : "syntax",
            match.Groups["message"].Value,
            Dotnet.Relative(root, Path.GetFullPath(Path.Combine(root, match.Groups["file"].Value))),
            int.TryParse(match.Groups["line"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var line) ? Math.Max(1, line) : null);
    }

    [GeneratedRegex(@"(?:^|\n)(?<file>[^\x00]+?):(?<line>\d+):\d+: \[error\] (?<message>[^\n]*?)( \((?<rule>[a-z-]+)\))?(?=\n|$)")]
    private static partial Regex Line();
}
