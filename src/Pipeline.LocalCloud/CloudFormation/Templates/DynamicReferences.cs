using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Pipeline.LocalCloud.CloudFormation.Templates;

/// <summary>Where the engine reads what lies outside a template.</summary>
internal sealed record OutsideValues
{
    /// <summary>A secret's text, by name or ARN, stage and version id (both may be empty).</summary>
    public Func<string, string, string, Task<string>> Secret { get; init; } = (id, _, _) => throw new ResourceFailure($"Secrets Manager can't find the specified secret {id}.");

    /// <summary>A stored (SSM) parameter's value, by name, maybe with <c>:version</c>.</summary>
    public Func<string, Task<string>> Parameter { get; init; } = name => throw new ResourceFailure($"Unable to fetch parameters [{name}] from parameter store for this account.");

    /// <summary>The state of an alarm by its ARN; <c>null</c> when there is none.</summary>
    public Func<string, string?> AlarmState { get; init; } = _ => null;

    /// <summary>Tells a topic (its ARN) something: a subject, a message.</summary>
    public Action<string, string, string> Notify { get; init; } = (_, _, _) => { };

    /// <summary>A template's text, by the URL of an object in the cloud's own S3; <c>null</c> when it is not there.</summary>
    public Func<Uri, Task<string?>> Template { get; init; } = _ => Task.FromResult<string?>(null);
}

/// <summary><c>{{resolve:…}}</c>: read when a resource is made or changed, never stored, so a changed secret is no changed template.</summary>
internal static partial class DynamicReferences
{
    public static async Task<JsonObject> Resolve(JsonObject properties, OutsideValues outside) => (JsonObject)await Node(properties, outside);

    private static async Task<JsonNode> Node(JsonNode node, OutsideValues outside)
    {
        switch (node)
        {
            case JsonObject mapping:
                var members = new JsonObject();
                foreach (var (name, value) in mapping)
                {
                    members[name] = await Node(value!, outside);
                }

                return members;
            case JsonArray list:
                var entries = new JsonArray();
                foreach (var entry in list)
                {
                    entries.Add(await Node(entry!, outside));
                }

                return entries;
            case JsonValue value when value.TryGetValue<string>(out var text) && text.Contains("{{resolve:", StringComparison.Ordinal):
                return await Text(text, outside);
            default:
                return node.DeepClone();
        }
    }

    private static async Task<string> Text(string text, OutsideValues outside)
    {
        foreach (var match in Pattern().Matches(text).Reverse())
        {
            var value = match.Groups["service"].Value switch
            {
                "secretsmanager" => await Secret(match.Groups["reference"].Value, outside),
                "ssm" => await outside.Parameter(match.Groups["reference"].Value),
                var service => throw new ResourceFailure($"Could not parse dynamic reference: {service} is not supported."),
            };
            text = $"{text[..match.Index]}{value}{text[(match.Index + match.Length)..]}";
        }

        return text;
    }

    /// <summary><c>secret-id:SecretString:json-key:stage:version</c>, where the id may be an ARN.</summary>
    private static async Task<string> Secret(string reference, OutsideValues outside)
    {
        var parts = reference.Split(':');
        var idParts = parts[0] == "arn" ? 7 : 1;
        var id = string.Join(':', parts.Take(idParts));
        var rest = parts.Skip(idParts).ToList();
        if (rest.Count > 0 && rest[0] is not ("SecretString" or "") || rest.Count > 4)
        {
            throw new ResourceFailure($"Could not parse dynamic reference {reference}: only a SecretString can be read.");
        }

        var secret = await outside.Secret(id, rest.ElementAtOrDefault(2) ?? "", rest.ElementAtOrDefault(3) ?? "");
        if (rest.ElementAtOrDefault(1) is not { Length: > 0 } key)
        {
            return secret;
        }

        try
        {
            return (JsonNode.Parse(secret) as JsonObject)?[key]?.ToString()
                ?? throw new ResourceFailure($"Could not find a value associated with JSONKey {key} in SecretString of {id}");
        }
        catch (System.Text.Json.JsonException)
        {
            throw new ResourceFailure($"Could not parse SecretString JSON of {id}");
        }
    }

    [GeneratedRegex(@"\{\{resolve:(?<service>[a-z-]+):(?<reference>[^{}]+)\}\}")]
    private static partial Regex Pattern();
}
