using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Configuration;
using Pipeline.Processes;

namespace Pipeline.Checks.Tools;

/// <summary>cfn-lint: mistakes in CloudFormation templates.</summary>
internal static class CfnLint
{
    /// <summary>A sum of 2 (errors), 4 (warnings) and 8 (notes).</summary>
    public static readonly Tool Tool = new("cfn-lint", "lint.unmeasured", "pip install cfn-lint") { Ends = [0, 2, 4, 6, 8, 10, 12, 14], Optional = true };

    /// <summary>The templates of <c>pipeline.yml</c>: whatever is affected, all stacks are deployed.</summary>
    public static IReadOnlyList<string> Templates(PipelineConfiguration configuration) =>
        [.. configuration.Stacks.Where(s => s.Artifact is null && s.Template.Length > 0).Select(s => RepositoryFiles.Normal(s.Template)).Distinct().Where(t => File.Exists(Path.Combine(configuration.Root, t)))];

    public static IEnumerable<ToolUse> Uses(string root, IReadOnlyList<string> templates) =>
        templates.Count == 0 ? [] : [new(Tool, ["--format", "json", "--", .. templates.Select(t => $"./{t}")], result => Read(root, result), "")];

    public static IReadOnlyList<Finding>? Read(string root, CommandResult result) => JsonSerializer.Deserialize<IReadOnlyList<Match>>(result.Output) is { } matches
        ? [.. matches.Select(m => new Finding(m.Rule.Id, m.Message, Dotnet.Relative(root, Path.GetFullPath(Path.Combine(root, m.File))), m.Location?.Start?.Line is { } line and > 0 ? line : null))]
        : null;

    private sealed record Match(
        [property: JsonPropertyName("Filename"), JsonRequired] string File,
        [property: JsonPropertyName("Location")] Range? Location,
        [property: JsonPropertyName("Rule"), JsonRequired] Rule Rule,
        [property: JsonPropertyName("Message"), JsonRequired] string Message);

    private sealed record Rule([property: JsonPropertyName("Id"), JsonRequired] string Id);

    private sealed record Range([property: JsonPropertyName("Start")] Position? Start);

    private sealed record Position([property: JsonPropertyName("LineNumber")] int Line);
}
