using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Pipeline.Preflight;

/// <summary>What a template's functions can be answered with before it is deployed.</summary>
/// <param name="Template">the whole template</param>
/// <param name="Parameters">given values, and the pseudo parameters</param>
internal sealed record TemplateScope(JsonObject Template, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>Logical id → physical id, of what the stack has already.</summary>
    public required IReadOnlyDictionary<string, string> Live { get; init; }

    /// <summary>Name → value, of what stacks export now.</summary>
    public required IReadOnlyDictionary<string, string> Exports { get; init; }

    public string Account => Parameters["AWS::AccountId"];

    public string Partition => Parameters["AWS::Partition"];

    public string Region => Parameters["AWS::Region"];
}

/// <summary>
/// Resolves functions. What only the deployment will know stays a text in angle brackets, which no name or ARN can hold:
/// <c>&lt;Secret&gt;</c> for a resource of this stack, <c>&lt;export shop-dev-Secret&gt;</c> for one of another.
/// </summary>
internal sealed partial class TemplateValues(TemplateScope scope)
{
    private const string Nothing = "AWS::NoValue";

    /// <summary>Something that the deployment makes.</summary>
    public static bool IsDeferred(string? text) => text is not null && text.Contains('<', StringComparison.Ordinal) && text.Contains('>', StringComparison.Ordinal);

    /// <summary>The resources whose condition holds: logical id → type and resolved properties.</summary>
    public IEnumerable<(string LogicalId, string Type, JsonObject Properties)> Resources() =>
        (scope.Template["Resources"] as JsonObject ?? []).Where(r => r.Value is JsonObject resource && Exists(resource))
            .Select(r => (r.Key, Text(r.Value!["Type"]) ?? "", Resolve(r.Value["Properties"]) as JsonObject ?? []));

    /// <summary>What the stack exports: name → value.</summary>
    public IReadOnlyDictionary<string, string> Exported() => (scope.Template["Outputs"] as JsonObject ?? [])
        .Where(o => o.Value is JsonObject output && output["Export"] is not null && Exists(output))
        .Select(o => (Name: Text(Resolve(o.Value!["Export"]!["Name"])), Value: Text(Resolve(o.Value["Value"]))))
        .Where(o => o.Name is not null)
        .DistinctBy(o => o.Name)
        .ToDictionary(o => o.Name!, o => o.Value ?? "", StringComparer.Ordinal);

    public static string? Text(JsonNode? node) => node is JsonValue value ? value.GetValue<string>() : null;

    private bool Exists(JsonObject conditional) => Text(conditional["Condition"]) is not { } name || Condition(name);

    private bool Condition(string name) => Truth(scope.Template["Conditions"]?[name]);

    private bool Truth(JsonNode? node) => node is JsonObject { Count: 1 } map && map.Single() is var (function, argument) && function switch
    {
        "Condition" => Condition(Text(argument) ?? ""),
        "Fn::Equals" => Text(Resolve(argument?[0])) == Text(Resolve(argument?[1])),
        "Fn::Not" => !Truth(argument?[0]),
        "Fn::And" => (argument as JsonArray)?.All(Truth) ?? false,
        "Fn::Or" => (argument as JsonArray)?.Any(Truth) ?? false,
        _ => false,
    };

    /// <returns><c>null</c>: no value</returns>
    private JsonNode? Resolve(JsonNode? node) => node switch
    {
        JsonObject { Count: 1 } map when map.Single() is var (name, argument) && (name is "Ref" || name.StartsWith("Fn::", StringComparison.Ordinal)) => Call(name, argument),
        JsonObject map => new JsonObject(map.Select(m => KeyValuePair.Create(m.Key, Resolve(m.Value))).Where(m => m.Value is not null)),
        JsonArray list => new JsonArray([.. list.Select(Resolve).Where(i => i is not null)]),
        _ => node?.DeepClone(),
    };

