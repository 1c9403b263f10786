using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Metrics;

/// <summary>Alarms, their states and what became of them.</summary>
/// <param name="show">a time as the wire carries it</param>
internal sealed class AlarmOperations(MetricStore metrics, AlarmStore alarms, AlarmEvaluator evaluator, Func<DateTimeOffset, JsonNode> show)
{
    public AwsService AddTo(AwsService service) => service
        .On("PutMetricAlarm", Put)
        .On("DescribeAlarms", Describe)
        .On("DescribeAlarmsForMetric", ForMetric)
        .On("DescribeAlarmHistory", History)
        .On("DeleteAlarms", Delete)
        .On("SetAlarmState", SetState)
        .On("EnableAlarmActions", request => Enable(request, true))
        .On("DisableAlarmActions", request => Enable(request, false))
        .On("ListTagsForResource", ListTags)
        .On("TagResource", request => Tag(request, tags => tags.Concat(Tags(request.Body)).GroupBy(tag => tag.Key).ToDictionary(group => group.Key, group => group.Last().Value)))
        .On("UntagResource", request => Tag(request, tags => tags.ExceptBy(request.Body.Texts("TagKeys"), tag => tag.Key).ToDictionary()));

    public static Dictionary<string, string> Tags(JsonObject body) => body.Objects("Tags").ToDictionary(tag => tag.Text("Key") ?? "", tag => tag.Text("Value") ?? "");

    private JsonObject Put(AwsRequest request)
    {
        var name = request.Text("AlarmName") ?? throw MetricRefusals.Missing("AlarmName");
        var alarm = AlarmShape.Read(request.Body, name, request.Arn("cloudwatch", $"alarm:{name}"), alarms.Find(name)?.Tags ?? Tags(request.Body));
        AlarmEvaluator.Check(metrics, alarm);
        alarms.Put(alarm);
        return [];
    }

    private JsonObject Describe(AwsRequest request)
    {
        var types = request.Body.Texts("AlarmTypes");
        var names = request.Body.Texts("AlarmNames");
        var found = types.Count > 0 && !types.Contains("MetricAlarm") ? [] : alarms.All.Where(alarm =>
            (names.Count == 0 || names.Contains(alarm.Name))
            && alarm.Name.StartsWith(request.Text("AlarmNamePrefix") ?? "", StringComparison.Ordinal)
            && (request.Text("StateValue") ?? alarm.State) == alarm.State
            && (request.Text("ActionPrefix") is not { } prefix || alarm.OkActions.Concat(alarm.AlarmActions).Concat(alarm.InsufficientDataActions).Any(action => action.StartsWith(prefix, StringComparison.Ordinal)))).ToList();
        var answer = MetricPaging.Page(request, "MetricAlarms", found, alarm => AlarmShape.Describe(alarm, show), request.Body.Int("MaxRecords") ?? 50);
        answer["CompositeAlarms"] = new JsonArray();
        return answer;
    }

    private JsonObject ForMetric(AwsRequest request)
    {
        var key = MetricRequests.Metric(request.Body).Key;
        return new JsonObject
        {
            ["MetricAlarms"] = new JsonArray([.. alarms.All
                .Where(alarm => alarm.Metric is { } metric && new Metric(metric.Namespace, metric.Name, metric.Dimensions).Key == key)
                .Select(alarm => AlarmShape.Describe(alarm, show))]),
        };
    }

    private JsonObject History(AwsRequest request)
    {
        var since = MetricRequests.Instant(request.Body, "StartDate") ?? DateTimeOffset.MinValue;
        var until = MetricRequests.Instant(request.Body, "EndDate") ?? DateTimeOffset.MaxValue;
        var found = alarms.History.Where(item =>
            (request.Text("AlarmName") ?? item.Alarm) == item.Alarm && (request.Text("HistoryItemType") ?? item.Type) == item.Type && item.Time >= since && item.Time <= until);
        found = request.Text("ScanBy") == "TimestampAscending" ? found.OrderBy(item => item.Time) : found.OrderByDescending(item => item.Time);
        return MetricPaging.Page(request, "AlarmHistoryItems", [.. found], item => new JsonObject
        {
            ["AlarmName"] = item.Alarm,
            ["AlarmType"] = "MetricAlarm",
            ["Timestamp"] = show(item.Time),
            ["HistoryItemType"] = item.Type,
            ["HistorySummary"] = item.Summary,
            ["HistoryData"] = item.Data,
        }, request.Body.Int("MaxRecords") ?? 50);
    }

    private JsonObject Delete(AwsRequest request)
    {
        var names = request.Body.Texts("AlarmNames");
        if (names.FirstOrDefault(name => alarms.Find(name) is null) is { } unknown)
        {
            throw MetricRefusals.NoAlarm(unknown);
        }

        foreach (var name in names)
        {
            alarms.Delete(name);
        }

        return [];
    }

    private JsonObject SetState(AwsRequest request)
    {
        var state = request.Text("StateValue") is AlarmState.Ok or AlarmState.Alarm or AlarmState.InsufficientData
            ? request.Text("StateValue")!
            : throw MetricRefusals.Invalid("StateValue must be OK, ALARM or INSUFFICIENT_DATA.");
        var data = request.Text("StateReasonData");
        try
        {
            JsonNode.Parse(data ?? "{}");
        }
        catch (System.Text.Json.JsonException)
        {
            throw new AwsException("InvalidFormatFault", "StateReasonData must be JSON.") { QueryCode = "InvalidFormat" };
        }

        evaluator.SetByHand(request.Text("AlarmName") ?? throw MetricRefusals.Missing("AlarmName"), state, request.Text("StateReason") ?? throw MetricRefusals.Missing("StateReason"), data);
        return [];
    }

    private JsonObject Enable(AwsRequest request, bool enable)
    {
        foreach (var name in request.Body.Texts("AlarmNames"))
        {
            alarms.Configure(name, alarm => alarm with { ActionsEnabled = enable });
        }

        return [];
    }

    private Alarm ByArn(AwsRequest request) => request.Text("ResourceARN") is { } arn && alarms.All.FirstOrDefault(alarm => alarm.Arn == arn) is { } found
        ? found
        : throw new AwsException("ResourceNotFoundException", $"{request.Text("ResourceARN")} does not exist.", 404);

    private JsonObject ListTags(AwsRequest request) =>
        new() { ["Tags"] = new JsonArray([.. ByArn(request).Tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]) };

    private JsonObject Tag(AwsRequest request, Func<IReadOnlyDictionary<string, string>, Dictionary<string, string>> change)
    {
        alarms.Configure(ByArn(request).Name, alarm => alarm with { Tags = change(alarm.Tags) });
        return [];
    }
}
