using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.CloudFormation.Stacks;

internal sealed record ChangeSetRecord
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string StackId { get; init; }

    public required string StackName { get; init; }

    /// <summary><c>CREATE</c> or <c>UPDATE</c></summary>
    public required string Type { get; init; }

    public required string Status { get; init; }

    public string? StatusReason { get; init; }

    public required string ExecutionStatus { get; init; }

    public DateTimeOffset Created { get; init; }

    public string? Description { get; init; }

    public required StackInput Input { get; init; }

    /// <summary>As the API shows them, with the values before and after.</summary>
    public required JsonArray Changes { get; init; }

    public string? Token { get; init; }

    public string? OnStackFailure { get; init; }

    public bool DisableRollback { get; init; }

    public string OperationId { get; init; } = Guid.NewGuid().ToString();
}
