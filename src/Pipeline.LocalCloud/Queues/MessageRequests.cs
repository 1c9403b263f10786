using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Queues;

/// <summary>SQS: sending, receiving and finishing messages.</summary>
internal sealed class MessageRequests(QueueStore store)
{
    private const int MostInBatch = 10;

    public void AddTo(AwsService service) => service
        .On("SendMessage", r => Send(Named(r), r.Body, r.Caller))
        .On("SendMessageBatch", r => Batch(r, entry => Send(Named(r), entry, r.Caller)))
        .On("ReceiveMessage", Receive)
        .On("DeleteMessage", r => Delete(Named(r), r.Body))
        .On("DeleteMessageBatch", r => Batch(r, entry => Delete(Named(r), entry)))
        .On("ChangeMessageVisibility", r => Hide(Named(r), r.Body))
        .On("ChangeMessageVisibilityBatch", r => Batch(r, entry => Hide(Named(r), entry)));

    private Queue Named(AwsRequest request) => store.ByUrl(QueueRoom.Required(request, "QueueUrl"));

    private JsonObject Send(Queue queue, JsonObject body, Caller caller)
    {
        var text = QueueRoom.Required(body, "MessageBody");
        var attributes = body.Object("MessageAttributes") is { Count: > 0 } given ? (JsonObject)given.DeepClone() : null;
        var most = queue.Record.Number("MaximumMessageSize");
        if (Encoding.UTF8.GetByteCount(text) + (attributes is null ? 0 : Encoding.UTF8.GetByteCount(attributes.ToJsonString())) > most)
        {
            throw new AwsException("InvalidParameterValue", $"One or more parameters are invalid. Reason: Message must be shorter than {most} bytes.");
        }

        var delay = body.Int("DelaySeconds") is { } seconds ? Within(seconds, 900, "DelaySeconds") : (int?)null;
        var digest = attributes is null ? null : MessageDigest.OfAttributes(attributes);
        var answer = new JsonObject { ["MessageId"] = store.Send(queue, text, attributes, caller.UserId, delay).Id, ["MD5OfMessageBody"] = MessageDigest.OfBody(text) };
        if (digest is not null)
        {
            answer["MD5OfMessageAttributes"] = digest;
        }

        return answer;
    }

    private async Task<JsonObject> Receive(AwsRequest request)
    {
        var queue = Named(request);
        var count = request.Body.Int("MaxNumberOfMessages") ?? 1;
        if (count is < 1 or > MostInBatch)
        {
            throw new AwsException("InvalidParameterValue", $"Value {count} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.");
        }

        var hide = TimeSpan.FromSeconds(Within(request.Body.Int("VisibilityTimeout") ?? queue.Record.Number("VisibilityTimeout"), 43200, "VisibilityTimeout"));
        var wait = TimeSpan.FromSeconds(Within(request.Body.Int("WaitTimeSeconds") ?? queue.Record.Number("ReceiveMessageWaitTimeSeconds"), 20, "WaitTimeSeconds"));
        var messages = await queue.Receive(count, hide, wait, store.DeadLettersOf(queue), request.Cancel);
        return messages.Count == 0 ? [] : new JsonObject { ["Messages"] = new JsonArray([.. messages.Select(m => (JsonNode)Describe(m, request.Body))]) };
    }

