using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pipeline.Tests.Contracts;

/// <summary>Members on the JSON wire against their shapes.</summary>
internal sealed class JsonShapes(ServiceModel model, List<string> found)
{
    public void Check(JsonNode? output, JsonNode answer)
    {
        if (output is not null)
        {
            Value(model.Shape(output), answer, "");
        }
        else if (answer is not JsonObject { Count: 0 })
        {
            found.Add("answers members though the operation has none");
        }
    }

    private void Value(JsonObject shape, JsonNode? value, string path)
    {
        switch ((string)shape["type"]!)
        {
            case "structure":
                if (Is<JsonObject>(value, path, "a structure") is { } structure)
                {
                    Structure(shape, structure, path);
                }

                break;
            case "list":
                foreach (var (item, index) in (Is<JsonArray>(value, path, "a list") ?? []).Select((item, index) => (item, index)))
                {
                    Value(model.Shape(shape["member"]!), item, $"{path}[{index}]");
                }

                break;
            case "map":
                foreach (var (key, item) in Is<JsonObject>(value, path, "a map") ?? [])
                {
                    Value(model.Shape(shape["key"]!), JsonValue.Create(key), $"{path}.{key} (key)");
                    Value(model.Shape(shape["value"]!), item, $"{path}.{key}");
                }

                break;
            case var scalar:
                Scalar(scalar, shape, value, path);
                break;
        }
    }

    private void Structure(JsonObject shape, JsonObject structure, string path)
    {
        var members = shape["members"]!.AsObject();
        foreach (var (name, value) in structure)
        {
            var member = $"{path}.{name}";
            if (members[name] is { } known)
            {
                Value(model.Shape(known), value, member);
            }
            else
            {
                found.Add($"{member} is not in the model");
            }
        }

        foreach (var missing in (shape["required"]?.AsArray() ?? []).Select(name => (string)name!).Where(name => !structure.ContainsKey(name)))
        {
            found.Add($"{path}.{missing} is required and missing");
        }
    }

    private void Scalar(string type, JsonObject shape, JsonNode? value, string path)
    {
        var kind = value?.GetValueKind();
        var right = type switch
        {
            "string" or "blob" or "character" => kind == JsonValueKind.String,
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            "integer" or "long" => kind == JsonValueKind.Number && value!.AsValue().TryGetValue<decimal>(out var number) && number == decimal.Truncate(number),
            _ => kind == JsonValueKind.Number,
        };
        if (!right)
        {
            found.Add($"{path} is {value?.ToJsonString() ?? "null"}, not {Article(type)}");
        }
        else if (shape["enum"] is JsonArray values && !values.Any(known => (string?)known == (string?)value))
        {
            found.Add($"{path} is '{value}', which is not in the model's list");
        }
    }

    private T? Is<T>(JsonNode? value, string path, string what)
        where T : JsonNode
    {
        if (value is not T)
        {
            found.Add($"{path} is {value?.ToJsonString() ?? "null"}, not {what}");
        }

        return value as T;
    }

    private static string Article(string type) => type == "integer" ? "an integer" : $"a {type}";
}
