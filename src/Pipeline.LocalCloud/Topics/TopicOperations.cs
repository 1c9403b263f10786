using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Identity;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Topics;

/// <summary>The operations of the topics' room.</summary>
internal sealed class TopicOperations(TopicStore store, TimeProvider time)
{
    private const int LargestMessage = 262_144;
    private const int PageSize = 100;
    private static readonly string[] NotHere = ["PhoneNumber", "MessageDeduplicationId", "MessageGroupId", "MessageStructure"];

    public AwsService AddTo(AwsService service) => service
        .On("CreateTopic", request => new() { ["TopicArn"] = store.Create(request.Region, Required(request, "Name"), Map(request, "Attributes"), Tags(request)).Arn })
        .On("DeleteTopic", request => { store.Delete(Required(request, "TopicArn")); return []; })
        .On("ListTopics", request => Page(request, "Topics", [.. store.Topics], topic => new JsonObject { ["TopicArn"] = topic.Arn }))
        .On("GetTopicAttributes", GetAttributes)
        .On("SetTopicAttributes", SetAttributes)
        .On("Subscribe", Subscribe)
        .On("ConfirmSubscription", request => new() { ["SubscriptionArn"] = store.Confirm(Required(request, "TopicArn"), Required(request, "Token")).Arn })
        .On("Unsubscribe", request => { store.Unsubscribe(Required(request, "SubscriptionArn")); return []; })
        .On("ListSubscriptions", request => Page(request, "Subscriptions", [.. store.Subscriptions], Describe))
        .On("ListSubscriptionsByTopic", ByTopic)
        .On("GetSubscriptionAttributes", GetSubscriptionAttributes)
        .On("SetSubscriptionAttributes", SetSubscriptionAttributes)
        .On("Publish", Publish)
        .On("ListTagsForResource", request => new() { ["Tags"] = new JsonArray([.. store.Get(Required(request, "ResourceArn")).Tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]) })
        .On("TagResource", request => Tag(request, tags => tags.Concat(Tags(request)).GroupBy(tag => tag.Key).ToDictionary(group => group.Key, group => group.Last().Value)))
        .On("UntagResource", request => Tag(request, tags => tags.ExceptBy(request.Body.Texts("TagKeys"), tag => tag.Key).ToDictionary()));

    private static string Required(AwsRequest request, string name) => request.Text(name) is { Length: > 0 } text ? text : throw TopicStore.Invalid($"Invalid parameter: {name}");

    /// <summary>A form client sends an absent map as nothing, an empty one as an empty text.</summary>
    private static Dictionary<string, string> Map(AwsRequest request, string name) => request.Body[name] is JsonObject map ? map.ToDictionary(entry => entry.Key, entry => map.Text(entry.Key) ?? "") : [];

    private static Dictionary<string, string> Tags(AwsRequest request) => request.Body.Objects("Tags").ToDictionary(tag => tag.Text("Key") ?? "", tag => tag.Text("Value") ?? "");