    private static JsonObject Describe(Message message, JsonObject request)
    {
        var answer = new JsonObject
        {
            ["MessageId"] = message.Id,
            ["ReceiptHandle"] = Receipt.Of(message),
            ["MD5OfBody"] = MessageDigest.OfBody(message.Body),
            ["Body"] = message.Body,
        };
        var system = new Dictionary<string, string>
        {
            ["SenderId"] = message.SenderId,
            ["SentTimestamp"] = Milliseconds(message.Sent),
            ["ApproximateReceiveCount"] = message.Received.ToString(CultureInfo.InvariantCulture),
            ["ApproximateFirstReceiveTimestamp"] = Milliseconds(message.FirstReceived ?? message.Sent),
        };
        var names = request.Texts("MessageSystemAttributeNames").Concat(request.Texts("AttributeNames")).ToHashSet();
        Add("Attributes", system.Where(s => names.Contains("All") || names.Contains(s.Key)).Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value)));
        var wanted = request.Texts("MessageAttributeNames");
        var chosen = new JsonObject((message.Attributes ?? []).Where(a => wanted.Any(w => Covers(w, a.Key))).Select(a => KeyValuePair.Create(a.Key, a.Value?.DeepClone())));
        if (chosen.Count > 0)
        {
            answer["MD5OfMessageAttributes"] = MessageDigest.OfAttributes(chosen);
            answer["MessageAttributes"] = chosen;
        }

        return answer;

        void Add(string name, IEnumerable<KeyValuePair<string, JsonNode?>> members)
        {
            var structure = new JsonObject(members);
            if (structure.Count > 0)
            {
                answer[name] = structure;
            }
        }
    }

    private static bool Covers(string wanted, string name) => wanted is "All" or ".*" || wanted == name || (wanted.EndsWith(".*", StringComparison.Ordinal) && name.StartsWith(wanted[..^2], StringComparison.Ordinal));

    private static JsonObject Delete(Queue queue, JsonObject body)
    {
        var (id, number) = Receipt.Read(queue, QueueRoom.Required(body, "ReceiptHandle"));
        queue.Delete(id, number);
        return [];
    }

    private static JsonObject Hide(Queue queue, JsonObject body)
    {
        var (id, number) = Receipt.Read(queue, QueueRoom.Required(body, "ReceiptHandle"));
        var hide = Within(body.Int("VisibilityTimeout") ?? throw new AwsException("MissingParameter", "The request must contain the parameter VisibilityTimeout."), 43200, "VisibilityTimeout");
        return queue.Hide(id, number, TimeSpan.FromSeconds(hide))
            ? []
            : throw new AwsException("MessageNotInflight", "The message is not in flight.") { QueryCode = "AWS.SimpleQueueService.MessageNotInflight" };
    }

    private static JsonObject Batch(AwsRequest request, Func<JsonObject, JsonObject> run)
    {
        var entries = request.Body.Objects("Entries");
        var refusal = entries.Count == 0 ? ("EmptyBatchRequest", "The batch request doesn't contain any entries.")
            : entries.Count > MostInBatch ? ("TooManyEntriesInBatchRequest", $"Maximum number of entries per request are {MostInBatch}.")
            : entries.Select(e => e.Text("Id")).Distinct().Count() < entries.Count ? ("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.")
            : default;
        if (refusal is ({ } code, { } why))
        {
            throw new AwsException(code, why) { QueryCode = $"AWS.SimpleQueueService.{code}" };
        }

        var done = new JsonArray();
        var failed = new JsonArray();
        foreach (var entry in entries)
        {
            try
            {
                var result = run(entry);
                result["Id"] = entry.Text("Id");
                done.Add(result);
            }
            catch (AwsException e) when (e.Code != "QueueDoesNotExist")
            {
                failed.Add(new JsonObject { ["Id"] = entry.Text("Id"), ["SenderFault"] = true, ["Code"] = e.Code, ["Message"] = e.Message });
            }
        }

        return new JsonObject { ["Successful"] = done, ["Failed"] = failed };
    }

    private static int Within(int seconds, int most, string name) => seconds >= 0 && seconds <= most
        ? seconds
        : throw new AwsException("InvalidParameterValue", $"Value {seconds} for parameter {name} is invalid. Reason: Must be >= 0 and <= {most}, if provided.");

    private static string Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    /// <summary>A receipt names a message and which time it was received.</summary>
    private static class Receipt
    {
        public static string Of(Message message) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{message.Queue}|{message.Id}|{message.Received}"));

        public static (string Id, int Number) Read(Queue queue, string handle)
        {
            var bytes = new byte[handle.Length];
            var parts = Convert.TryFromBase64String(handle, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length).Split('|') : [];
            return parts.Length == 3 && parts[0] == queue.Record.Name && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? (parts[1], number)
                : throw new AwsException("ReceiptHandleIsInvalid", $"The input receipt handle \"{handle}\" is not a valid receipt handle.");
        }
    }
}
