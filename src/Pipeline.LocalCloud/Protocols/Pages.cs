using System.Globalization;
using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.Protocols;

/// <summary>How a service names its pages' members.</summary>
/// <param name="Size">how many a page shall have</param>
/// <param name="From">in the request: where the page begins</param>
/// <param name="Next">in the answer: where the next one begins</param>
/// <param name="Most">a page's size when none is asked for, and its bound</param>
internal sealed record PageNames(string Size, string From, string Next, int Most);

/// <summary>Cuts a list into pages; the token is the place where the next one begins.</summary>
internal static class Pages
{
    public static JsonObject Of(AwsRequest request, string member, IEnumerable<JsonNode> all, PageNames names)
    {
        var start = 0;
        if (request.Text(names.From) is { Length: > 0 } token && !int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out start))
        {
            throw new AwsException("ValidationError", $"{names.From} is not valid.");
        }

        var size = Math.Clamp(request.Body.Int(names.Size) ?? names.Most, 1, names.Most);
        var rest = all.Skip(start).Take(size + 1).ToList();
        var answer = new JsonObject { [member] = new JsonArray([.. rest.Take(size)]) };
        if (rest.Count > size)
        {
            answer[names.Next] = (start + size).ToString(CultureInfo.InvariantCulture);
        }

        return answer;
    }
}
