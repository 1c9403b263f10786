using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Logs;

/// <summary>CloudWatch Logs: groups, streams, and what tasks write into them.</summary>
internal sealed class LogsService : IDisposable
{
    private readonly LogStore _store;
    private readonly TimeProvider _clock;

    public LogsService(Database database, TimeProvider clock)
    {
        _clock = clock;
        _store = new LogStore(database, clock);
        Service = new AwsService("logs", Wire.Json) { TargetPrefixes = ["Logs_20140328"] }
            .On("CreateLogGroup", request => { CreateGroup(request.Required("logGroupName"), request.Arn, ReadTags(request.Body)); return []; })
            .On("DeleteLogGroup", request => { _store.DeleteGroup(Group(request).Name); return []; })
            .On("DescribeLogGroups", DescribeGroups)
            .On("PutRetentionPolicy", request => { _store.Save(Group(request) with { RetentionDays = Retention(request.Body.Int("retentionInDays")) }); return []; })
            .On("DeleteRetentionPolicy", request => { _store.Save(Group(request) with { RetentionDays = null }); return []; })
            .On("CreateLogStream", CreateStream)
            .On("DeleteLogStream", request => { _store.DeleteStream(Stream(request)); return []; })
            .On("DescribeLogStreams", DescribeStreams)
            .On("ListTagsForResource", request => new() { ["tags"] = Tags(Group(request)) })
            .On("ListTagsLogGroup", request => new() { ["tags"] = Tags(Group(request)) })
            .On("TagResource", TagResource)
            .On("UntagResource", UntagResource);
        new LogEventOperations(_store, Group, Stream).AddTo(Service);
        ResourceTypes = [new LogGroupType(this, _store).Type];
    }

