using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>ECS's tags: a list of <c>key</c> and <c>value</c>.</summary>
internal static class Tags
{
    public static Dictionary<string, string> Read(JsonObject body) => Merge(new Dictionary<string, string>(), body);

    public static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> now, JsonObject body)
    {
        var tags = new Dictionary<string, string>(now);
        foreach (var tag in body.Objects("tags"))
        {
            tags[tag.Text("key") ?? ""] = tag.Text("value") ?? "";
        }

        return tags;
    }

    /// <summary>Whether a caller wants tags: a description leaves them out otherwise.</summary>
    public static bool Asked(AwsRequest request) => request.Body.Texts("include").Contains("TAGS");

    public static JsonArray Write(IReadOnlyDictionary<string, string> tags) => new([.. tags.Select(t => new JsonObject { ["key"] = t.Key, ["value"] = t.Value })]);
}
