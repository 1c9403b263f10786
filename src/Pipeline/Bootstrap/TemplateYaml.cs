using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Pipeline.Bootstrap;

/// <summary>A template as YAML for people to read: in order, short lists on one line, quoted only where it must be.</summary>
internal static partial class TemplateYaml
{
    private const int Width = 140;
    private static readonly JsonSerializerOptions Quoting = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(JsonObject template)
    {
        var text = new StringBuilder();
        Block(text, template, 0);
        return text.ToString();
    }

    private static void Block(StringBuilder text, JsonObject map, int depth)
    {
        foreach (var (key, value) in map)
        {
            // Sections and resources of more than one line stand apart.
            if (depth <= 1 && text.Length > 0 && text[^1] == '\n' && !(depth == 1 && ReferenceEquals(value, map.First().Value)))
            {
                var apart = depth == 0 || value is JsonObject && Flow(value) is null;
                text.Append(apart ? "\n" : "");
            }

            text.Append(' ', depth * 2).Append(Scalar(key)).Append(':');
            Value(text, value, depth);
        }
    }

    private static void Value(StringBuilder text, JsonNode? value, int depth)
    {
        if (Flow(value) is { } flow && (value is JsonValue || flow.Length + (depth * 2) < Width))
        {
            text.Append(' ').Append(flow).Append('\n');
            return;
        }

        text.Append('\n');
        if (value is JsonObject map)
        {
            Block(text, map, depth + 1);
        }
        else if (value is JsonArray list)
        {
            foreach (var item in list)
            {
                Item(text, item, depth + 1);
            }
        }
    }

    private static void Item(StringBuilder text, JsonNode? item, int depth)
    {
        var start = text.Length;
        if (item is JsonObject map && (Flow(item) is not { } flow || flow.Length + (depth * 2) >= Width))
        {
            Block(text, map, depth + 1);
            text[start + (depth * 2)] = '-';
            return;
        }

        text.Append(' ', depth * 2).Append("- ").Append(Flow(item)).Append('\n');
    }

    /// <summary>Null: it is too big for one line.</summary>
    private static string? Flow(JsonNode? node) => node switch
    {
        JsonValue value => Scalar(value),
        JsonArray list when list.Select(Flow).ToList() is var items && items.TrueForAll(i => i is not null) => $"[{string.Join(", ", items)}]",
        JsonObject { Count: 1 } map when map.Single() is var (key, only) && key is "Ref" => $"!Ref {Scalar(only!)}",
        JsonObject { Count: 1 } map when map.Single() is var (key, only) && only is JsonValue && key is "Fn::Sub" or "Fn::GetAtt" => $"!{map.Single().Key[4..]} {Scalar(map.Single().Value!)}",
        JsonObject { Count: <= 2 } map when map.All(m => m.Value is JsonValue or JsonObject { Count: 1 }) && map.Select(m => Flow(m.Value)).ToList() is var values && values.TrueForAll(v => v is not null)
            => $"{{{string.Join(", ", map.Zip(values, (m, v) => $"{Scalar(m.Key)}: {v}"))}}}",
        _ => null,
    };

    private static string Scalar(JsonNode value) => value.GetValueKind() == JsonValueKind.String ? Scalar(value.GetValue<string>()) : value.ToJsonString();

    private static string Scalar(string text) => Plain().IsMatch(text) && !Special().IsMatch(text) ? text : JsonSerializer.Serialize(text, Quoting);

    [GeneratedRegex(@"^[A-Za-z/][A-Za-z0-9 _./:()'-]*[A-Za-z0-9.)*]$|^[A-Za-z]$")]
    private static partial Regex Plain();

    [GeneratedRegex(@": |^(?i:true|false|yes|no|on|off|null|y|n)$")]
    private static partial Regex Special();
}