    private JsonNode? Call(string function, JsonNode? argument) => function switch
    {
        "Ref" => Text(argument) == Nothing ? null : JsonValue.Create(Ref(Text(argument) ?? "")),
        "Fn::GetAtt" => Attribute(argument),
        "Fn::Sub" => JsonValue.Create(Sub(argument)),
        "Fn::ImportValue" => JsonValue.Create(Import(Text(Resolve(argument)) ?? "")),
        "Fn::Join" => JsonValue.Create(string.Join(Text(argument?[0]) ?? "", (Resolve(argument?[1]) as JsonArray ?? []).Select(Text))),
        "Fn::Split" => new JsonArray([.. (Text(Resolve(argument?[1])) ?? "").Split(Text(argument?[0]) ?? ",").Select(p => JsonValue.Create(p))]),
        "Fn::Select" => (Resolve(argument?[1]) as JsonArray ?? []).ElementAtOrDefault(int.TryParse(Text(Resolve(argument?[0])), out var i) ? i : 0)?.DeepClone(),
        "Fn::If" => Resolve(argument?[Condition(Text(argument[0]) ?? "") ? 1 : 2]),
        "Fn::FindInMap" => Resolve(scope.Template["Mappings"]?[Text(Resolve(argument?[0])) ?? ""]?[Text(Resolve(argument?[1])) ?? ""]?[Text(Resolve(argument?[2])) ?? ""]),
        "Fn::Base64" => Resolve(argument),
        _ => JsonValue.Create($"<{function}>"),
    };

    private string Ref(string name) => scope.Parameters.GetValueOrDefault(name) ?? scope.Live.GetValueOrDefault(name) ?? $"<{name}>";

    private string Import(string name) => scope.Exports.GetValueOrDefault(name) ?? $"<export {name}>";

    private JsonValue Attribute(JsonNode? argument)
    {
        var (id, attribute) = argument is JsonArray { Count: >= 2 } path ? (Text(path[0]) ?? "", string.Join('.', path.Skip(1).Select(Text))) : Dotted(Text(argument) ?? "");
        return JsonValue.Create(Attribute(id, attribute));
    }

    private string Attribute(string id, string attribute)
    {
        var resource = scope.Template["Resources"]?[id];
        if (attribute != "Arn" || scope.Live.GetValueOrDefault(id) is not { } live)
        {
            // The logical id alone: a secret's Ref and its Arn are the same.
            return attribute is "Arn" or "Id" ? $"<{id}>" : $"<{id}.{attribute}>";
        }

        return live.StartsWith("arn:", StringComparison.Ordinal) ? live : Text(resource?["Type"]) switch
        {
            "AWS::IAM::Role" => $"arn:{scope.Partition}:iam::{scope.Account}:role{Text(Resolve(resource!["Properties"]?["Path"])) ?? "/"}{live}",
            "AWS::Logs::LogGroup" => $"arn:{scope.Partition}:logs:{scope.Region}:{scope.Account}:log-group:{live}:*",
            _ => $"<{id}>",
        };
    }

    private string Sub(JsonNode? argument)
    {
        var text = argument is JsonArray { Count: > 0 } pair ? Text(pair[0]) ?? "" : Text(argument) ?? "";
        var own = argument is JsonArray { Count: > 1 } named ? named[1] as JsonObject : null;
        return SubVariable().Replace(text, match =>
        {
            var name = match.Groups["name"].Value;
            return name.StartsWith('!') ? $"${{{name[1..]}}}"
                : own?[name] is { } given ? Text(Resolve(given)) ?? ""
                : name.Contains('.', StringComparison.Ordinal) && Dotted(name) is var (id, attribute) ? Attribute(id, attribute)
                : Ref(name);
        });
    }

    private static (string Id, string Attribute) Dotted(string path) => path.Split('.', 2) is [var id, var attribute] ? (id, attribute) : (path, "");

    [GeneratedRegex(@"\$\{(?<name>[^}]+)\}")]
    private static partial Regex SubVariable();
}
