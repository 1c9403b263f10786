using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Queues;

/// <summary>The resource types AWS::SQS::Queue and AWS::SQS::QueuePolicy.</summary>
internal static class QueueTypes
{
    private static readonly string[] SettingNames =
    [
        "DelaySeconds", "MaximumMessageSize", "MessageRetentionPeriod", "ReceiveMessageWaitTimeSeconds", "VisibilityTimeout", "RedrivePolicy", "RedriveAllowPolicy", "KmsMasterKeyId", "SqsManagedSseEnabled",
    ];

    public static IReadOnlyList<ResourceType> Of(QueueStore store) =>
    [
        new("AWS::SQS::Queue")
        {
            Properties = "QueueName! DelaySeconds MaximumMessageSize MessageRetentionPeriod ReceiveMessageWaitTimeSeconds VisibilityTimeout RedrivePolicy(*) RedriveAllowPolicy(*) KmsMasterKeyId SqsManagedSseEnabled Tags(Key Value)",
            Create = request => Try(() => Create(store, request)),
            Update = request => Try(() => Update(store, request)),
            Read = request => Task.FromResult(Live(store, request)),
            Delete = request => Try(() => Delete(store, request)),
        },
        new("AWS::SQS::QueuePolicy")
        {
            Properties = "Queues PolicyDocument(*)",
            Required = "Queues PolicyDocument",
            Create = request => Try(() => SetPolicy(store, request, request.GeneratedName(), request.Properties["PolicyDocument"]!.ToJsonString())),
            Update = request => Try(() =>
            {
                Clear(store, request.Previous!, keep: request.Properties.Texts("Queues"));
                return SetPolicy(store, request, request.PhysicalId, request.Properties["PolicyDocument"]!.ToJsonString());
            }),
            Delete = request => Try(() =>
            {
                Clear(store, request.Properties, keep: []);
                return new Resource(request.PhysicalId);
            }),
        },
    ];

    private static Task<Resource> Try(Func<Resource> step)
    {
        try
        {
            return Task.FromResult(step());
        }
        catch (AwsException refusal)
        {
            throw new ResourceFailure($"{refusal.Message} (Service: Sqs, Error Code: {refusal.Code})");
        }
    }

    private static Resource Create(QueueStore store, ResourceRequest request)
    {
        var name = request.Properties.Text("QueueName") ?? request.GeneratedName(80);
        if (store.All.Any(q => q.Record.Name == name))
        {
            throw new ResourceFailure($"Resource of type 'AWS::SQS::Queue' with identifier '{name}' already exists.");
        }

        return Made(store, store.Create(name, request.Stack.Region, SettingsOf(request.Properties), TagsOf(request)));
    }

    private static Resource Update(QueueStore store, ResourceRequest request)
    {
        var queue = store.ByUrl(request.PhysicalId);
        var settings = SettingsOf(request.Properties);
        if (queue.Record.Settings.TryGetValue("Policy", out var policy))
        {
            settings["Policy"] = policy;
        }

        store.Replace(queue, settings, TagsOf(request));
        // The URL of a queue that exists stays what its stack has told others.
        return Made(store, queue) with { PhysicalId = request.PhysicalId };
    }

    private static JsonObject? Live(QueueStore store, ResourceRequest request)
    {
        var name = request.PhysicalId[(request.PhysicalId.LastIndexOf('/') + 1)..];
        return store.All.FirstOrDefault(queue => queue.Record.Name == name) is not { } queue ? null : new JsonObject(SettingNames
            .Select(setting => KeyValuePair.Create(setting, QueueStore.Effective(queue.Record, setting) switch
            {
                "" => null,
                var text when request.Properties[setting] is JsonObject => JsonNode.Parse(text),
                var text => (JsonNode?)text,
            })));
    }

    private static Resource Delete(QueueStore store, ResourceRequest request)
    {
        var name = request.PhysicalId[(request.PhysicalId.LastIndexOf('/') + 1)..];
        if (store.All.Any(q => q.Record.Name == name))
        {
            store.Delete(name);
        }

        return new Resource(request.PhysicalId);
    }

    private static Resource Made(QueueStore store, Queue queue) => new(store.Url(queue.Record.Name), new Dictionary<string, string>
    {
        ["Arn"] = QueueStore.Arn(queue.Record),
        ["QueueName"] = queue.Record.Name,
        ["QueueUrl"] = store.Url(queue.Record.Name),
    });

    private static Dictionary<string, string> SettingsOf(JsonObject properties) => SettingNames.Where(name => properties[name] is not null)
        .ToDictionary(name => name, name => properties[name] is JsonObject policy ? policy.ToJsonString() : properties.Text(name)!);

    private static Dictionary<string, string> TagsOf(ResourceRequest request)
    {
        var tags = request.Stack.Tags.ToDictionary();
        foreach (var tag in request.Properties.Objects("Tags"))
        {
            tags[tag.Text("Key") ?? ""] = tag.Text("Value") ?? "";
        }

        return tags;
    }

    private static Resource SetPolicy(QueueStore store, ResourceRequest request, string id, string policy)
    {
        foreach (var url in request.Properties.Texts("Queues"))
        {
            store.Change(store.ByUrl(url), new Dictionary<string, string> { ["Policy"] = policy });
        }

        return new Resource(id, new Dictionary<string, string> { ["Id"] = id });
    }

    private static void Clear(QueueStore store, JsonObject properties, IReadOnlyList<string> keep)
    {
        foreach (var queue in properties.Texts("Queues").Except(keep).Select(url => url[(url.LastIndexOf('/') + 1)..]).SelectMany(name => store.All.Where(q => q.Record.Name == name)))
        {
            store.Change(queue, new Dictionary<string, string> { ["Policy"] = "" });
        }
    }
}
