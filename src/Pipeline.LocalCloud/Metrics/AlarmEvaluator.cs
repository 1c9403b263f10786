using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Metrics;

/// <summary>Looks at every alarm when a period of its metric is complete.</summary>
internal sealed class AlarmEvaluator(MetricStore metrics, AlarmStore alarms, TimeProvider time)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public void Evaluate()
    {
        foreach (var alarm in alarms.All.ToList())
        {
            try
            {
                Evaluate(alarm);
            }
            catch (AwsException broken)
            {
                // Checked when it was put; should one be broken all the same, the others go on.
                alarms.Set(alarm.Name, AlarmState.InsufficientData, (broken.Message, null), MetricStore.Floor(time.GetUtcNow(), Minute));
            }
        }
    }

    /// <summary>Refuses an alarm that could never be evaluated.</summary>
    /// <exception cref="AwsException">its queries or its expression are not in order</exception>
    public static void Check(MetricStore metrics, Alarm alarm)
    {
        var queries = Queries(metrics, alarm, out var id);
        queries.Evaluate(id, new Window(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch + queries.PeriodOf(id)));
    }

    private void Evaluate(Alarm alarm)
    {
        var queries = Queries(metrics, alarm, out var id);
        var period = queries.PeriodOf(id);
        // Periods longer than a minute slide: they end with every complete minute.
        var end = MetricStore.Floor(time.GetUtcNow(), period < Minute ? period : Minute);
        if (end <= alarm.Evaluated)
        {
            return;
        }

        var count = alarm.EvaluationPeriods + AlarmRule.BeyondPeriods;
        var start = end - count * period;
        var values = queries.Evaluate(id, new Window(start, end)).Points!;
        var points = Enumerable.Range(0, count).Select(i => start + i * period).Select(at => (Start: at, Value: values.TryGetValue(at, out var value) ? value : (double?)null)).ToList();
        var state = AlarmRule.Decide(alarm, [.. points.Select(point => point.Value)]);
        alarms.Set(alarm.Name, state ?? alarm.State, Reason(alarm, state ?? alarm.State, points), end);
    }

    /// <summary>A state set by hand stays for a whole period before the data decides again.</summary>
    public void SetByHand(string name, string state, string reason, string? data)
    {
        var alarm = alarms.Find(name) ?? throw MetricRefusals.NoAlarm(name);
        var queries = Queries(metrics, alarm, out var id);
        var step = queries.PeriodOf(id) < Minute ? queries.PeriodOf(id) : Minute;
        alarms.Set(name, state, (reason, data), MetricStore.Floor(time.GetUtcNow(), step) + step);
    }

    private static MetricQueries Queries(MetricStore metrics, Alarm alarm, out string id)
    {
        if (alarm.Metric is { } metric)
        {
            id = "m1";
            return new MetricQueries(metrics,
            [
                new JsonObject
                {
                    ["Id"] = id,
                    ["MetricStat"] = new JsonObject
                    {
                        ["Metric"] = MetricRequests.Describe(new Metric(metric.Namespace, metric.Name, metric.Dimensions)),
                        ["Period"] = metric.Period,
                        ["Stat"] = metric.Statistic,
                    },
                },
            ]);
        }

        var queries = new MetricQueries(metrics, [.. alarm.Queries!.OfType<JsonObject>()]);
        id = queries.Returned is [var only] ? only : throw MetricRefusals.Invalid("Exactly one element of the metrics list should return data.");
        return queries;
    }

    private static (string Text, string? Data) Reason(Alarm alarm, string state, List<(DateTimeOffset Start, double? Value)> points)
    {
        var real = points.Where(point => point.Value is not null).TakeLast(alarm.EvaluationPeriods).ToList();
        var data = new JsonObject
        {
            ["version"] = "1.0",
            ["statistic"] = alarm.Metric?.Statistic,
            ["period"] = alarm.Metric?.Period,
            ["recentDatapoints"] = new JsonArray([.. real.Select(point => JsonValue.Create(point.Value))]),
            ["threshold"] = alarm.Threshold,
        }.ToJsonString();
        if (real.Count == 0)
        {
            return (state == AlarmState.InsufficientData ? $"Insufficient Data: {alarm.EvaluationPeriods} datapoint{(alarm.EvaluationPeriods == 1 ? " was" : "s were")} unknown."
                : $"Threshold Crossed: no datapoints were received for {alarm.EvaluationPeriods} period{(alarm.EvaluationPeriods == 1 ? "" : "s")} and {alarm.EvaluationPeriods} missing datapoint{(alarm.EvaluationPeriods == 1 ? " was" : "s were")} treated as [{(state == AlarmState.Alarm ? "Breaching" : "NonBreaching")}].", data);
        }

        var telling = real.Where(point => AlarmRule.Breaches(alarm, point.Value!.Value) == (state == AlarmState.Alarm)).ToList();
        var list = string.Join(", ", telling.AsEnumerable().Reverse().Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.Value} ({point.Start:dd/MM/yy HH:mm:ss})")));
        var threshold = alarm.Threshold.ToString("0.0###", CultureInfo.InvariantCulture);
        var minimum = state == AlarmState.Alarm ? $"minimum {alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods} datapoint{((alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods) == 1 ? "" : "s")} for OK -> ALARM transition" : "minimum 1 datapoint for ALARM -> OK transition";
        return ($"Threshold Crossed: {telling.Count} out of the last {alarm.EvaluationPeriods} datapoints [{list}] {(telling.Count == 1 ? "was" : "were")} {(state == AlarmState.Alarm ? "" : "not ")}{AlarmRule.Words(alarm.Comparison)} the threshold ({threshold}) ({minimum}).", data);
    }
}
