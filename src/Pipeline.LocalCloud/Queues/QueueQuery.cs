using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Queues;

/// <summary>
/// SQS as clients speak to it that are older than its JSON wire (boto3 before 1.28 among them, which Debian 12 has): the same operations, with
/// maps as numbered names and values, and lists without a name of their own. Sources: the API reference of 2012-11-05 and what boto3 1.26 sends.
/// </summary>
internal static class QueueQuery
{
    /// <summary>List or map of the JSON wire → the numbered name on this one.</summary>
    private static readonly Dictionary<string, string> Numbered = new(StringComparer.Ordinal)
    {
        ["AttributeNames"] = "AttributeName", ["MessageAttributeNames"] = "MessageAttributeName", ["MessageSystemAttributeNames"] = "MessageSystemAttributeName", ["TagKeys"] = "TagKey",
        ["Attributes"] = "Attribute", ["MessageAttributes"] = "MessageAttribute", ["Tags"] = "Tag", ["Messages"] = "Message",
        ["QueueUrls"] = "QueueUrl", ["queueUrls"] = "QueueUrl", ["Failed"] = "BatchResultErrorEntry",
    };

    private static readonly HashSet<string> Maps = ["Attributes", "MessageAttributes", "Tags"];

    public static AwsService Of(AwsService json)
    {
        var query = new AwsService(json.SigningName, Wire.Query) { XmlNamespace = "http://queue.amazonaws.com/doc/2012-11-05/", FlatLists = true };
        foreach (var (name, run) in json.Operations)
        {
            query.On(name, async request =>
            {
                try
                {
                    return Answer(await run(request with { Body = Request(request.Body, name) }), name);
                }
                catch (AwsException refusal) when (refusal.QueryCode != refusal.Code)
                {
                    throw new AwsException(refusal.QueryCode, refusal.Message, refusal.Status);
                }
            });
        }

        return query;
    }

    private static JsonObject Request(JsonObject form, string operation)
    {
        var members = new JsonObject();
        foreach (var (name, value) in form)
        {
            var known = Numbered.FirstOrDefault(n => n.Value == name && value is JsonArray).Key;
            members[known is null ? name == $"{operation}RequestEntry" ? "Entries" : name : known == "Tags" && operation == "CreateQueue" ? "tags" : known] = value switch
            {
                JsonArray list when known is not null && Maps.Contains(known) => Map(list),
                JsonArray list => new JsonArray([.. list.Select(item => item is JsonObject entry ? Request(entry, operation) : item?.DeepClone())]),
                _ => value?.DeepClone(),
            };
        }

        return members;
    }

    private static JsonObject Map(JsonArray entries) => new(entries.OfType<JsonObject>()
        .Select(entry => KeyValuePair.Create(entry.Text("Name") ?? entry.Text("Key") ?? "", (entry["Value"] ?? "").DeepClone()))!);

    private static JsonObject Answer(JsonObject result, string operation)
    {
        var members = new JsonObject();
        foreach (var (name, value) in result)
        {
            members[name == "Successful" ? $"{operation}ResultEntry" : Numbered.GetValueOrDefault(name, name)] = value switch
            {
                JsonObject map when Maps.Contains(name) => new JsonArray([.. map.Select(entry => new JsonObject { [name == "Tags" ? "Key" : "Name"] = entry.Key, ["Value"] = entry.Value?.DeepClone() })]),
                JsonArray list => new JsonArray([.. list.Select(item => item is JsonObject entry ? Answer(entry, operation) : item?.DeepClone())]),
                _ => value?.DeepClone(),
            };
        }

        return members;
    }
}
