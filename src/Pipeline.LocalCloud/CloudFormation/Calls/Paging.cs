using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation.Templates;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.CloudFormation.Calls;

/// <summary>Cuts a list into pages; the token is where the next one begins.</summary>
internal static class Paging
{
    public static JsonObject Page<T>(AwsRequest request, string member, IReadOnlyList<T> all, Func<T, JsonNode> show, int size = 100)
    {
        var start = 0;
        if (request.Text("NextToken") is { Length: > 0 } token && !int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out start))
        {
            throw Refusals.Invalid("NextToken is not valid.");
        }

        return new JsonObject
        {
            [member] = new JsonArray([.. all.Skip(start).Take(size).Select(show)]),
            ["NextToken"] = start + size < all.Count ? (start + size).ToString(CultureInfo.InvariantCulture) : null,
        };
    }
}
