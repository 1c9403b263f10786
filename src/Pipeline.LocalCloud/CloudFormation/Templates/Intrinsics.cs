using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Pipeline.LocalCloud.CloudFormation.Templates;

/// <summary>Evaluates the intrinsic functions of a template's values within a <see cref="Scope"/>.</summary>
internal static partial class Intrinsics
{
    /// <summary>Every function there is; any other <c>Fn::</c> name is refused.</summary>
    public static readonly IReadOnlySet<string> Names = new HashSet<string>(StringComparer.Ordinal)
    {
        "Ref", "Fn::GetAtt", "Fn::Sub", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::FindInMap", "Fn::ImportValue", "Fn::If", "Fn::Base64",
        "Fn::Cidr", "Fn::GetAZs", "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not",
    };

    /// <summary>Functions that AWS has and this cloud has not, with what they need.</summary>
    public static readonly IReadOnlyDictionary<string, string> Refused = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Fn::Transform"] = "macros, of which the embedded cloud has none",
        ["Fn::Length"] = "the transform AWS::LanguageExtensions",
        ["Fn::ToJsonString"] = "the transform AWS::LanguageExtensions",
        ["Fn::ForEach"] = "the transform AWS::LanguageExtensions",
    };

    /// <summary>The function a node calls, and its argument; <c>null</c> for plain data.</summary>
    public static (string Name, JsonNode Argument)? Call(JsonNode? node)
    {
        if (node is not JsonObject mapping || !mapping.Any(member => member.Key == "Ref" && mapping.Count == 1 || member.Key.StartsWith("Fn::", StringComparison.Ordinal)))
        {
            return null;
        }

        var (name, argument) = mapping.First(member => member.Key == "Ref" || member.Key.StartsWith("Fn::", StringComparison.Ordinal));
        return mapping.Count > 1 ? throw Refusals.Format($"{name} must stand alone in its structure.")
            : Refused.GetValueOrDefault(name) is { } needed ? throw Refusals.Format($"the intrinsic function {name} is not supported: it needs {needed}.")
            : Rules.Names.Contains(name) ? throw Refusals.Format($"the intrinsic function {name} can only be used in the Rules block.")
            : !Names.Contains(name) ? throw Refusals.Format($"the intrinsic function {name} is not supported.")
            : name == "Fn::FindInMap" && argument is JsonArray { Count: 4 } ? throw Refusals.Format("Fn::FindInMap with a DefaultValue is not supported: it needs the transform AWS::LanguageExtensions.")
            : (name, argument!);
    }

    /// <summary>The node with every function replaced by its value; <c>null</c> is <c>AWS::NoValue</c>: leave the member out.</summary>
    public static JsonNode? Evaluate(JsonNode node, Scope scope)
    {
        if (Call(node) is var (name, argument))
        {
            return Function(name, argument, scope);
        }

        switch (node)
        {
            case JsonObject mapping:
                var members = new JsonObject();
                foreach (var (key, value) in mapping)
                {
                    if (Evaluate(value!, scope) is { } evaluated)
                    {
                        members[key] = evaluated;
                    }
                }

                return members;
            case JsonArray list:
                return new JsonArray([.. list.Select(entry => Evaluate(entry!, scope)).Where(entry => entry is not null)]);
            default:
                return node.DeepClone();
        }
    }

    /// <summary>A value that must come out as one text.</summary>
    public static string Text(JsonNode node, Scope scope, string where) => Evaluate(node, scope) is JsonValue value
        ? value.ToString()
        : throw Refusals.Invalid($"Template error: {where} must be a string.");

    private static JsonNode? Function(string name, JsonNode argument, Scope scope) => name switch
    {
        "Ref" => Reference(argument.ToString(), scope),
        "Fn::GetAtt" => Attribute(argument, scope),
        "Fn::Sub" => Substitute(argument, scope),
        "Fn::Join" => Join(argument, scope),
        "Fn::Select" => Select(argument, scope),
        "Fn::Split" => Split(argument, scope),
        "Fn::FindInMap" => FindInMap(argument, scope),
        "Fn::ImportValue" => scope.Import(Text(argument, scope, "the name of Fn::ImportValue")),
        "Fn::If" => Arguments(argument, "Fn::If", 3) is var branches && Conditions.Holds(branches[0]!.ToString(), scope) ? Evaluate(branches[1]!, scope) : Evaluate(branches[2]!, scope),
        "Fn::Base64" => Convert.ToBase64String(Encoding.UTF8.GetBytes(Text(argument, scope, "Fn::Base64"))),
        "Fn::Cidr" => List(argument, scope, "Fn::Cidr") is var block && block.Any(IsUnknown) ? Scope.Unknown : CidrBlocks.Split(block),
        "Fn::GetAZs" => Zones(Text(argument, scope, "Fn::GetAZs"), scope),
        _ => throw Refusals.Invalid($"Template error: {name} can only be used in the Conditions block."),
    };

    private static JsonNode? Reference(string name, Scope scope) =>
        name.StartsWith("AWS::", StringComparison.Ordinal) ? scope.Pseudo(name)
        : scope.Parameters.TryGetValue(name, out var value) ? value.DeepClone()
        : scope.Ref(name);

    private static JsonNode Attribute(JsonNode argument, Scope scope)
    {
        var (id, attribute) = References.Attribute(argument);
        return scope.GetAtt(id, attribute is JsonValue ? attribute.ToString() : Text(attribute, scope, "the attribute of Fn::GetAtt"));
    }

    private static JsonNode Substitute(JsonNode argument, Scope scope)
    {
        var (text, variables) = References.Substitution(argument);
        return Variable().Replace(text, match =>
        {
            var name = match.Groups["name"].Value.Trim();
            if (name.StartsWith('!'))
            {
                return $"${{{name[1..]}}}";
            }

            var value = variables?[name] is { } own ? Evaluate(own, scope)
                : name.Contains('.', StringComparison.Ordinal) ? scope.GetAtt(name.Split('.', 2)[0], name.Split('.', 2)[1])
                : Reference(name, scope);
            return value is JsonValue ? value.ToString() : throw Refusals.Invalid($"Template error: the variable {name} of Fn::Sub must be a string.");
        });
    }

    private static JsonNode Join(JsonNode argument, Scope scope)
    {
        var parts = Arguments(argument, "Fn::Join", 2);
        if (IsUnknown(Evaluate(parts[1]!, scope)))
        {
            return Scope.Unknown;
        }

        return string.Join(parts[0]!.ToString(), List(parts[1]!, scope, "the second argument of Fn::Join").Select(part => part is JsonValue ? part.ToString() : throw Refusals.Invalid("Template error: Fn::Join joins strings only.")));
    }

    private static JsonNode Select(JsonNode argument, Scope scope)
    {
        var parts = Arguments(argument, "Fn::Select", 2);
        if (IsUnknown(Evaluate(parts[1]!, scope)))
        {
            return Scope.Unknown;
        }

        var list = List(parts[1]!, scope, "the second argument of Fn::Select");
        return int.TryParse(Text(parts[0]!, scope, "the index of Fn::Select"), NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count
            ? list[index]!.DeepClone()
            : throw Refusals.Invalid($"Template error: Fn::Select cannot select nonexistent value at index {parts[0]}");
    }

    private static JsonNode Split(JsonNode argument, Scope scope)
    {
        var parts = Arguments(argument, "Fn::Split", 2);
        var text = Text(parts[1]!, scope, "the second argument of Fn::Split");
        return IsUnknown(text) ? Scope.Unknown : new JsonArray([.. text.Split(parts[0]!.ToString()).Select(part => JsonValue.Create(part))]);
    }

    private static JsonNode FindInMap(JsonNode argument, Scope scope)
    {
        var keys = Arguments(argument, "Fn::FindInMap", 3).Select(key => Text(key!, scope, "a key of Fn::FindInMap")).ToList();
        return ((scope.Template.Mappings[keys[0]] as JsonObject)?[keys[1]] as JsonObject)?[keys[2]]?.DeepClone()
            ?? throw Refusals.Invalid($"Template error: Unable to get mapping for {keys[0]}::{keys[1]}::{keys[2]}");
    }

    private static JsonArray Zones(string region, Scope scope)
    {
        var name = region.Length == 0 ? scope.Stack.Region : region;
        return [$"{name}a", $"{name}b", $"{name}c"];
    }

    /// <summary>Nothing can be said of the parts of a text that is not known yet.</summary>
    private static bool IsUnknown(JsonNode? value) => value is JsonValue && value.ToString().Contains(Scope.Unknown, StringComparison.Ordinal);

    private static JsonArray List(JsonNode node, Scope scope, string where) => Evaluate(node, scope) as JsonArray
        ?? throw Refusals.Invalid($"Template error: {where} must be a list.");

    internal static JsonArray Arguments(JsonNode argument, string function, int count) => argument is JsonArray list && list.Count == count
        ? list
        : throw Refusals.Invalid($"Template error: every {function} object requires {count} arguments.");

    [GeneratedRegex(@"\$\{(?<name>[^${}]+)\}")]
    internal static partial Regex Variable();
}
