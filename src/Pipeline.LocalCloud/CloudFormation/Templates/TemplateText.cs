using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Pipeline.LocalCloud.CloudFormation.Templates;

/// <summary>Reads a template's text, YAML with short-form intrinsics or JSON, into one tree of long-form members.</summary>
internal static partial class TemplateText
{
    private const int DeepestNesting = 60;

    public static JsonObject Read(string body)
    {
        var node = body.TrimStart().StartsWith('{') ? ReadJson(body) ?? ReadYaml(body) : ReadYaml(body);
        return node as JsonObject ?? throw Refusals.Format("unsupported structure.");
    }

    private static JsonNode? ReadJson(string body)
    {
        try
        {
            var node = JsonNode.Parse(body, documentOptions: new JsonDocumentOptions { MaxDepth = DeepestNesting, AllowDuplicateProperties = false });
            RefuseNulls(node, "");
            return node;
        }
        catch (JsonException)
        {
            // A flow mapping of YAML begins like JSON.
            return null;
        }
    }

    private static JsonNode ReadYaml(string body)
    {
        try
        {
            var parser = new Parser(new StringReader(body));
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
            {
                throw Refusals.Format("the template is empty.");
            }

            parser.Consume<DocumentStart>();
            var node = Node(parser, "", 0);
            parser.Consume<DocumentEnd>();
            return parser.Accept<StreamEnd>(out _) ? node : throw Refusals.Format("a template is a single YAML document.");
        }
        catch (YamlException broken)
        {
            throw Refusals.Format($"YAML not well-formed. (line {broken.Start.Line}, column {broken.Start.Column})");
        }
    }

    private static JsonNode Node(Parser parser, string path, int depth)
    {
        if (depth > DeepestNesting)
        {
            throw Refusals.Format($"{path} is nested too deeply.");
        }

        var node = parser.Consume<ParsingEvent>();
        return node switch
        {
            AnchorAlias => throw Refusals.Format("YAML aliases are not allowed in CloudFormation templates"),
            Scalar scalar => Tagged(scalar, ScalarNode(scalar, path), path),
            SequenceStart start => Tagged(start, Sequence(parser, path, depth), path),
            MappingStart start => Tagged(start, Mapping(parser, path, depth), path),
            _ => throw Refusals.Format($"unexpected YAML in {path}."),
        };
    }

    private static JsonArray Sequence(Parser parser, string path, int depth)
    {
        var list = new JsonArray();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            list.Add(Node(parser, $"{path}/{list.Count}", depth + 1));
        }

        return list;
    }

    private static JsonObject Mapping(Parser parser, string path, int depth)
    {
        var mapping = new JsonObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = parser.Consume<Scalar>();
            if (mapping.ContainsKey(key.Value))
            {
                throw Refusals.Format($"the key '{key.Value}' is there twice in {(path.Length == 0 ? "the template" : path)} (line {key.Start.Line}).");
            }

            mapping[key.Value] = Node(parser, $"{path}/{key.Value}", depth + 1);
        }

        return mapping;
    }

    private static JsonNode ScalarNode(Scalar scalar, string path) => scalar switch
    {
        { Style: not ScalarStyle.Plain } or { Tag: { IsEmpty: false } } => JsonValue.Create(scalar.Value),
        { Value: "" or "~" or "null" or "Null" or "NULL" } => throw Null(path),
        { Value: "true" or "True" or "TRUE" } => JsonValue.Create(true),
        { Value: "false" or "False" or "FALSE" } => JsonValue.Create(false),
        // Only what JSON writes the same way: 0755 and 1_000 stay texts. Parsing keeps the digits as written.
        _ when PlainNumber().IsMatch(scalar.Value) => JsonNode.Parse(scalar.Value)!,
        _ => JsonValue.Create(scalar.Value),
    };

    private static JsonNode Tagged(NodeEvent node, JsonNode value, string path)
    {
        if (node.Tag.IsEmpty || node.Tag.IsNonSpecific || node.Tag.Value.StartsWith("tag:yaml.org", StringComparison.Ordinal))
        {
            return value;
        }

        var name = node.Tag.Value.TrimStart('!');
        return name switch
        {
            "Ref" or "Condition" => new JsonObject { [name] = value },
            "GetAtt" when value is JsonValue text && text.ToString().Split('.', 2) is [var resource, var attribute] =>
                new JsonObject { ["Fn::GetAtt"] = new JsonArray(resource, attribute) },
            _ when Intrinsics.Names.Contains($"Fn::{name}") || Intrinsics.Refused.ContainsKey($"Fn::{name}") || Rules.Names.Contains($"Fn::{name}") => new JsonObject { [$"Fn::{name}"] = value },
            _ => throw Refusals.Format(string.Create(CultureInfo.InvariantCulture, $"unsupported tag !{name} at {path} (line {node.Start.Line}).")),
        };
    }

    private static void RefuseNulls(JsonNode? node, string path)
    {
        switch (node)
        {
            case null:
                throw Null(path);
            case JsonObject mapping:
                foreach (var (name, value) in mapping)
                {
                    RefuseNulls(value, $"{path}/{name}");
                }

                break;
            case JsonArray list:
                for (var i = 0; i < list.Count; i++)
                {
                    RefuseNulls(list[i], $"{path}/{i}");
                }

                break;
        }
    }

    private static Protocols.AwsException Null(string path) => Refusals.Format($"[{path}] 'null' values are not allowed in templates");

    [GeneratedRegex(@"^-?(0|[1-9]\d{0,14})(\.\d{1,15})?$")]
    private static partial Regex PlainNumber();
}
