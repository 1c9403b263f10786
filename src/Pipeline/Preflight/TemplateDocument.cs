using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Pipeline.Preflight;

/// <summary>A template's text as a tree: every value a text, functions in their long form.</summary>
internal static class TemplateDocument
{
    /// <returns><c>null</c>: it is no template; a deployment says so in its own words</returns>
    public static JsonObject? Read(string text)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents is [{ RootNode: YamlMappingNode root }] ? Tree(root) as JsonObject : null;
        }
        catch (YamlException)
        {
            return null;
        }
    }

    private static JsonNode? Tree(YamlNode node)
    {
        var value = node switch
        {
            YamlMappingNode map => new JsonObject(map.Children.DistinctBy(c => c.Key.ToString()).Select(c => KeyValuePair.Create(c.Key.ToString(), Tree(c.Value)))),
            YamlSequenceNode list => new JsonArray([.. list.Children.Select(Tree)]),
            YamlScalarNode scalar => JsonValue.Create(scalar.Value ?? ""),
            _ => (JsonNode?)null,
        };
        if (node.Tag.IsEmpty || node.Tag.IsNonSpecific || node.Tag.Value is not ['!', not '!', ..] tag)
        {
            return value;
        }

        var function = tag[1..];
        return function switch
        {
            "Ref" or "Condition" => new JsonObject { [function] = value },
            "GetAtt" when value is JsonValue path => new JsonObject { ["Fn::GetAtt"] = new JsonArray([.. path.GetValue<string>().Split('.', 2).Select(p => JsonValue.Create(p))]) },
            _ => new JsonObject { [$"Fn::{function}"] = value },
        };
    }
}
