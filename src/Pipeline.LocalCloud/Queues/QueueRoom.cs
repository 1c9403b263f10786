using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Queues;

/// <summary>SQS: the queues themselves; messages are in <see cref="MessageRequests"/>.</summary>
internal sealed class QueueRoom
{
    public QueueRoom(Database database, TimeProvider time, string endpoint)
    {
        Store = new QueueStore(database, time, endpoint);
        Service = new AwsService("sqs", Wire.Json) { TargetPrefixes = ["AmazonSQS"] }
            .On("CreateQueue", CreateQueue)
            .On("GetQueueUrl", r => UrlOf(Store.Get(Required(r, "QueueName"))))
            .On("GetQueueAttributes", GetQueueAttributes)
            .On("SetQueueAttributes", SetQueueAttributes)
            .On("ListQueues", ListQueues)
            .On("ListDeadLetterSourceQueues", ListSources)
            .On("PurgeQueue", PurgeQueue)
            .On("DeleteQueue", DeleteQueue)
            .On("TagQueue", TagQueue)
            .On("UntagQueue", UntagQueue)
            .On("ListQueueTags", ListQueueTags);
        new MessageRequests(Store).AddTo(Service);
        Services = [Service, QueueQuery.Of(Service)];
        ResourceTypes = QueueTypes.Of(Store);
    }

    public QueueStore Store { get; }

    public AwsService Service { get; }

    /// <summary>The same operations on both wires that clients use.</summary>
    public IReadOnlyList<AwsService> Services { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    /// <summary>Puts a message that another room sends into the queue with an ARN; answers whether there is one.</summary>
    public bool Enqueue(string arn, string body, IReadOnlyDictionary<string, (string Type, string Value)> attributes)
    {
        if (Store.All.FirstOrDefault(queue => QueueStore.Arn(queue.Record) == arn) is not { } queue)
        {
            return false;
        }

        var sent = attributes.Count == 0 ? null : new JsonObject(attributes.Select(attribute => KeyValuePair.Create(attribute.Key, (JsonNode?)new JsonObject { ["DataType"] = attribute.Value.Type, ["StringValue"] = attribute.Value.Value })));
        Store.Send(queue, body, sent, "sns.amazonaws.com", null);
        return true;
    }

    internal static string Required(AwsRequest request, string name) => Required(request.Body, name);

    internal static string Required(JsonObject body, string name) => body.Text(name) is { Length: > 0 } value
        ? value
        : throw new AwsException("MissingParameter", $"The request must contain the parameter {name}.") { QueryCode = "MissingParameter" };

    internal static Dictionary<string, string> Map(JsonObject? map) => map?.ToDictionary(p => p.Key, p => map.Text(p.Key) ?? "") ?? [];

    private JsonObject UrlOf(Queue queue) => new() { ["QueueUrl"] = Store.Url(queue.Record.Name) };

    private Queue Named(AwsRequest request) => Store.ByUrl(Required(request, "QueueUrl"));

    private JsonObject CreateQueue(AwsRequest request) =>
        UrlOf(Store.Create(Required(request, "QueueName"), request.Region, Map(request.Body.Object("Attributes")), Map(request.Body.Object("tags"))));

    private JsonObject GetQueueAttributes(AwsRequest request)
    {
        var queue = Named(request);
        var all = AttributesOf(queue);
        var names = request.Body.Texts("AttributeNames");
        if (names.FirstOrDefault(n => n != "All" && !all.ContainsKey(n) && Settings.Defaults.ContainsKey(n)) is { } unknown)
        {
            throw new AwsException("InvalidAttributeName", $"Unknown Attribute {unknown}.");
        }

        var chosen = all.Where(a => names.Contains("All") || names.Contains(a.Key)).Select(a => KeyValuePair.Create(a.Key, (JsonNode?)a.Value)).ToList();
        return chosen.Count == 0 ? [] : new JsonObject { ["Attributes"] = new JsonObject(chosen) };
    }

    private static Dictionary<string, string> AttributesOf(Queue queue)
    {
        var (visible, hidden, delayed) = queue.Count();
        var attributes = Settings.Defaults.Keys.ToDictionary(name => name, name => QueueStore.Effective(queue.Record, name));
        attributes["SqsManagedSseEnabled"] = "true";
        foreach (var (name, value) in queue.Record.Settings)
        {
            attributes[name] = value;
        }

        attributes["QueueArn"] = QueueStore.Arn(queue.Record);
        attributes["ApproximateNumberOfMessages"] = Text(visible);
        attributes["ApproximateNumberOfMessagesNotVisible"] = Text(hidden);
        attributes["ApproximateNumberOfMessagesDelayed"] = Text(delayed);
        attributes["CreatedTimestamp"] = Text(queue.Record.Created.ToUnixTimeSeconds());
        attributes["LastModifiedTimestamp"] = Text(queue.Record.Modified.ToUnixTimeSeconds());
        return attributes;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private JsonObject SetQueueAttributes(AwsRequest request)
    {
        Store.Change(Named(request), Map(request.Body.Object("Attributes")));
        return [];
    }

    private JsonObject ListQueues(AwsRequest request)
    {
        var prefix = request.Text("QueueNamePrefix") ?? "";
        var after = request.Text("NextToken") ?? "";
        var size = request.Body.Int("MaxResults") ?? 1000;
        var names = Store.All.Select(q => q.Record.Name).Where(n => n.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(n, after) > 0).Take(size + 1).ToList();
        var answer = new JsonObject();
        if (names.Count > 0)
        {
            answer["QueueUrls"] = new JsonArray([.. names.Take(size).Select(n => (JsonNode)Store.Url(n))]);
        }

        if (names.Count > size)
        {
            answer["NextToken"] = names[size - 1];
        }

        return answer;
    }

    private JsonObject ListSources(AwsRequest request)
    {
        var arn = QueueStore.Arn(Named(request).Record);
        return new JsonObject { ["queueUrls"] = new JsonArray([.. Store.All.Where(q => q.Record.Redrive()?.Arn == arn).Select(q => (JsonNode)Store.Url(q.Record.Name))]) };
    }

    private JsonObject PurgeQueue(AwsRequest request)
    {
        Named(request).Purge();
        return [];
    }

    private JsonObject DeleteQueue(AwsRequest request)
    {
        Store.Delete(Named(request).Record.Name);
        return [];
    }

    private JsonObject TagQueue(AwsRequest request)
    {
        var tags = Map(request.Body.Object("Tags"));
        Store.Tag(Named(request), old => old.Where(t => !tags.ContainsKey(t.Key)).Concat(tags).ToDictionary());
        return [];
    }

    private JsonObject UntagQueue(AwsRequest request)
    {
        var keys = request.Body.Texts("TagKeys");
        Store.Tag(Named(request), old => old.Where(t => !keys.Contains(t.Key)).ToDictionary());
        return [];
    }

    private JsonObject ListQueueTags(AwsRequest request) =>
        new() { ["Tags"] = new JsonObject(Named(request).Record.Tags.Select(t => KeyValuePair.Create(t.Key, (JsonNode?)t.Value))) };
}
