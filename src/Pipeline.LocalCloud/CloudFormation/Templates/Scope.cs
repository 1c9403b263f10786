using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.CloudFormation.Templates;

/// <summary>What the intrinsics of one template see: its parameters and conditions, and, through functions, the living resources and exports.</summary>
internal sealed record Scope(Template Template, IReadOnlyDictionary<string, JsonNode> Parameters, StackIdentity Stack)
{
    /// <summary>Stands for a value that only the execution of a change set will know.</summary>
    public const string Unknown = "{{changeSet:KNOWN_AFTER_APPLY}}";

    /// <summary>The physical id of a resource.</summary>
    public Func<string, JsonNode> Ref { get; init; } = id => throw Refusals.Format($"a reference to the resource {id} is not possible here.");

    /// <summary>An attribute of a resource.</summary>
    public Func<string, string, JsonNode> GetAtt { get; init; } = (id, attribute) => throw Refusals.Format($"the attribute {id}.{attribute} is not possible here.");

    /// <summary>The value another stack exports under a name.</summary>
    public Func<string, JsonNode> Import { get; init; } = name => throw Refusals.Invalid($"No export named {name} found.");

    /// <summary>The answers of conditions that were asked already; <c>null</c> while one is being worked out.</summary>
    public Dictionary<string, bool?> Conditions { get; } = new(StringComparer.Ordinal);

    /// <summary>The value of <c>AWS::…</c>; <c>null</c> for <c>AWS::NoValue</c>.</summary>
    public JsonNode? Pseudo(string name) => name switch
    {
        "AWS::Region" => Stack.Region,
        "AWS::AccountId" => Stack.AccountId,
        "AWS::StackName" => Stack.Name,
        "AWS::StackId" => Stack.Id,
        "AWS::Partition" => "aws",
        "AWS::URLSuffix" => "amazonaws.com",
        "AWS::NotificationARNs" => new JsonArray([.. Stack.NotificationArns.Select(arn => JsonValue.Create(arn))]),
        "AWS::NoValue" => null,
        _ => throw Refusals.Format($"Unresolved pseudo parameter {name}."),
    };
}
