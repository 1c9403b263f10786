using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Rds;

/// <summary>The tags of instances and snapshots, by their ARNs.</summary>
internal sealed class DatabaseTags(Table<DatabaseRecord> instances, DatabaseSnapshots snapshots)
{
    public void AddTo(AwsService service) => service
        .On("AddTagsToResource", request => Change(request, tags => tags.Concat(Of(request.Body))))
        .On("RemoveTagsFromResource", request =>
        {
            var keys = request.Body.Texts("TagKeys");
            return Change(request, tags => tags.Where(tag => !keys.Contains(tag.Key)));
        })
        .On("ListTagsForResource", request => new JsonObject
        {
            ["TagList"] = new JsonArray([.. Held(request).Tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]),
        });

    /// <summary>The tags that a request carries.</summary>
    /// <exception cref="AwsException">a key that is AWS's own</exception>
    public static IReadOnlyDictionary<string, string> Of(JsonObject body)
    {
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in body.Objects("Tags"))
        {
            var key = tag.Text("Key") ?? "";
            if (key.Length is 0 or > 128 || key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
            {
                throw new AwsException("InvalidParameterValue", $"Invalid tag key: '{key}'");
            }

            tags[key] = tag.Text("Value") ?? "";
        }

        return tags;
    }

    private JsonObject Change(AwsRequest request, Func<IEnumerable<KeyValuePair<string, string>>, IEnumerable<KeyValuePair<string, string>>> change)
    {
        var (tags, put) = Held(request);
        var changed = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in change(tags))
        {
            changed[key] = value;
        }

        put(changed);
        return [];
    }

    private (IReadOnlyDictionary<string, string> Tags, Action<IReadOnlyDictionary<string, string>> Put) Held(AwsRequest request)
    {
        // arn:aws:rds:REGION:ACCOUNT:KIND:NAME
        var arn = request.Required("ResourceName");
        switch (arn.Split(':', 7))
        {
            case ["arn", _, "rds", _, _, "db", var name]:
                var instance = instances.Find(name) ?? throw new AwsException("DBInstanceNotFound", $"DBInstance {name} not found.", 404);
                return (instance.Tags, tags => instances.Put(instance.Id, instance with { Tags = tags }));
            case ["arn", _, "rds", _, _, "snapshot", var name]:
                var snapshot = snapshots.Get(name);
                return (snapshot.Tags, tags => snapshots.Put(snapshot with { Tags = tags }));
            case ["arn", _, "rds", _, _, var kind, _]:
                throw new AwsException("InvalidParameterValue", $"The embedded cloud has no tags of '{kind}'.");
            default:
                throw new AwsException("InvalidParameterValue", $"Invalid resource name: {arn}");
        }
    }
}
