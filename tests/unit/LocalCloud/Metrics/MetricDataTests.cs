using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Metrics;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.LocalCloud.Metrics;

public sealed class MetricDataTests
{
    private const string Hour = "\"StartTime\":\"2026-01-01T11:30:00Z\",\"EndTime\":1767272400";

    [Test]
    public async Task Statistics_are_of_what_was_put()
    {
        using var cloud = new MetricsCloud();
        for (var i = 1; i <= 100; i++)
        {
            await cloud.Put(i);
        }

        var point = (await cloud.Call("GetMetricStatistics", $$"""
            {"Namespace":"Shop","MetricName":"Errors","Dimensions":[{"Name":"Service","Value":"api"}],{{Hour}},"Period":60,"Statistics":["Sum","Average","Minimum","Maximum","SampleCount"],"ExtendedStatistics":["p99","p50"]}
            """)).Objects("Datapoints").Single();

        Assert.That(new[] { "Sum", "Average", "Minimum", "Maximum", "SampleCount" }.Select(name => point.Number(name)), Is.EqualTo(new double?[] { 5050, 50.5, 1, 100, 100 }));
        Assert.That(point.Object("ExtendedStatistics")!.Number("p99"), Is.EqualTo(99));
        Assert.That(point.Number("Timestamp"), Is.EqualTo(1767268800));
    }

    [TestCase("a + b * 2", 10 + 3 * 2)]
    [TestCase("(a - b) / 2", 3.5)]
    [TestCase("-a", -10)]
    [TestCase("SUM([a, b, 1])", 14)]
    [TestCase("MAX([a, b])", 10)]
    [TestCase("IF(a > 5, b, 0)", 3)]
    [TestCase("IF(a <= 5, b, 0)", 0)]
    [TestCase("IF(a > 5, b)", 3)]
    [TestCase("IF(1, b)", 3)]
    public async Task An_expression_is_worked_out_period_by_period(string expression, double expected)
    {
        using var cloud = new MetricsCloud();
        await cloud.Put(10, "A");
        await cloud.Put(3, "B");

        Assert.That((await Query(cloud, expression)).Object("MetricDataResults", 0).Numbers("Values"), Is.EqualTo(new[] { expected }));
    }

    [Test]
    public async Task A_period_without_data_is_left_out_or_filled()
    {
        using var cloud = new MetricsCloud();
        await cloud.Put(10, "A");

        Assert.That((await Query(cloud, "a / b")).Object("MetricDataResults", 0).Numbers("Values"), Is.Empty);
        Assert.That((await Query(cloud, "FILL(b, 0)")).Object("MetricDataResults", 0).Numbers("Values"), Has.Count.EqualTo(90).And.All.Zero);
        Assert.That((await Query(cloud, "a / 0")).Object("MetricDataResults", 0).Numbers("Values"), Is.Empty);
        Assert.That((await Query(cloud, "IF(a > 10, a)")).Object("MetricDataResults", 0).Numbers("Values"), Is.Empty);
        Assert.That((await Query(cloud, "IF(0, a)")).Object("MetricDataResults", 0).Numbers("Values"), Is.Empty);
        Assert.That((await Query(cloud, "IF(FILL(a, 0) + FILL(b, 0) > 0, FILL(b, 0) / (FILL(a, 0) + FILL(b, 0)))")).Object("MetricDataResults", 0).Numbers("Values"), Is.EqualTo(new[] { 0d }), "only where one of them has data");
    }

    [TestCase("ANOMALY_DETECTION_BAND(a)", "ANOMALY_DETECTION_BAND")]
    [TestCase("a +", "breaks at position 3")]
    [TestCase("a ; b", "breaks at position 2")]
    [TestCase("c", "no query with the id c")]
    public void A_broken_or_unknown_expression_is_refused(string expression, string reason)
    {
        using var cloud = new MetricsCloud();

        Assert.That(async () => await Query(cloud, expression), Throws.TypeOf<AwsException>().With.Message.Contains(reason));
    }

    [Test]
    public async Task Metrics_are_listed_by_namespace_and_dimension()
    {
        using var cloud = new MetricsCloud();
        await cloud.Put(1, "A");
        await cloud.Put(1, "B");

        Assert.That((await cloud.Call("ListMetrics", """{"Namespace":"Shop","Dimensions":[{"Name":"Service"}]}""")).Objects("Metrics").Select(metric => metric.Text("MetricName")), Is.EqualTo(new[] { "A", "B" }));
        Assert.That((await cloud.Call("ListMetrics", """{"Dimensions":[{"Name":"Service","Value":"web"}]}""")).Objects("Metrics"), Is.Empty);
        Assert.That(async () => await cloud.Call("PutMetricData", """{"Namespace":"AWS/ECS","MetricData":[{"MetricName":"x","Value":1}]}"""), Throws.TypeOf<AwsException>().With.Message.Contains("reserved"));
    }

