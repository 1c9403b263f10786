using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation.Stacks;
using Pipeline.LocalCloud.CloudFormation.Templates;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.CloudFormation.Calls;

/// <summary>What happened: by stack, and by operation.</summary>
internal sealed class EventCalls(StackStore store)
{
    public AwsService On(AwsService service) => service
        .On("DescribeStackEvents", OfStack)
        .On("DescribeEvents", OfOperations);

    private JsonObject OfStack(AwsRequest request)
    {
        var name = Submission.Member(request, "StackName");
        var stack = store.Find(name) ?? throw Refusals.Invalid($"Stack [{name}] does not exist");
        return Paging.Page(request, "StackEvents", store.Events.NewestFirst(stack.Id), Shown.Event);
    }

    private JsonObject OfOperations(AwsRequest request)
    {
        var failedOnly = request.Body.Object("Filters")?.Flag("FailedEvents") == true;
        IReadOnlyList<JsonObject> events = (request.Text("ChangeSetName"), request.Text("OperationId"), request.Text("StackName")) switch
        {
            ({ Length: > 0 } set, _, var stack) => [OfChangeSet(store.ChangeSet(set, stack) ?? throw new AwsException("ChangeSetNotFound", $"ChangeSet [{set}] does not exist", 404))],
            (_, { Length: > 0 } operation, var stack) => OfOperation(operation, stack),
            (_, _, { Length: > 0 } stack) => [.. store.Events.NewestFirst(store.Get(stack).Id).Where(entry => entry.Operation is not null).Select(OfStackEvent)],
            _ => throw Refusals.Invalid("One of StackName, ChangeSetName and OperationId must be specified."),
        };
        return Paging.Page(request, "OperationEvents", [.. events.Where(entry => !failedOnly || IsFailed(entry))], entry => entry);
    }

    private List<JsonObject> OfOperation(string operation, string? stackName)
    {
        if (store.ChangeSetOfOperation(operation) is { } set)
        {
            return [OfChangeSet(set)];
        }

        var stacks = stackName is { Length: > 0 } ? [store.Get(stackName)] : store.Stacks;
        var events = stacks.SelectMany(stack => store.Events.NewestFirst(stack.Id)).Where(entry => entry.Operation?.Id == operation).Select(OfStackEvent).ToList();
        return events.Count > 0 ? events : throw Refusals.Invalid($"Operation [{operation}] does not exist");
    }

    private static bool IsFailed(JsonObject entry) =>
        entry.Text("ResourceStatus")?.EndsWith("_FAILED", StringComparison.Ordinal) == true || entry.Text("OperationStatus") == "FAILED";

    private static JsonObject OfStackEvent(StackEvent entry)
    {
        var ofStack = entry.PhysicalId == entry.StackId;
        var shown = new JsonObject
        {
            ["EventId"] = entry.Id,
            ["StackId"] = entry.StackId,
            ["OperationId"] = entry.Operation!.Id,
            ["OperationType"] = entry.Operation.Type,
            ["EventType"] = ofStack ? "STACK_EVENT" : entry.Status.EndsWith("_FAILED", StringComparison.Ordinal) ? "PROVISIONING_ERROR" : "PROGRESS_EVENT",
            ["LogicalResourceId"] = entry.LogicalId,
            ["PhysicalResourceId"] = entry.PhysicalId,
            ["ResourceType"] = entry.Type,
            ["Timestamp"] = Time.Iso(entry.Time),
            ["ResourceStatus"] = entry.Status,
            ["ResourceStatusReason"] = entry.Reason,
            ["ClientRequestToken"] = entry.Token,
        };
        if (ofStack)
        {
            var status = entry.Status.EndsWith("_FAILED", StringComparison.Ordinal) ? "FAILED" : entry.Status.EndsWith("_COMPLETE", StringComparison.Ordinal) ? "SUCCEEDED" : "IN_PROGRESS";
            shown["OperationStatus"] = status;
            shown["StartTime"] = Time.Iso(entry.Operation.Started);
            shown["EndTime"] = status == "IN_PROGRESS" ? null : Time.Iso(entry.Time);
        }

        return shown;
    }

    private static JsonObject OfChangeSet(ChangeSetRecord set) => new()
    {
        ["EventId"] = set.OperationId,
        ["StackId"] = set.StackId,
        ["OperationId"] = set.OperationId,
        ["OperationType"] = "CREATE_CHANGESET",
        ["OperationStatus"] = set.Status == "FAILED" ? "FAILED" : "SUCCEEDED",
        ["EventType"] = "STACK_EVENT",
        ["LogicalResourceId"] = set.StackName,
        ["PhysicalResourceId"] = set.StackId,
        ["ResourceType"] = "AWS::CloudFormation::Stack",
        ["Timestamp"] = Time.Iso(set.Created),
        ["StartTime"] = Time.Iso(set.Created),
        ["EndTime"] = Time.Iso(set.Created),
        ["ResourceStatusReason"] = set.StatusReason,
        ["ClientRequestToken"] = set.Token,
    };
}
