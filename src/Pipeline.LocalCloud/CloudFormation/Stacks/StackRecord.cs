using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Pipeline.LocalCloud.CloudFormation.Stacks;

/// <summary>What a stack was asked to be.</summary>
/// <param name="Parameters">complete, as texts</param>
internal sealed record StackInput(string Body, IReadOnlyDictionary<string, string> Parameters, IReadOnlyDictionary<string, string> Tags)
{
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    public string? RoleArn { get; init; }

    public RollbackConfiguration Rollback { get; init; } = new([], 0);

    /// <summary>Topics that hear every event of the stack.</summary>
    public IReadOnlyList<string> NotificationArns { get; init; } = [];

    /// <summary>What stored (SSM) parameters gave when the input was accepted, so that a continued operation sees the same.</summary>
    public IReadOnlyDictionary<string, string> Stored { get; init; } = new Dictionary<string, string>();
}

/// <summary>Alarms that undo an operation when they go off during it, or within the minutes after its resources are made.</summary>
internal sealed record RollbackConfiguration(IReadOnlyList<RollbackTrigger> Triggers, int MonitoringMinutes);

internal sealed record RollbackTrigger(string Arn, string Type);

/// <param name="Type">as the API names it: <c>CREATE_STACK</c>, <c>ROLLBACK</c> …</param>
internal sealed record OperationId(string Type, string Id, DateTimeOffset Started);

internal sealed record StackOutput(string Key, string Value, string? Description, string? ExportName);

internal sealed record StackRecord
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Region { get; init; }

    public required string AccountId { get; init; }

    public required string Status { get; init; }

    public string? StatusReason { get; init; }

    public DateTimeOffset Created { get; init; }

    public DateTimeOffset? Updated { get; init; }

    public DateTimeOffset? Deleted { get; init; }

    /// <summary>What it is, or is becoming; <c>null</c> before its first change set is executed.</summary>
    public StackInput? Current { get; init; }

    /// <summary>What a failed update goes back to; <c>null</c> when nothing is under way.</summary>
    public StackInput? Stable { get; init; }

    public IReadOnlyList<StackOutput> Outputs { get; init; } = [];

    /// <summary>Names of exports it uses; other stacks must leave them as they are.</summary>
    public IReadOnlyList<string> Imports { get; init; } = [];

    public bool TerminationProtection { get; init; }

    public bool DisableRollback { get; init; }

    /// <summary>A rollback deletes what the operation made, also what its template wants to be retained.</summary>
    public bool RetainExceptOnCreate { get; init; }

    /// <summary>The stack it is a resource of; <c>null</c> for one that stands alone.</summary>
    public string? ParentId { get; init; }

    /// <summary>The outermost of the stacks it is within.</summary>
    public string? RootId { get; init; }

    /// <summary>Its update is done as far as it can be while the outer stack may still go back.</summary>
    public bool AwaitsParent { get; init; }

    /// <summary>Minutes a creation may take; <c>null</c> for as long as it needs.</summary>
    public int? TimeoutMinutes { get; init; }

    /// <summary>What updates may do to its resources, as text.</summary>
    public string? Policy { get; init; }

    /// <summary>The policy that the update under way obeys: the stack's own, or the one given for this update only.</summary>
    public string? PolicyInForce { get; init; }

    /// <summary>The operation that is or was last under way, with what it grew out of, newest first: a rollback, then the update it undoes.</summary>
    public IReadOnlyList<OperationId> Operations { get; init; } = [];

    /// <summary>A failed creation ends in: <c>ROLLBACK</c>, <c>DELETE</c>, <c>DO_NOTHING</c>.</summary>
    public string OnFailure { get; init; } = "ROLLBACK";

    public string? ChangeSetId { get; init; }

    /// <summary>The client's token of the operation that is or was last under way.</summary>
    public string? Token { get; init; }

    /// <summary>Resources that the operation under way leaves alone: kept by a deletion, skipped by a continued rollback.</summary>
    public IReadOnlyList<string> LeftAlone { get; init; } = [];

    [JsonIgnore]
    public bool IsGone => Status == StackStatus.DeleteComplete;

    [JsonIgnore]
    public StackIdentity Identity => new(Name, Id, AccountId, Region, Current?.Tags ?? new Dictionary<string, string>()) { NotificationArns = Current?.NotificationArns ?? [] };

    /// <summary>With a new operation; one that undoes another stands before it.</summary>
    public StackRecord Begin(string operation, DateTimeOffset now)
    {
        var begun = new OperationId(operation, Guid.NewGuid().ToString(), now);
        return this with { Operations = operation is "ROLLBACK" or "CONTINUE_ROLLBACK" ? [begun, .. Operations] : [begun] };
    }
}

/// <summary>One physical resource and the properties it has, dynamic references unresolved.</summary>
internal sealed record Incarnation(string PhysicalId, JsonObject Properties, IReadOnlyDictionary<string, string> Attributes, IReadOnlyDictionary<string, string> StackTags)
{
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    public string? DeletionPolicy { get; init; }

    public string? UpdateReplacePolicy { get; init; }

    public string Token { get; init; } = "";

    /// <summary>The template's Metadata of the resource, as JSON.</summary>
    public string? Metadata { get; init; }
}

/// <summary>What the update under way did to a resource so far; with <see cref="StackResource.Before"/> the journal that a rollback reads.</summary>
internal enum Step
{
    None,
    Created,
    Updated,
    Replaced,
}

internal sealed record StackResource(string StackId, string LogicalId, string Type)
{
    public required string Status { get; init; }

    public string? Reason { get; init; }

    public DateTimeOffset Changed { get; init; }

    public required Incarnation Now { get; init; }

    public Incarnation? Before { get; init; }

    public Step Step { get; init; }

    /// <summary>Made by this stack but no longer wanted; deleted in the cleanup phase.</summary>
    public IReadOnlyList<Incarnation> Leftovers { get; init; } = [];

    [JsonIgnore]
    public bool IsGone => Status is ResourceStatus.DeleteComplete or ResourceStatus.DeleteSkipped;
}
