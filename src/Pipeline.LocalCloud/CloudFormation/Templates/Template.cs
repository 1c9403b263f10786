using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.CloudFormation.Templates;

/// <summary>A template as written: parsed and well-formed, its intrinsics not yet evaluated.</summary>
internal sealed record Template
{
    public string? Description { get; init; }

    public JsonObject? Metadata { get; init; }

    public required IReadOnlyDictionary<string, ParameterDefinition> Parameters { get; init; }

    public IReadOnlyDictionary<string, RuleDefinition> Rules { get; init; } = new Dictionary<string, RuleDefinition>();

    public required JsonObject Mappings { get; init; }

    public required IReadOnlyDictionary<string, JsonNode> Conditions { get; init; }

    public required IReadOnlyDictionary<string, ResourceDefinition> Resources { get; init; }

    public required IReadOnlyDictionary<string, OutputDefinition> Outputs { get; init; }
}

internal sealed record ParameterDefinition(string Name, string Type)
{
    public string? Default { get; init; }

    public string? Description { get; init; }

    public IReadOnlyList<string> AllowedValues { get; init; } = [];

    public string? AllowedPattern { get; init; }

    public string? ConstraintDescription { get; init; }

    public double? MinLength { get; init; }

    public double? MaxLength { get; init; }

    public double? MinValue { get; init; }

    public double? MaxValue { get; init; }

    public bool NoEcho { get; init; }
}

/// <param name="Condition">the rule counts only when it holds; <c>null</c> counts always</param>
internal sealed record RuleDefinition(string Name, JsonNode? Condition, IReadOnlyList<RuleAssertion> Assertions);

internal sealed record RuleAssertion(JsonNode Assert, string? Description);

internal sealed record ResourceDefinition(string LogicalId, string Type, JsonObject Properties)
{
    public string? Condition { get; init; }

    public IReadOnlyList<string> DependsOn { get; init; } = [];

    public string? DeletionPolicy { get; init; }

    public string? UpdateReplacePolicy { get; init; }

    public JsonObject? Metadata { get; init; }
}

internal sealed record OutputDefinition(string Name, JsonNode Value)
{
    public string? Description { get; init; }

    public string? Condition { get; init; }

    public JsonNode? ExportName { get; init; }
}
