using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.CloudFormation.Templates;

/// <summary>Compares evaluated values as CloudFormation does: <c>1</c> and <c>"1"</c>, <c>true</c> and <c>"true"</c> are the same.</summary>
internal static class Values
{
    public static bool Same(JsonNode? left, JsonNode? right) => (left, right) switch
    {
        (null, null) => true,
        (JsonObject a, JsonObject b) => a.Count == b.Count && a.All(member => b.ContainsKey(member.Key) && Same(member.Value, b[member.Key])),
        (JsonArray a, JsonArray b) => a.Count == b.Count && a.Zip(b).All(pair => Same(pair.First, pair.Second)),
        (JsonValue a, JsonValue b) => a.ToString() == b.ToString(),
        _ => false,
    };
}