    [Test]
    public async Task Gauges_and_what_other_rooms_count_can_be_read()
    {
        var minute = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        var requests = Metric.Of("AWS/ApplicationELB", "RequestCount", ("LoadBalancer", "app/x/1"));
        using var cloud = new MetricsCloud(new Measurements(
            [() => [new MetricSource(requests, "Count", _ => [(minute, Sample.Of(1, 42))])]],
            [() => [new Gauge(Metric.Of("ECS/ContainerInsights", "RunningTaskCount", ("ServiceName", "api")), 3)]]));
        cloud.Pass(TimeSpan.FromSeconds(1));

        var sum = await cloud.Call("GetMetricStatistics", $$"""{"Namespace":"AWS/ApplicationELB","MetricName":"RequestCount","Dimensions":[{"Name":"LoadBalancer","Value":"app/x/1"}],{{Hour}},"Period":300,"Statistics":["Sum"]}""");
        var running = await cloud.Call("GetMetricStatistics", $$"""{"Namespace":"ECS/ContainerInsights","MetricName":"RunningTaskCount","Dimensions":[{"Name":"ServiceName","Value":"api"}],{{Hour}},"Period":60,"Statistics":["Average"]}""");
        Assert.That(sum.Objects("Datapoints").Single().Number("Sum"), Is.EqualTo(42));
        Assert.That(running.Objects("Datapoints").Single().Number("Average"), Is.EqualTo(3));
    }

    [TestCase(1, new[] { 2d, 4, 8 })]
    [TestCase(5, new[] { 6d, 8 })]
    [TestCase(60, new[] { 14d })]
    public async Task Values_of_a_second_are_told_by_second_and_by_minute(int period, double[] sums)
    {
        using var cloud = new MetricsCloud();
        foreach (var (second, value) in new[] { (1, 2), (4, 4), (7, 8) })
        {
            await cloud.Call("PutMetricData", $$"""{"Namespace":"Shop","MetricData":[{"MetricName":"Fine","Value":{{value}},"StorageResolution":1,"Timestamp":"2026-01-01T11:59:0{{second}}Z"}]}""");
        }

        var read = await cloud.Call("GetMetricStatistics", $$"""{"Namespace":"Shop","MetricName":"Fine",{{Hour}},"Period":{{period}},"Statistics":["Sum"]}""");
        Assert.That(read.Objects("Datapoints").Select(p => p.Number("Sum")), Is.EqualTo(sums));
    }

    [Test]
    public async Task After_three_hours_seconds_are_only_known_as_their_minute()
    {
        using var cloud = new MetricsCloud();
        foreach (var second in new[] { 1, 30 })
        {
            await cloud.Call("PutMetricData", $$"""{"Namespace":"Shop","MetricData":[{"MetricName":"Fine","Value":2,"StorageResolution":1,"Timestamp":"2026-01-01T11:59:{{second:00}}Z"}]}""");
        }

        cloud.Pass(TimeSpan.FromHours(4));
        await cloud.Call("PutMetricData", """{"Namespace":"Shop","MetricData":[{"MetricName":"Fine","Value":2,"StorageResolution":1}]}""");

        var read = await cloud.Call("GetMetricStatistics", $$"""{"Namespace":"Shop","MetricName":"Fine",{{Hour}},"Period":1,"Statistics":["SampleCount"]}""");
        Assert.That(read.Objects("Datapoints").Select(p => (p.Number("Timestamp"), p.Number("SampleCount"))), Is.EqualTo(new (double?, double?)[] { (1767268740, 2) }));
    }

