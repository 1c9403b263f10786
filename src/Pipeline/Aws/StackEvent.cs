namespace Pipeline.Aws;

/// <summary>One thing that happened to a stack or to one of its resources.</summary>
/// <param name="Id">unique</param>
/// <param name="Time">when AWS noted it</param>
/// <param name="LogicalId">the resource's key in the template; the stack's own name for the stack itself</param>
/// <param name="Type">e.g. <c>AWS::ECS::Service</c></param>
/// <param name="Status">AWS's word, e.g. <c>UPDATE_FAILED</c></param>
/// <param name="Reason">why, where AWS says it</param>
public sealed record StackEvent(string Id, DateTimeOffset Time, string LogicalId, string Type, string Status, string? Reason)
{
    /// <summary>The resource's name or ARN, once it has one.</summary>
    public required string? PhysicalId { get; init; }

    /// <summary>The token of the operation it belongs to.</summary>
    public required string? ClientToken { get; init; }

    /// <summary>The resource could not be made what was asked.</summary>
    public bool Failed => Status.EndsWith("_FAILED", StringComparison.Ordinal);
}