    private JsonObject GetAttributes(AwsRequest request)
    {
        var topic = store.Get(Required(request, "TopicArn"));
        var subscriptions = store.Subscriptions.Where(subscription => subscription.TopicArn == topic.Arn).ToList();
        var attributes = new JsonObject
        {
            ["TopicArn"] = topic.Arn,
            ["Owner"] = Account.Id,
            ["DisplayName"] = "",
            ["SubscriptionsConfirmed"] = Number(subscriptions.Count(subscription => subscription.Token is null)),
            ["SubscriptionsPending"] = Number(subscriptions.Count(subscription => subscription.Token is not null)),
            ["SubscriptionsDeleted"] = "0",
        };
        foreach (var (name, value) in topic.Attributes)
        {
            attributes[name] = value;
        }

        return new JsonObject { ["Attributes"] = attributes };
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private JsonObject SetAttributes(AwsRequest request)
    {
        var name = Required(request, "AttributeName");
        store.Change(Required(request, "TopicArn"), topic => topic with
        {
            Attributes = topic.Attributes.Where(known => known.Key != name).Append(KeyValuePair.Create(name, request.Text("AttributeValue") ?? "")).Where(entry => entry.Value.Length > 0).ToDictionary(),
        });
        return [];
    }

    private JsonObject Subscribe(AwsRequest request)
    {
        var attributes = Map(request, "Attributes");
        if (attributes.Keys.FirstOrDefault(name => name != "RawMessageDelivery") is { } unknown)
        {
            throw TopicStore.Invalid($"Invalid parameter: Attributes: {unknown} is not supported by the embedded cloud");
        }

        var made = store.Subscribe(Required(request, "TopicArn"), Required(request, "Protocol"), Required(request, "Endpoint"), attributes.GetValueOrDefault("RawMessageDelivery") == "true");
        return new JsonObject { ["SubscriptionArn"] = made.Token is null || request.Body.Flag("ReturnSubscriptionArn") == true ? made.Arn : "pending confirmation" };
    }

    private JsonObject ByTopic(AwsRequest request)
    {
        var topic = store.Get(Required(request, "TopicArn"));
        return Page(request, "Subscriptions", [.. store.Subscriptions.Where(subscription => subscription.TopicArn == topic.Arn)], Describe);
    }

    private static JsonObject Describe(Subscription subscription) => new()
    {
        ["SubscriptionArn"] = subscription.Token is null ? subscription.Arn : "PendingConfirmation",
        ["Owner"] = Account.Id,
        ["Protocol"] = subscription.Protocol,
        ["Endpoint"] = subscription.Endpoint,
        ["TopicArn"] = subscription.TopicArn,
    };

    private JsonObject GetSubscriptionAttributes(AwsRequest request)
    {
        var subscription = store.GetSubscription(Required(request, "SubscriptionArn"));
        return new JsonObject
        {
            ["Attributes"] = new JsonObject
            {
                ["SubscriptionArn"] = subscription.Arn,
                ["TopicArn"] = subscription.TopicArn,
                ["Owner"] = Account.Id,
                ["Protocol"] = subscription.Protocol,
                ["Endpoint"] = subscription.Endpoint,
                ["RawMessageDelivery"] = subscription.IsRaw ? "true" : "false",
                ["PendingConfirmation"] = subscription.Token is null ? "false" : "true",
            },
        };
    }

    private JsonObject SetSubscriptionAttributes(AwsRequest request)
    {
        if (Required(request, "AttributeName") is not "RawMessageDelivery" and var name)
        {
            throw TopicStore.Invalid($"Invalid parameter: AttributeName: {name} is not supported by the embedded cloud");
        }

        store.Change(Required(request, "SubscriptionArn"), subscription => subscription with { IsRaw = request.Text("AttributeValue") == "true" });
        return [];
    }

    private JsonObject Publish(AwsRequest request)
    {
        foreach (var member in NotHere.Where(member => request.Text(member) is not null))
        {
            throw TopicStore.Invalid($"Invalid parameter: {member} is not supported by the embedded cloud");
        }

        var message = Required(request, "Message");
        if (Encoding.UTF8.GetByteCount(message) > LargestMessage)
        {
            throw TopicStore.Invalid("Invalid parameter: Message too long");
        }

        var attributes = (request.Body["MessageAttributes"] as JsonObject ?? []).ToDictionary(
            entry => entry.Key,
            entry => entry.Value is JsonObject attribute && attribute.Text("DataType") is { } type
                ? (type, attribute.Text("StringValue") ?? attribute.Text("BinaryValue") ?? "")
                : throw TopicStore.Invalid($"Invalid parameter: MessageAttributes: {entry.Key}"));
        var topic = request.Text("TopicArn") ?? request.Text("TargetArn") ?? throw TopicStore.Invalid("Invalid parameter: TopicArn");
        return new JsonObject { ["MessageId"] = store.Publish(new Notification(Guid.NewGuid().ToString(), topic, request.Text("Subject"), message, time.GetUtcNow()) { Attributes = attributes }).Id };
    }

    private JsonObject Tag(AwsRequest request, Func<IReadOnlyDictionary<string, string>, Dictionary<string, string>> change)
    {
        store.Change(Required(request, "ResourceArn"), topic => topic with { Tags = change(topic.Tags) });
        return [];
    }

    private static JsonObject Page<T>(AwsRequest request, string member, IReadOnlyList<T> all, Func<T, JsonNode> show)
    {
        var start = int.TryParse(request.Text("NextToken"), NumberStyles.None, CultureInfo.InvariantCulture, out var token) ? token : 0;
        return new JsonObject
        {
            [member] = new JsonArray([.. all.Skip(start).Take(PageSize).Select(show)]),
            ["NextToken"] = start + PageSize < all.Count ? Number(start + PageSize) : null,
        };
    }
}
