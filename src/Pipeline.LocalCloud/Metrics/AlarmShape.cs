using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Identity;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Metrics;

/// <summary>An alarm as requests and templates write it, as the API shows it and as topics hear of it.</summary>
internal static class AlarmShape
{
    private static readonly HashSet<string> Numbers = ["Period"];
    private static readonly string[] NotHere = ["ThresholdMetricId", "EvaluationCriteria", "EvaluationInterval"];
    private static readonly HashSet<string> Flags = ["ReturnData"];
    private static readonly string[] Comparisons = ["GreaterThanOrEqualToThreshold", "GreaterThanThreshold", "LessThanThreshold", "LessThanOrEqualToThreshold"];

    /// <summary>Members of <c>PutMetricAlarm</c>, which are also the properties of the resource type.</summary>
    /// <exception cref="AwsException">the alarm could never be evaluated</exception>
    public static Alarm Read(JsonObject body, string name, string arn, IReadOnlyDictionary<string, string> tags)
    {
        var comparison = body.Text("ComparisonOperator") ?? throw MetricRefusals.Missing("ComparisonOperator");
        if (!Comparisons.Contains(comparison))
        {
            throw MetricRefusals.Invalid($"The comparison operator {comparison} is not supported by the embedded cloud.");
        }

        foreach (var member in NotHere.Where(member => body[member] is not null))
        {
            throw MetricRefusals.Invalid($"{member} is not supported by the embedded cloud.");
        }

        var missing = body.Text("TreatMissingData");
        if (missing is not (null or "missing" or "ignore" or "breaching" or "notBreaching"))
        {
            throw MetricRefusals.Invalid($"TreatMissingData must be missing, ignore, breaching or notBreaching, not {missing}.");
        }

        var periods = body.Int("EvaluationPeriods") ?? throw MetricRefusals.Missing("EvaluationPeriods");
        var toAlarm = body.Int("DatapointsToAlarm");
        if (periods < 1 || toAlarm < 1 || toAlarm > periods)
        {
            throw MetricRefusals.Invalid("EvaluationPeriods must be at least 1, and DatapointsToAlarm between 1 and EvaluationPeriods.");
        }

        return new Alarm(name, arn)
        {
            Description = body.Text("AlarmDescription"),
            ActionsEnabled = body.Flag("ActionsEnabled") ?? true,
            OkActions = body.Texts("OKActions"),
            AlarmActions = body.Texts("AlarmActions"),
            InsufficientDataActions = body.Texts("InsufficientDataActions"),
            Metric = Metric(body),
            Queries = body.List("Metrics").Count > 0 ? (JsonArray)body["Metrics"]!.Typed(Numbers, Flags) : null,
            EvaluationPeriods = periods,
            DatapointsToAlarm = toAlarm,
            Threshold = body.Number("Threshold") ?? throw MetricRefusals.Missing("Threshold"),
            Comparison = comparison,
            TreatMissingData = missing,
            EvaluateLowSampleCountPercentile = body.Text("EvaluateLowSampleCountPercentile"),
            Tags = tags,
        };
    }

