using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation.Templates;

namespace Pipeline.LocalCloud.CloudFormation.Stacks;

/// <param name="Path">as in JSON pointers, e.g. <c>/Actions/0/Type</c></param>
/// <param name="Type"><c>ADD</c>, <c>REMOVE</c> or <c>NOT_EQUAL</c></param>
internal sealed record PropertyDifference(string Path, string? Expected, string? Actual, string Type);

/// <summary>What separates the properties a template states from those a resource really has.</summary>
internal static class PropertyDifferences
{
    /// <param name="actual">the properties that can be read; <c>null</c> values stand for those it has not</param>
    public static IReadOnlyList<PropertyDifference> Between(JsonObject expected, JsonObject actual) =>
        [.. expected.Where(property => actual.ContainsKey(property.Key)).SelectMany(property => Below($"/{property.Key}", property.Value, actual[property.Key]))];

    private static IEnumerable<PropertyDifference> Below(string path, JsonNode? expected, JsonNode? actual) => (expected, actual) switch
    {
        _ when Values.Same(expected, actual) => [],
        (null, _) => [new PropertyDifference(path, null, Text(actual), "ADD")],
        (_, null) => [new PropertyDifference(path, Text(expected), null, "REMOVE")],
        (JsonObject wanted, JsonObject has) => wanted.Select(member => member.Key).Union(has.Select(member => member.Key)).SelectMany(name => Below($"{path}/{name}", wanted[name], has[name])),
        (JsonArray wanted, JsonArray has) => Enumerable.Range(0, Math.Max(wanted.Count, has.Count)).SelectMany(i => Below($"{path}/{i}", wanted.ElementAtOrDefault(i), has.ElementAtOrDefault(i))),
        _ => [new PropertyDifference(path, Text(expected), Text(actual), "NOT_EQUAL")],
    };

    private static string? Text(JsonNode? node) => node is JsonValue ? node.ToString() : node?.ToJsonString();
}
