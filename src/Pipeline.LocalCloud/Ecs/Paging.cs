using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>ECS's pages: <c>maxResults</c> and <c>nextToken</c>, which is the place where the next page starts.</summary>
internal static class Paging
{
    public static JsonObject Page(IReadOnlyList<string> all, JsonObject body, string name, int size) => Page([.. all.Select(x => (JsonNode)x)], body, name, size);

    public static JsonObject Page(IReadOnlyList<JsonNode> all, JsonObject body, string name, int size)
    {
        var start = body.Text("nextToken") is not { } token ? 0
            : int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place
            : throw new AwsException("InvalidParameterException", "Invalid token");
        size = body.Int("maxResults") ?? size;
        var answer = new JsonObject { [name] = new JsonArray([.. all.Skip(start).Take(size)]) };
        if (start + size < all.Count)
        {
            answer["nextToken"] = (start + size).ToString(CultureInfo.InvariantCulture);
        }

        return answer;
    }
}