    [Test]
    public async Task Gauges_are_known_by_the_second_for_an_hour_and_by_the_minute_for_a_day()
    {
        var (metric, value) = (Metric.Of("ECS/ContainerInsights", "RunningTaskCount", ("ServiceName", "api")), 0);
        using var cloud = new MetricsCloud(new Measurements([], [() => value >= 0 ? [new Gauge(metric, value)] : []]));
        foreach (var next in new[] { 1, 2, -1, 4 })
        {
            value = next;
            cloud.Pass(TimeSpan.FromSeconds(1));
        }

        Assert.That(await Known(1, "2026-01-01T12:00:00Z"), Is.EqualTo(new double?[] { 1, 2, 4 }), "the second in which nobody measured stays empty");
        Assert.That(await Known(60, "2026-01-01T12:00:00Z"), Is.EqualTo(new double?[] { 7 / 3d }));
        value = 9;
        cloud.Pass(TimeSpan.FromHours(2));
        Assert.That(await Known(1, "2026-01-01T12:00:00Z"), Is.EqualTo(new double?[] { 9 }));
        Assert.That(await Known(60, "2026-01-01T12:00:00Z"), Is.EqualTo(new double?[] { 7 / 3d, 9 }));

        async Task<IEnumerable<double?>> Known(int period, string from) => (await cloud.Call("GetMetricStatistics", $$"""
            {"Namespace":"ECS/ContainerInsights","MetricName":"RunningTaskCount","Dimensions":[{"Name":"ServiceName","Value":"api"}],"StartTime":"{{from}}","EndTime":"2026-01-02T12:00:00Z","Period":{{period}},"Statistics":["Average"]}
            """)).Objects("Datapoints").Select(p => p.Number("Average"));
    }

    [Test]
    public async Task Points_come_in_pages_and_a_query_that_goes_on_is_partial()
    {
        using var cloud = new MetricsCloud();
        for (var i = 0; i < 3; i++)
        {
            await cloud.Put(i, "A");
            await cloud.Put(10 + i, "B");
            cloud.Pass(TimeSpan.FromMinutes(1));
        }

        var (pages, token) = (new List<string>(), "");
        do
        {
            var page = await cloud.Call("GetMetricData", $$"""
                {{{Hour}},"ScanBy":"TimestampAscending","MaxDatapoints":2,"NextToken":"{{token}}","MetricDataQueries":[
                  {"Id":"a","MetricStat":{"Metric":{"Namespace":"Shop","MetricName":"A","Dimensions":[{"Name":"Service","Value":"api"}]},"Period":60,"Stat":"Sum"} },
                  {"Id":"b","MetricStat":{"Metric":{"Namespace":"Shop","MetricName":"B","Dimensions":[{"Name":"Service","Value":"api"}]},"Period":60,"Stat":"Sum"} }]}
                """);
            pages.Add(string.Join(' ', page.Objects("MetricDataResults").Select(r => $"{r.Text("StatusCode")}:{string.Join(',', r.List("Values").Select(v => v.ToString()))}")));
            token = page.Text("NextToken") ?? "";
        }
        while (token.Length > 0);

        Assert.That(pages, Is.EqualTo(new[] { "PartialData:0,1 PartialData:", "Complete:2 PartialData:10", "Complete: Complete:11,12" }));
    }

    [Test]
    public async Task A_dashboard_is_kept_as_it_was_put()
    {
        using var cloud = new MetricsCloud();
        await cloud.Call("PutDashboard", """{"DashboardName":"shop","DashboardBody":"{\"widgets\":[]}"}""");

        Assert.That((await cloud.Call("GetDashboard", """{"DashboardName":"shop"}""")).Text("DashboardBody"), Is.EqualTo("""{"widgets":[]}"""));
        Assert.That((await cloud.Call("ListDashboards", "{}")).Objects("DashboardEntries").Single().Int("Size"), Is.EqualTo(14));
        await cloud.Call("DeleteDashboards", """{"DashboardNames":["shop"]}""");
        Assert.That(async () => await cloud.Call("GetDashboard", """{"DashboardName":"shop"}"""), Throws.TypeOf<AwsException>().With.Property("QueryCode").EqualTo("ResourceNotFound"));
        Assert.That(async () => await cloud.Call("PutDashboard", """{"DashboardName":"shop","DashboardBody":"x"}"""), Throws.TypeOf<AwsException>().With.Property("Code").EqualTo("DashboardInvalidInputError"));
    }

    private static Task<JsonObject> Query(MetricsCloud cloud, string expression) => cloud.Call("GetMetricData", $$"""
        {{{Hour}},"MetricDataQueries":[{"Id":"e","Expression":"{{expression}}"},
          {"Id":"a","ReturnData":false,"MetricStat":{"Metric":{"Namespace":"Shop","MetricName":"A","Dimensions":[{"Name":"Service","Value":"api"}]},"Period":60,"Stat":"Sum"} },
          {"Id":"b","ReturnData":false,"MetricStat":{"Metric":{"Namespace":"Shop","MetricName":"B","Dimensions":[{"Name":"Service","Value":"api"}]},"Period":60,"Stat":"Sum"} }]}
        """);
}

internal static class Results
{
    public static JsonObject Object(this JsonObject answer, string list, int at) => answer.Objects(list)[at];
}
