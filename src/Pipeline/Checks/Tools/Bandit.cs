using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Configuration;
using Pipeline.Processes;

namespace Pipeline.Checks.Tools;

/// <summary>Bandit: dangerous Python code.</summary>
internal static class Bandit
{
    public static readonly Tool Tool = new("bandit", "security.unmeasured", "pip install bandit");

    /// <summary>A <c>.bandit</c> or a <c>[tool.bandit]</c> of the project says what is left out; from where a finding counts, <c>pipeline.yml</c> says.</summary>
    public static IEnumerable<ToolUse> Uses(string root, PythonProject project, BanditSettings settings) => project.Batches.Select(files => new ToolUse(
        Tool,
        ["-q", "-f", "json", Times('l', settings.Severity), Times('i', settings.Confidence), .. Configured(root, project), .. files],
        result => Read(root, project, result),
        "") { Folder = project.Folder });

    public static IReadOnlyList<Finding>? Read(string root, PythonProject project, CommandResult result)
    {
        var start = result.Output.IndexOf('{', StringComparison.Ordinal);
        if (start < 0 || JsonSerializer.Deserialize<Report>(result.Output[start..]) is not { Results: { } results, Errors: { } errors, Metrics.ValueKind: JsonValueKind.Object })
        {
            return null;
        }

        return
        [
            .. results.Select(r => new Finding(r.Test, $"{r.Text} ({Lower(r.Severity)} severity, {Lower(r.Confidence)} confidence)", project.Place(root, r.File), Math.Max(1, r.Line), "mend it, or '# nosec' with the test's id and a reason")),
            .. errors.Select(e => new Finding("unreadable", $"Bandit cannot read it: {e.Reason}", project.Place(root, e.File))),
        ];
    }

    private static string Times(char option, FindingLevel level) => '-' + new string(option, (int)level + 1);

    private static IEnumerable<string> Configured(string root, PythonProject project)
    {
        var folder = Path.Combine(root, project.Folder);
        var toml = Path.Combine(folder, "pyproject.toml");
        return File.Exists(Path.Combine(folder, ".bandit")) ? ["--ini", ".bandit"]
            : File.Exists(toml) && File.ReadLines(toml).Any(l => l.StartsWith("[tool.bandit", StringComparison.Ordinal)) ? ["-c", "pyproject.toml"]
            : [];
    }

    private static string Lower(string level) => level.ToLowerInvariant();

    private sealed record Report(
        [property: JsonPropertyName("results")] IReadOnlyList<Issue>? Results,
        [property: JsonPropertyName("errors")] IReadOnlyList<Unread>? Errors,
        [property: JsonPropertyName("metrics")] JsonElement Metrics);

    private sealed record Issue(
        [property: JsonPropertyName("filename"), JsonRequired] string File,
        [property: JsonPropertyName("line_number"), JsonRequired] int Line,
        [property: JsonPropertyName("test_id"), JsonRequired] string Test,
        [property: JsonPropertyName("issue_text"), JsonRequired] string Text,
        [property: JsonPropertyName("issue_severity"), JsonRequired] string Severity,
        [property: JsonPropertyName("issue_confidence"), JsonRequired] string Confidence);

    private sealed record Unread(
        [property: JsonPropertyName("filename"), JsonRequired] string File,
        [property: JsonPropertyName("reason"), JsonRequired] string Reason);
}