    public AwsService Service { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    /// <summary>Where a task writes: a stream of its own, made when it starts.</summary>
    /// <param name="createGroup">makes the group as well, when it is not there</param>
    /// <exception cref="AwsException">the group is not there</exception>
    public Action<string> OpenStream(string group, string stream, bool createGroup, Func<string, string, string> arn)
    {
        if (_store.FindGroup(group) is null && createGroup)
        {
            CreateGroup(group, arn, new Dictionary<string, string>());
        }

        var record = _store.FindGroup(group) ?? throw MissingGroup();
        var events = _store.Events(_store.FindStream(group, stream) ?? _store.AddStream(record, stream));
        return line => events.Append([(_store.Now, line)], _store.Now);
    }

    public LogGroupRecord CreateGroup(string name, Func<string, string, string> arn, IReadOnlyDictionary<string, string> tags)
    {
        if (_store.FindGroup(name) is not null)
        {
            throw new AwsException("ResourceAlreadyExistsException", "The specified log group already exists");
        }

        var group = new LogGroupRecord(name, arn("logs", $"log-group:{name}"), _clock.GetUtcNow(), null, tags);
        _store.Save(group);
        return group;
    }

    public static int? Retention(int? days) => days is null or 1 or 3 or 5 or 7 or 14 or 30 or 60 or 90 or 120 or 150 or 180 or 365 or 400 or 545 or 731 or 1096 or 1827 or 2192 or 2557 or 2922 or 3288 or 3653
        ? days
        : throw new AwsException("InvalidParameterException", $"{days} is not a retention that CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, … days");

    public void Dispose() => _store.Dispose();

    private static AwsException MissingGroup() => new("ResourceNotFoundException", "The specified log group does not exist.");

    private LogGroupRecord Group(AwsRequest request)
    {
        var name = request.Text("logGroupName") ?? request.Text("logGroupIdentifier") ?? request.Text("resourceArn") ?? request.Required("logGroupName");
        var marker = name.IndexOf(":log-group:", StringComparison.Ordinal);
        return _store.FindGroup(marker < 0 ? name : name[(marker + ":log-group:".Length)..].Replace(":*", "", StringComparison.Ordinal)) ?? throw MissingGroup();
    }

    private LogStreamRecord Stream(AwsRequest request) => _store.FindStream(Group(request).Name, request.Required("logStreamName"))
        ?? throw new AwsException("ResourceNotFoundException", "The specified log stream does not exist.");

    private JsonObject DescribeGroups(AwsRequest request)
    {
        var prefix = request.Text("logGroupNamePrefix") ?? "";
        var pattern = request.Text("logGroupNamePattern") ?? "";
        var groups = _store.Groups.Where(g => g.Name.StartsWith(prefix, StringComparison.Ordinal) && g.Name.Contains(pattern, StringComparison.OrdinalIgnoreCase)).ToList();
        return Page(groups, request, "logGroups", Describe);
    }

    private JsonObject CreateStream(AwsRequest request)
    {
        var group = Group(request);
        var name = request.Required("logStreamName");
        if (_store.FindStream(group.Name, name) is not null)
        {
            throw new AwsException("ResourceAlreadyExistsException", "The specified log stream already exists");
        }

        _store.AddStream(group, name);
        return [];
    }

    private JsonObject DescribeStreams(AwsRequest request)
    {
        var prefix = request.Text("logStreamNamePrefix") ?? "";
        IEnumerable<LogStreamRecord> streams = _store.StreamsOf(Group(request).Name).Where(s => s.Name.StartsWith(prefix, StringComparison.Ordinal));
        if (request.Text("orderBy") == "LastEventTime")
        {
            streams = streams.OrderBy(s => _store.Events(s).Read() is [.., var last] ? last.Timestamp : 0);
        }

        return Page([.. request.Body.Flag("descending") == true ? streams.Reverse() : streams], request, "logStreams", Describe);
    }

    private static JsonObject Page<T>(List<T> all, AwsRequest request, string name, Func<T, JsonNode> describe)
    {
        var start = int.TryParse(request.Text("nextToken"), out var token) ? token : 0;
        var size = request.Body.Int("limit") ?? 50;
        var answer = new JsonObject { [name] = new JsonArray([.. all.Skip(start).Take(size).Select(describe)]) };
        if (start + size < all.Count)
        {
            answer["nextToken"] = $"{start + size}";
        }

        return answer;
    }

    private JsonObject Describe(LogGroupRecord group)
    {
        var answer = new JsonObject
        {
            ["logGroupName"] = group.Name,
            ["creationTime"] = group.CreatedAt.ToUnixTimeMilliseconds(),
            ["metricFilterCount"] = 0,
            ["arn"] = $"{group.Arn}:*",
            ["logGroupArn"] = group.Arn,
            ["logGroupClass"] = "STANDARD",
            ["storedBytes"] = _store.StreamsOf(group.Name).Sum(s => _store.Events(s).Size),
        };
        if (group.RetentionDays is { } days)
        {
            answer["retentionInDays"] = days;
        }

        return answer;
    }

    private JsonObject Describe(LogStreamRecord stream)
    {
        var events = _store.Events(stream);
        var answer = new JsonObject
        {
            ["logStreamName"] = stream.Name,
            ["creationTime"] = stream.CreatedAt.ToUnixTimeMilliseconds(),
            ["arn"] = stream.Arn,
            ["storedBytes"] = events.Size,
        };
        if (events.Read() is { Count: > 0 } all)
        {
            answer["firstEventTimestamp"] = all[0].Timestamp;
            answer["lastEventTimestamp"] = all[^1].Timestamp;
            answer["lastIngestionTime"] = all[^1].Ingested;
        }

        return answer;
    }

    private JsonObject TagResource(AwsRequest request)
    {
        var group = Group(request);
        var tags = new Dictionary<string, string>(group.Tags);
        foreach (var (key, value) in ReadTags(request.Body))
        {
            tags[key] = value;
        }

        _store.Save(group with { Tags = tags });
        return [];
    }

    private JsonObject UntagResource(AwsRequest request)
    {
        var group = Group(request);
        var keys = request.Body.Texts("tagKeys");
        _store.Save(group with { Tags = group.Tags.Where(t => !keys.Contains(t.Key)).ToDictionary() });
        return [];
    }

    private static Dictionary<string, string> ReadTags(JsonObject body) => body.Object("tags")?.ToDictionary(t => t.Key, t => t.Value?.GetValue<string>() ?? "") ?? [];

    private static JsonObject Tags(LogGroupRecord group) => new(group.Tags.Select(t => KeyValuePair.Create(t.Key, (JsonNode?)t.Value)));
}