    public static JsonObject Describe(Alarm alarm, Func<DateTimeOffset, JsonNode> show)
    {
        var shown = new JsonObject
        {
            ["AlarmName"] = alarm.Name,
            ["AlarmArn"] = alarm.Arn,
            ["AlarmConfigurationUpdatedTimestamp"] = show(alarm.ConfigurationUpdated),
            ["ActionsEnabled"] = alarm.ActionsEnabled,
            ["OKActions"] = Texts(alarm.OkActions),
            ["AlarmActions"] = Texts(alarm.AlarmActions),
            ["InsufficientDataActions"] = Texts(alarm.InsufficientDataActions),
            ["StateValue"] = alarm.State,
            ["StateReason"] = alarm.Reason,
            ["StateUpdatedTimestamp"] = show(alarm.StateUpdated),
            ["StateTransitionedTimestamp"] = show(alarm.StateTransitioned),
            ["Dimensions"] = MetricRequests.Describe(alarm.Metric?.Dimensions ?? []),
            ["EvaluationPeriods"] = alarm.EvaluationPeriods,
            ["Threshold"] = alarm.Threshold,
            ["ComparisonOperator"] = alarm.Comparison,
        };
        Add("AlarmDescription", alarm.Description);
        Add("StateReasonData", alarm.ReasonData);
        Add("DatapointsToAlarm", alarm.DatapointsToAlarm);
        Add("TreatMissingData", alarm.TreatMissingData);
        Add("EvaluateLowSampleCountPercentile", alarm.EvaluateLowSampleCountPercentile);
        Add("Metrics", alarm.Queries?.DeepClone());
        if (alarm.Metric is { } metric)
        {
            Add("MetricName", metric.Name);
            Add("Namespace", metric.Namespace);
            Add(metric.IsExtended ? "ExtendedStatistic" : "Statistic", metric.Statistic);
            Add("Period", metric.Period);
            Add("Unit", metric.Unit);
        }

        return shown;

        void Add(string name, JsonNode? value)
        {
            if (value is not null)
            {
                shown[name] = value;
            }
        }
    }

    /// <summary>What a topic is told about a change of state.</summary>
    public static JsonObject Message(Alarm alarm, string before) => new()
    {
        ["AlarmName"] = alarm.Name,
        ["AlarmDescription"] = alarm.Description,
        ["AWSAccountId"] = Account.Id,
        ["NewStateValue"] = alarm.State,
        ["NewStateReason"] = alarm.Reason,
        ["StateChangeTime"] = alarm.StateUpdated.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+0000'", CultureInfo.InvariantCulture),
        ["Region"] = alarm.Arn.Split(':')[3],
        ["AlarmArn"] = alarm.Arn,
        ["OldStateValue"] = before,
        ["OKActions"] = Texts(alarm.OkActions),
        ["AlarmActions"] = Texts(alarm.AlarmActions),
        ["InsufficientDataActions"] = Texts(alarm.InsufficientDataActions),
        ["Trigger"] = new JsonObject
        {
            ["MetricName"] = alarm.Metric?.Name,
            ["Namespace"] = alarm.Metric?.Namespace,
            ["Statistic"] = alarm.Metric?.Statistic.ToUpperInvariant(),
            ["Dimensions"] = new JsonArray([.. (alarm.Metric?.Dimensions ?? []).Select(dimension => new JsonObject { ["value"] = dimension.Value, ["name"] = dimension.Name })]),
            ["Period"] = alarm.Metric?.Period,
            ["EvaluationPeriods"] = alarm.EvaluationPeriods,
            ["DatapointsToAlarm"] = alarm.DatapointsToAlarm,
            ["ComparisonOperator"] = alarm.Comparison,
            ["Threshold"] = alarm.Threshold,
            ["TreatMissingData"] = alarm.TreatMissingData ?? "missing",
        },
    };

    private static AlarmMetric? Metric(JsonObject body)
    {
        var single = body.Text("MetricName") is not null;
        if (single == (body.List("Metrics").Count > 0))
        {
            throw MetricRefusals.Combination("An alarm needs either a MetricName or Metrics.");
        }

        if (!single)
        {
            return null;
        }

        var (plain, extended) = (body.Text("Statistic"), body.Text("ExtendedStatistic"));
        if (plain is null == extended is null)
        {
            throw MetricRefusals.Combination("An alarm on a metric needs either a Statistic or an ExtendedStatistic.");
        }

        var metric = MetricRequests.Metric(body);
        var period = (int)MetricRequests.Period(body.Int("Period")).TotalSeconds;
        return new AlarmMetric(metric.Namespace, metric.Name, metric.Dimensions, Sample.RequireStatistic(plain ?? extended), period, body.Text("Unit"));
    }

    private static JsonArray Texts(IReadOnlyList<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
