using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Topics;

/// <summary><c>AWS::SNS::Topic</c>, <c>AWS::SNS::Subscription</c> and <c>AWS::SNS::TopicPolicy</c>.</summary>
internal sealed class TopicTypes(TopicStore store)
{
    /// <summary>Properties that are attributes of the same name.</summary>
    private static readonly string[] Plain = ["DisplayName", "KmsMasterKeyId", "SignatureVersion", "TracingConfig"];

    public IReadOnlyList<ResourceType> Types =>
    [
        new("AWS::SNS::Topic")
        {
            Properties = "TopicName! DisplayName KmsMasterKeyId SignatureVersion TracingConfig Subscription(Endpoint Protocol) Tags(Key Value)",
            Attributes = "TopicArn TopicName",
            Create = request => ResourceCalls.Refusals(() =>
            {
                var name = request.Properties.Text("TopicName") ?? request.GeneratedName(256);
                if (store.Find(TopicStore.Arn(request.Stack.Region, name)) is not null)
                {
                    throw new AwsException("AlreadyExists", $"{name} already exists");
                }

                var topic = store.Create(request.Stack.Region, name, AttributesOf(request.Properties), request.AllTags());
                Subscribe(topic, request.Properties);
                return Task.FromResult(Answer(topic));
            }),
            Update = request => ResourceCalls.Refusals(() =>
            {
                var topic = store.Change(request.PhysicalId, known => known with
                {
                    Attributes = AttributesOf(request.Properties).Concat(known.Attributes.Where(attribute => attribute.Key is "Policy" or "DeliveryPolicy")).ToDictionary(),
                    Tags = request.AllTags(),
                });
                var wanted = Listeners(request.Properties);
                foreach (var gone in Listeners(request.Previous!).Except(wanted))
                {
                    foreach (var subscription in store.Subscriptions.Where(known => known.TopicArn == topic.Arn && (known.Protocol, known.Endpoint) == gone).ToList())
                    {
                        store.Unsubscribe(subscription.Arn);
                    }
                }

                Subscribe(topic, request.Properties);
                return Task.FromResult(Answer(topic));
            }),
            Read = request => Task.FromResult(store.Find(request.PhysicalId) is not { } live ? null
                : new JsonObject(Plain.Select(name => KeyValuePair.Create(name, (JsonNode?)live.Attributes.GetValueOrDefault(name))).Append(KeyValuePair.Create("TopicName", (JsonNode?)live.Name)))),
            Delete = request =>
            {
                store.Delete(request.PhysicalId);
                return Task.CompletedTask;
            },
        },
        new("AWS::SNS::Subscription")
        {
            Properties = "TopicArn! Protocol! Endpoint! Region! RawMessageDelivery",
            Required = "TopicArn Protocol",
            Attributes = "Arn",
            Create = request => ResourceCalls.Refusals(() => Task.FromResult(Answer(store.Subscribe(
                request.Properties.Text("TopicArn")!, request.Properties.Text("Protocol")!, request.Properties.Text("Endpoint") ?? "", request.Properties.Flag("RawMessageDelivery") == true)))),
            Update = request => ResourceCalls.Refusals(() => Task.FromResult(Answer(store.Change(request.PhysicalId, known => known with { IsRaw = request.Properties.Flag("RawMessageDelivery") == true })))),
            Delete = request =>
            {
                store.Unsubscribe(request.PhysicalId);
                return Task.CompletedTask;
            },
        },
        new("AWS::SNS::TopicPolicy")
        {
            Properties = "PolicyDocument(*) Topics",
            Required = "PolicyDocument Topics",
            Attributes = "Id",
            Create = request => ResourceCalls.Refusals(() => Task.FromResult(SetPolicy(request, request.GeneratedName()))),
            Update = request => ResourceCalls.Refusals(() =>
            {
                Clear(request.Previous!.Texts("Topics").Except(request.Properties.Texts("Topics")));
                return Task.FromResult(SetPolicy(request, request.PhysicalId));
            }),
            Delete = request =>
            {
                Clear(request.Properties.Texts("Topics"));
                return Task.CompletedTask;
            },
        },
    ];

    private static Dictionary<string, string> AttributesOf(JsonObject properties) =>
        Plain.Where(name => properties[name] is not null).ToDictionary(name => name, name => properties.Text(name)!);

    private static List<(string Protocol, string Endpoint)> Listeners(JsonObject properties) =>
        [.. properties.Objects("Subscription").Select(subscription => (subscription.Text("Protocol") ?? "", subscription.Text("Endpoint") ?? ""))];

    private void Subscribe(Topic topic, JsonObject properties)
    {
        foreach (var (protocol, endpoint) in Listeners(properties))
        {
            store.Subscribe(topic.Arn, protocol, endpoint, raw: false);
        }
    }

    private Resource SetPolicy(ResourceRequest request, string id)
    {
        foreach (var arn in request.Properties.Texts("Topics"))
        {
            store.Change(arn, topic => topic with
            {
                Attributes = topic.Attributes.Where(attribute => attribute.Key != "Policy").Append(KeyValuePair.Create("Policy", request.Properties["PolicyDocument"]!.ToJsonString())).ToDictionary(),
            });
        }

        return new Resource(id, new Dictionary<string, string> { ["Id"] = id });
    }

    private void Clear(IEnumerable<string> topics)
    {
        foreach (var arn in topics.Where(arn => store.Find(arn) is not null))
        {
            store.Change(arn, topic => topic with { Attributes = topic.Attributes.Where(attribute => attribute.Key != "Policy").ToDictionary() });
        }
    }

    private static Resource Answer(Topic topic) => new(topic.Arn, new Dictionary<string, string> { ["TopicArn"] = topic.Arn, ["TopicName"] = topic.Name });

    private static Resource Answer(Subscription subscription) => new(subscription.Arn, new Dictionary<string, string> { ["Arn"] = subscription.Arn });
}
