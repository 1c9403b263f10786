using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Logs;

/// <summary><c>AWS::Logs::LogGroup</c>.</summary>
internal sealed class LogGroupType(LogsService logs, LogStore store)
{
    public ResourceType Type => new("AWS::Logs::LogGroup")
    {
        Properties = "LogGroupName! RetentionInDays Tags(Key Value)",
        Create = request => Refusals(() =>
        {
            var group = logs.CreateGroup(request.Properties.Text("LogGroupName") ?? request.GeneratedName(), request.Arn, Tags(request));
            return Answer(group with { RetentionDays = LogsService.Retention(request.Properties.Int("RetentionInDays")) });
        }),
        Update = request => Refusals(() =>
        {
            var group = store.FindGroup(request.PhysicalId) ?? throw new ResourceFailure("The specified log group does not exist.");
            return Answer(group with { RetentionDays = LogsService.Retention(request.Properties.Int("RetentionInDays")), Tags = Tags(request) });
        }),
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

    private static Task<Resource> Refusals(Func<Resource> act)
    {
        try
        {
            return Task.FromResult(act());
        }
        catch (AwsException refusal)
        {
            throw new ResourceFailure(refusal.Message);
        }
    }

    private static Dictionary<string, string> Tags(ResourceRequest request)
    {
        var tags = new Dictionary<string, string>(request.Stack.Tags);
        foreach (var tag in request.Properties.Objects("Tags"))
        {
            tags[tag.Text("Key") ?? ""] = tag.Text("Value") ?? "";
        }

        return tags;
    }
}
