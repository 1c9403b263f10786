using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation.Stacks;
using Pipeline.LocalCloud.CloudFormation.Templates;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.CloudFormation.Calls;

/// <summary>Records in the form of the public API.</summary>
internal static class Shown
{
    public static JsonObject Stack(StackRecord stack, DriftDetection? drift)
    {
        var template = stack.Current is null ? null : TemplateParser.Parse(stack.Current.Body);
        return new JsonObject
        {
            ["StackId"] = stack.Id,
            ["StackName"] = stack.Name,
            ["ChangeSetId"] = stack.ChangeSetId,
            ["Description"] = template?.Description,
            ["Parameters"] = template is null ? new JsonArray() : Parameters(stack.Current!, template),
            ["CreationTime"] = Time.Iso(stack.Created),
            ["LastUpdatedTime"] = stack.Updated is { } updated ? Time.Iso(updated) : null,
            ["DeletionTime"] = stack.Deleted is { } deleted ? Time.Iso(deleted) : null,
            ["RollbackConfiguration"] = Rollback(stack.Current?.Rollback),
            ["StackStatus"] = stack.Status,
            ["StackStatusReason"] = stack.StatusReason,
            ["DisableRollback"] = stack.DisableRollback || stack.OnFailure == "DO_NOTHING",
            ["NotificationARNs"] = Texts(stack.Current?.NotificationArns ?? []),
            ["TimeoutInMinutes"] = stack.TimeoutMinutes,
            ["Capabilities"] = Texts(stack.Current?.Capabilities ?? []),
            ["Outputs"] = new JsonArray([.. stack.Outputs.Select(output => new JsonObject
            {
                ["OutputKey"] = output.Key,
                ["OutputValue"] = output.Value,
                ["Description"] = output.Description,
                ["ExportName"] = output.ExportName,
            })]),
            ["RoleARN"] = stack.Current?.RoleArn,
            ["Tags"] = Tags(stack.Current?.Tags ?? new Dictionary<string, string>()),
            ["EnableTerminationProtection"] = stack.TerminationProtection,
            ["RetainExceptOnCreate"] = stack.RetainExceptOnCreate,
            ["LastOperations"] = Operations(stack),
            ["ParentId"] = stack.ParentId,
            ["RootId"] = stack.RootId,
            ["DriftInformation"] = Drift(drift),
        };
    }

    public static JsonArray Parameters(StackInput input, Template template) => new([.. input.Parameters.Select(parameter => new JsonObject
    {
        ["ParameterKey"] = parameter.Key,
        ["ParameterValue"] = template.Parameters.GetValueOrDefault(parameter.Key)?.NoEcho == true ? ParameterValues.Hidden : parameter.Value,
        ["ResolvedValue"] = template.Parameters.GetValueOrDefault(parameter.Key)?.Type.StartsWith("AWS::SSM", StringComparison.Ordinal) == true ? input.Stored.GetValueOrDefault(parameter.Value) : null,
    })]);

    public static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    public static JsonArray Operations(StackRecord stack) =>
        new([.. stack.Operations.Select(operation => new JsonObject { ["OperationType"] = operation.Type, ["OperationId"] = operation.Id })]);

    public static JsonObject Rollback(RollbackConfiguration? configuration) => configuration is null or { Triggers.Count: 0, MonitoringMinutes: 0 } ? [] : new JsonObject
    {
        ["RollbackTriggers"] = new JsonArray([.. configuration.Triggers.Select(trigger => new JsonObject { ["Arn"] = trigger.Arn, ["Type"] = trigger.Type })]),
        ["MonitoringTimeInMinutes"] = configuration.MonitoringMinutes,
    };

    /// <summary>JSON without the values of parameters that must not be echoed.</summary>
    public static string Hidden(string json, Template template, StackInput input)
    {
        foreach (var secret in template.Parameters.Values.Where(parameter => parameter.NoEcho).Select(parameter => input.Parameters.GetValueOrDefault(parameter.Name, "")).Where(value => value.Length > 0))
        {
            json = json.Replace(JsonValue.Create(secret).ToJsonString()[1..^1], ParameterValues.Hidden, StringComparison.Ordinal);
        }

        return json;
    }

    public static JsonObject Drift(DriftDetection? detection) => detection is null
        ? new JsonObject { ["StackDriftStatus"] = "NOT_CHECKED" }
        : new JsonObject { ["StackDriftStatus"] = detection.Status, ["LastCheckTimestamp"] = Time.Iso(detection.Time) };

    public static JsonArray Tags(IReadOnlyDictionary<string, string> tags) => new([.. tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]);

    public static JsonObject Event(StackEvent entry) => new()
    {
        ["StackId"] = entry.StackId,
        ["EventId"] = entry.Id,
        ["StackName"] = entry.StackName,
        ["OperationId"] = entry.Operation?.Id,
        ["LogicalResourceId"] = entry.LogicalId,
        ["PhysicalResourceId"] = entry.PhysicalId,
        ["ResourceType"] = entry.Type,
        ["Timestamp"] = Time.Iso(entry.Time),
        ["ResourceStatus"] = entry.Status,
        ["ResourceStatusReason"] = entry.Reason,
        ["ClientRequestToken"] = entry.Token,
    };

    /// <param name="time">the member's name for the time of the last change, which differs from call to call</param>
    public static JsonObject Resource(StackResource resource, string time, ResourceDrift? drift) => new()
    {
        ["LogicalResourceId"] = resource.LogicalId,
        ["PhysicalResourceId"] = resource.Now.PhysicalId,
        ["ResourceType"] = resource.Type,
        [time] = Time.Iso(resource.Changed),
        ["ResourceStatus"] = resource.Status,
        ["ResourceStatusReason"] = resource.Reason,
        ["DriftInformation"] = drift is null
            ? new JsonObject { ["StackResourceDriftStatus"] = "NOT_CHECKED" }
            : new JsonObject { ["StackResourceDriftStatus"] = drift.Status, ["LastCheckTimestamp"] = Time.Iso(drift.Time) },
    };
}
