using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Metrics;

/// <summary>Cuts a list into pages; the token is where the next one begins.</summary>
internal static class MetricPaging
{
    public static JsonObject Page<T>(AwsRequest request, string member, IReadOnlyList<T> all, Func<T, JsonNode> show, int size)
    {
        var start = Start(request);
        var answer = new JsonObject { [member] = new JsonArray([.. all.Skip(start).Take(size).Select(show)]) };
        if (start + size < all.Count)
        {
            answer["NextToken"] = Token(start + size);
        }

        return answer;
    }

    /// <exception cref="AwsException">the token is none of ours</exception>
    public static int Start(AwsRequest request)
    {
        var start = 0;
        return request.Text("NextToken") is { Length: > 0 } token && !int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out start)
            ? throw new AwsException("InvalidNextToken", "The next token is not valid.")
            : start;
    }

    public static string Token(int start) => start.ToString(CultureInfo.InvariantCulture);
}
