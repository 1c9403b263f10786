using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pipeline.Configuration;

/// <summary>Writes the described keys as a JSON schema, for editors.</summary>
internal static class ConfigurationSchema
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text()
    {
        var schema = new JsonObject { ["$schema"] = "https://json-schema.org/draft/2020-12/schema", ["title"] = ConfigurationLoader.FileName };
        foreach (var (name, value) in Of(ConfigurationKeys.File).ToList())
        {
            schema[name] = value?.DeepClone();
        }

        return schema.ToJsonString(Readable) + "\n";
    }

    private static JsonObject Of(Shape shape) => shape switch
    {
        Section section => Of(section),
        MapOf of => Of(of),
        ListOf list => new JsonObject { ["type"] = "array", ["items"] = Of(list.Item) },
        Value value => value.Schema(),
        _ => throw new InvalidOperationException($"No schema for {shape.GetType().Name}."),
    };

    private static JsonObject Of(Section section)
    {
        var required = section.Keys.Where(k => k.Required).Select(k => (JsonNode)k.Name).ToArray();
        // A section of optional keys may be left without any: 'dev:' alone is null in YAML.
        var schema = new JsonObject { ["type"] = required.Length > 0 ? "object" : new JsonArray("object", "null"), ["additionalProperties"] = false };
        if (required.Length > 0)
        {
            schema["required"] = new JsonArray(required);
        }

        var properties = new JsonObject();
        foreach (var key in section.Keys)
        {
            var property = Of(key.Shape);
            property["description"] = key.Description;
            if (key.Default is { } value)
            {
                property["default"] = property["type"]?.ToString() is "integer" or "number" ? JsonNode.Parse(value) : value;
            }

            properties[key.Name] = property;
        }

        schema["properties"] = properties;
        return schema;
    }

    private static JsonObject Of(MapOf of)
    {
        var schema = new JsonObject { ["type"] = "object" };
        if (of.Name is { } name)
        {
            schema["propertyNames"] = new JsonObject { ["pattern"] = name.Pattern };
        }

        if (of.Value is Section)
        {
            schema["minProperties"] = 1;
        }

        schema["additionalProperties"] = Of(of.Value);
        return schema;
    }
}
