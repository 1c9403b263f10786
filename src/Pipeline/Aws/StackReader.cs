using Amazon.CloudFormation.Model;

namespace Pipeline.Aws;

/// <summary>CloudFormation's answers as our records.</summary>
internal static class StackReader
{
    public static StackState State(Stack stack) => new(stack.StackName, stack.StackId, stack.StackStatus, stack.StackStatusReason)
    {
        Parameters = (stack.Parameters ?? []).ToDictionary(p => p.ParameterKey, p => p.ParameterValue ?? "", StringComparer.Ordinal),
        Outputs = (stack.Outputs ?? []).ToDictionary(o => o.OutputKey, o => o.OutputValue ?? "", StringComparer.Ordinal),
        Tags = (stack.Tags ?? []).ToDictionary(t => t.Key, t => t.Value ?? "", StringComparer.Ordinal),
        Created = AwsTime.Required(stack.CreationTime),
        Updated = AwsTime.Optional(stack.LastUpdatedTime),
        TerminationProtection = stack.EnableTerminationProtection ?? false,
    };

    public static StackResourceState Resource(StackResourceSummary resource) => new(resource.LogicalResourceId, Text(resource.PhysicalResourceId), resource.ResourceType, resource.ResourceStatus);

    public static StackEvent Event(Amazon.CloudFormation.Model.StackEvent e) => new(e.EventId, AwsTime.Required(e.Timestamp), e.LogicalResourceId, e.ResourceType, e.ResourceStatus, e.ResourceStatusReason)
    {
        PhysicalId = Text(e.PhysicalResourceId),
        ClientToken = Text(e.ClientRequestToken),
    };

    public static ChangeSet ChangeSet(DescribeChangeSetResponse set, IReadOnlyList<Change> changes) => new(set.ChangeSetId, set.ChangeSetName, set.StackId, set.Status, Text(set.StatusReason))
    {
        ExecutionStatus = set.ExecutionStatus ?? "UNAVAILABLE",
        Changes = [.. changes.Where(c => c.ResourceChange is not null).Select(c => Resource(c.ResourceChange))],
    };

    private static ResourceChange Resource(Amazon.CloudFormation.Model.ResourceChange change) => new(
        change.Action,
        change.LogicalResourceId,
        Text(change.PhysicalResourceId),
        change.ResourceType,
        change.Replacement,
        [.. (change.Details ?? []).Where(d => d.Target is not null).Select(d => new PropertyChange(
            d.Target.Attribute, Text(d.Target.Name), d.Target.RequiresRecreation, Text(d.CausingEntity), d.Target.BeforeValue, d.Target.AfterValue))])
    {
        PolicyAction = change.PolicyAction,
        NestedChangeSet = Text(change.ChangeSetId),
    };

    private static string? Text(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
