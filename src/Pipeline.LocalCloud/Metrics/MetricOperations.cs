using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Metrics;

/// <summary>Writing and reading samples.</summary>
/// <param name="show">a time as the wire carries it</param>
internal sealed class MetricOperations(MetricStore store, TimeProvider time, Func<DateTimeOffset, JsonNode> show)
{
    private static readonly TimeSpan Listed = TimeSpan.FromDays(14);
    private const int MostPoints = 100_800;

    public AwsService AddTo(AwsService service) => service
        .On("PutMetricData", Put)
        .On("GetMetricData", Data)
        .On("GetMetricStatistics", Statistics)
        .On("ListMetrics", List);

    private JsonObject Put(AwsRequest request)
    {
        var space = request.Text("Namespace") ?? throw MetricRefusals.Missing("Namespace");
        if (space.StartsWith("AWS/", StringComparison.Ordinal))
        {
            throw MetricRefusals.Invalid("The value AWS/ for parameter Namespace is invalid: it is reserved.");
        }

        if (request.Body.List("EntityMetricData").Count > 0)
        {
            throw MetricRefusals.Invalid("EntityMetricData is not supported by the embedded cloud.");
        }

        foreach (var datum in request.Body.Objects("MetricData"))
        {
            var metric = new Metric(space, datum.Text("MetricName") ?? throw MetricRefusals.Missing("MetricData.MetricName"), MetricRequests.Dimensions(datum));
            var resolution = datum.Int("StorageResolution") ?? 60;
            store.Put(metric, MetricRequests.Instant(datum, "Timestamp") ?? time.GetUtcNow(), Read(datum), (resolution is 1 or 60 ? resolution : throw MetricRefusals.Invalid("StorageResolution must be 1 or 60."), datum.Text("Unit") ?? "None"));
        }

        return [];
    }

    private static Sample Read(JsonObject datum)
    {
        if (datum.Object("StatisticValues") is { } set)
        {
            double Of(string name) => set.Number(name) ?? throw MetricRefusals.Missing($"StatisticValues.{name}");
            return Sample.OfSet(Of("Sum"), Of("SampleCount"), Of("Minimum"), Of("Maximum"));
        }

        var values = datum.Number("Value") is { } single ? [single] : datum.Numbers("Values");
        var counts = datum.Numbers("Counts");
        if (values.Count == 0 || (counts.Count > 0 && counts.Count != values.Count))
        {
            throw MetricRefusals.Combination("A datum needs a Value, Values with as many Counts, or StatisticValues.");
        }

        var sample = new Sample();
        for (var i = 0; i < values.Count; i++)
        {
            sample.Add(values[i], counts.Count > 0 ? counts[i] : 1);
        }

        return sample;
    }

    /// <summary>All points of all queries in one row, cut into pages: a query whose points go on behind the page is <c>PartialData</c>.</summary>
    private JsonObject Data(AwsRequest request)
    {
        var queries = new MetricQueries(store, request.Body.Objects("MetricDataQueries"));
        var newestFirst = request.Text("ScanBy") != "TimestampAscending";
        var size = request.Body.Int("MaxDatapoints") ?? MostPoints;
        var start = MetricPaging.Start(request);
        if (size is < 1 or > MostPoints)
        {
            throw MetricRefusals.Invalid($"MaxDatapoints must be between 1 and {MostPoints}.");
        }

        var (before, results) = (0, new JsonArray());
        foreach (var id in queries.Returned)
        {
            var all = queries.Evaluate(id, MetricRequests.Window(request.Body, queries.PeriodOf(id))).Points!.OrderBy(point => newestFirst ? -point.Key.Ticks : point.Key.Ticks).ToList();
            var points = all.Skip(Math.Max(0, start - before)).Take(Math.Max(0, start + size - Math.Max(start, before))).ToList();
            before += all.Count;
            results.Add(new JsonObject
            {
                ["Id"] = id,
                ["Label"] = queries.Label(id),
                ["Timestamps"] = new JsonArray([.. points.Select(point => show(point.Key))]),
                ["Values"] = new JsonArray([.. points.Select(point => JsonValue.Create(point.Value))]),
                ["StatusCode"] = before > start + size ? "PartialData" : "Complete",
            });
        }

        var answer = new JsonObject { ["MetricDataResults"] = results, ["Messages"] = new JsonArray() };
        if (before > start + size)
        {
            answer["NextToken"] = MetricPaging.Token(start + size);
        }

        return answer;
    }

    private JsonObject Statistics(AwsRequest request)
    {
        var metric = MetricRequests.Metric(request.Body);
        var period = MetricRequests.Period(request.Body.Int("Period"));
        var plain = request.Body.Texts("Statistics").Select(Sample.RequireStatistic).ToList();
        var extended = request.Body.Texts("ExtendedStatistics").Select(Sample.RequireStatistic).ToList();
        if (plain.Count + extended.Count == 0)
        {
            throw MetricRefusals.Combination("At least one of the parameters Statistics and ExtendedStatistics must be specified.");
        }

        var window = MetricRequests.Window(request.Body, period);
        var unit = store.Unit(metric);
        var points = (request.Text("Unit") ?? unit) == unit ? store.Read(metric, window.From, window.To, period) : [];
        return new JsonObject
        {
            ["Label"] = metric.Name,
            ["Datapoints"] = new JsonArray([.. points.Select(point =>
            {
                var shown = new JsonObject { ["Timestamp"] = show(point.Start), ["Unit"] = unit };
                foreach (var name in plain)
                {
                    shown[name] = point.Sample.Value(name);
                }

                if (extended.Count > 0)
                {
                    shown["ExtendedStatistics"] = new JsonObject(extended.Select(name => KeyValuePair.Create(name, (JsonNode?)point.Sample.Value(name))));
                }

                return shown;
            })]),
        };
    }

    private JsonObject List(AwsRequest request)
    {
        var filters = request.Body.Objects("Dimensions");
        var since = time.GetUtcNow() - (request.Text("RecentlyActive") == "PT3H" ? TimeSpan.FromHours(3) : Listed);
        var found = store.List(since).Where(metric =>
            (request.Text("Namespace") ?? metric.Namespace) == metric.Namespace
            && (request.Text("MetricName") ?? metric.Name) == metric.Name
            && filters.All(filter => metric.Dimensions.Any(dimension => dimension.Name == filter.Text("Name") && (filter.Text("Value") ?? dimension.Value) == dimension.Value))).ToList();
        return MetricPaging.Page(request, "Metrics", found, MetricRequests.Describe, 500);
    }
}
