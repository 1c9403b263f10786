using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.Queues;

/// <param name="Settings">the attributes that were set, under SQS's names</param>
internal sealed record QueueRecord(string Name, string Region, DateTimeOffset Created, DateTimeOffset Modified, IReadOnlyDictionary<string, string> Settings, IReadOnlyDictionary<string, string> Tags);

/// <param name="Number">place in the queue</param>
/// <param name="Attributes">message attributes as the wire has them</param>
/// <param name="VisibleAt">when it can be received (again)</param>
/// <param name="Received">how often it was received; the receipt of the last time carries this number</param>
internal sealed record Message(
    string Id, long Number, string Queue, string Body, JsonObject? Attributes, string SenderId, DateTimeOffset Sent, DateTimeOffset VisibleAt, int Received, DateTimeOffset? FirstReceived);
