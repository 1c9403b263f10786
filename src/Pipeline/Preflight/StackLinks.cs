using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pipeline.Configuration;
using Pipeline.Deployments;

namespace Pipeline.Preflight;

/// <summary>What a stack would export and import with a snapshot, read from its template.</summary>
internal static partial class StackLinks
{
    /// <summary>Names that it exports.</summary>
    public static IReadOnlySet<string> Exports(PipelineConfiguration configuration, PlannedStack stack) =>
        Values(configuration, stack)?.Exported().Keys.ToHashSet(StringComparer.Ordinal) ?? [];

    /// <summary>Names that it imports.</summary>
    public static IReadOnlySet<string> Imports(PipelineConfiguration configuration, PlannedStack stack) =>
        Values(configuration, stack) is not { } values ? new HashSet<string>()
        : values.Resources().SelectMany(r => Texts(r.Properties)).Concat(values.Exported().Values).SelectMany(t => Import().Matches(t)).Select(m => m.Groups["name"].Value).ToHashSet(StringComparer.Ordinal);

    private static TemplateValues? Values(PipelineConfiguration configuration, PlannedStack stack) => TemplateDocument.Read(stack.Snapshot.Template) is { } template
        ? new TemplateValues(new TemplateScope(template, PlannedRelease.Parameters(configuration, stack, null)) { Live = new Dictionary<string, string>(), Exports = new Dictionary<string, string>() })
        : null;

    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(m => Texts(m.Value)),
        JsonArray list => list.SelectMany(Texts),
        JsonValue value => [value.GetValue<string>()],
        _ => [],
    };

    [GeneratedRegex("<export (?<name>[^>]+)>")]
    private static partial Regex Import();
}
