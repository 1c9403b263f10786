using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Logs;

/// <summary><c>AWS::Logs::LogGroup</c>.</summary>
internal sealed class LogGroupType(LogsService logs, LogStore store)
{
    public ResourceType Type => new("AWS::Logs::LogGroup")
    {
        Properties = "LogGroupName! RetentionInDays Tags(Key Value)",
        Create = request => ResourceCalls.Refusals(() =>
        {
            var group = logs.CreateGroup(request.Properties.Text("LogGroupName") ?? request.GeneratedName(), request.Arn, request.AllTags());
            return Task.FromResult(Answer(group with { RetentionDays = LogsService.Retention(request.Properties.Int("RetentionInDays")) }));
        }),
        Update = request => ResourceCalls.Refusals(() =>
        {
            var group = store.FindGroup(request.PhysicalId) ?? throw new ResourceFailure("The specified log group does not exist.");
            return Task.FromResult(Answer(group with { RetentionDays = LogsService.Retention(request.Properties.Int("RetentionInDays")), Tags = request.AllTags() }));
        }),
        Read = request => Task.FromResult(store.FindGroup(request.PhysicalId) is { } live ? new JsonObject { ["LogGroupName"] = live.Name, ["RetentionInDays"] = live.RetentionDays } : null),
        Delete = request =>
        {
            store.DeleteGroup(request.PhysicalId);
            return Task.CompletedTask;
        },
    };

    private Resource Answer(LogGroupRecord group)
    {
        store.Save(group);
        return new(group.Name, new Dictionary<string, string> { ["Arn"] = $"{group.Arn}:*" });
    }
}
