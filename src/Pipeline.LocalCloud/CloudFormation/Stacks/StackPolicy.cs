using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.CloudFormation.Templates;

namespace Pipeline.LocalCloud.CloudFormation.Stacks;

/// <summary>What updates may do to which resources of a stack. A policy with statements denies what none of them allows.</summary>
internal sealed class StackPolicy
{
    /// <summary>Characters of a policy that comes in the request itself.</summary>
    public const int BodyLimit = 16_384;

    private const string Prefix = "LogicalResourceId/";
    private static readonly string[] KnownActions = ["Update:*", "Update:Modify", "Update:Replace", "Update:Delete"];
    private readonly IReadOnlyList<Statement> _statements;

    private StackPolicy(IReadOnlyList<Statement> statements) => _statements = statements;

    /// <exception cref="AwsException">ValidationError: it is no stack policy</exception>
    public static StackPolicy Parse(string body)
    {
        try
        {
            var root = JsonNode.Parse(body) as JsonObject ?? throw Broken();
            var statements = root["Statement"] switch
            {
                null when root.Count == 0 => [],
                JsonObject single => [single],
                JsonArray list => list.Select(entry => entry as JsonObject ?? throw Broken()).ToList(),
                _ => throw Broken(),
            };
            return new StackPolicy([.. statements.Select(Read)]);
        }
        catch (JsonException)
        {
            throw Broken();
        }
    }

    /// <summary>Refuses a policy that speaks of resources which the stack does not have.</summary>
    public void RequireKnown(Template template)
    {
        foreach (var name in _statements.SelectMany(statement => statement.Resources).Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && !name.Contains('*', StringComparison.Ordinal)))
        {
            if (!template.Resources.ContainsKey(name[Prefix.Length..]))
            {
                throw Refusals.Invalid($"Error validating stack policy: Unknown logical id '{name}' in statement {{}} - stack policies can only be applied to logical ids referenced in the template");
            }
        }
    }

    /// <summary>Why the action is not allowed, as the resource's event says it; <c>null</c> when it is.</summary>
    /// <param name="action"><c>Modify</c>, <c>Replace</c> or <c>Delete</c></param>
    public string? Denial(string action, string logicalId, string type)
    {
        var matching = _statements.Where(statement => statement.Speaks($"Update:{action}", $"{Prefix}{logicalId}", type)).ToList();
        if (matching.FirstOrDefault(statement => !statement.Allows) is { } denying)
        {
            return $"Action denied by stack policy: Statement [#{_statements.ToList().IndexOf(denying) + 1}] does not allow [Update:{action}] for resource [{Prefix}{logicalId}];";
        }

        return matching.Count > 0 || _statements.Count == 0 ? null : "Action not allowed by stack policy";
    }

    private static Statement Read(JsonObject node)
    {
        var actions = Texts(node, "Action", "NotAction");
        var resources = Texts(node, "Resource", "NotResource");
        if (node.Any(member => member.Key is not ("Effect" or "Action" or "NotAction" or "Principal" or "Resource" or "NotResource" or "Condition" or "Sid"))
            || node["Effect"]?.ToString() is not ("Allow" or "Deny") || node["Principal"]?.ToString() != "*"
            || actions.Any(action => !KnownActions.Contains(action)) || resources.Any(name => name != "*" && !name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            throw Broken();
        }

        return new Statement(node["Effect"]!.ToString() == "Allow", actions, node.ContainsKey("NotAction"), resources, node.ContainsKey("NotResource"), Types(node["Condition"]));
    }

    private static IReadOnlyList<string> Texts(JsonObject node, string name, string opposite) => (node[name], node[opposite]) switch
    {
        (JsonValue one, null) => [one.ToString()],
        (null, JsonValue one) => [one.ToString()],
        (JsonArray { Count: > 0 } list, null) => [.. list.Select(entry => entry!.ToString())],
        (null, JsonArray { Count: > 0 } list) => [.. list.Select(entry => entry!.ToString())],
        _ => throw Broken(),
    };

    private static IReadOnlyList<string>? Types(JsonNode? condition) => condition switch
    {
        null => null,
        JsonObject { Count: 1 } test when test.Single() is { Key: "StringEquals" or "StringLike", Value: JsonObject { Count: 1 } of } && of["ResourceType"] is { } types =>
            types is JsonArray list ? [.. list.Select(entry => entry!.ToString())] : [types.ToString()],
        _ => throw Broken(),
    };

    private static AwsException Broken() => Refusals.Invalid("Error validating stack policy: Invalid stack policy");

    private sealed record Statement(bool Allows, IReadOnlyList<string> Actions, bool OtherActions, IReadOnlyList<string> Resources, bool OtherResources, IReadOnlyList<string>? Types)
    {
        public bool Speaks(string action, string resource, string type) =>
            Actions.Any(pattern => Like(pattern, action)) != OtherActions
            && Resources.Any(pattern => Like(pattern, resource)) != OtherResources
            && (Types is null || Types.Any(pattern => Like(pattern, type)));

        private static bool Like(string pattern, string text) =>
            System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, text, ignoreCase: false);
    }
}
