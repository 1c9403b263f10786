using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.Protocols;

/// <summary>The JSON wire: members as they are, absent ones left out.</summary>
internal static class JsonWire
{
    public static JsonObject Read(string body)
    {
        try
        {
            return body.Length == 0 ? [] : JsonNode.Parse(body) as JsonObject ?? throw new AwsException("SerializationException", "The request is not a structure.");
        }
        catch (JsonException)
        {
            throw new AwsException("SerializationException", "The request is not JSON.");
        }
    }

    public static string Result(JsonObject result)
    {
        DropAbsent(result);
        return result.ToJsonString();
    }

    /// <summary>A member without a value is not sent at all, as on AWS.</summary>
    private static void DropAbsent(JsonNode node)
    {
        switch (node)
        {
            case JsonObject structure:
                foreach (var absent in structure.Where(member => member.Value is null).Select(member => member.Key).ToList())
                {
                    structure.Remove(absent);
                }

                foreach (var (_, value) in structure)
                {
                    DropAbsent(value!);
                }

                break;
            case JsonArray list:
                foreach (var item in list.OfType<JsonNode>())
                {
                    DropAbsent(item);
                }

                break;
        }
    }
}
