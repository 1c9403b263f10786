using Amazon.CloudWatch;
using Amazon.CloudWatch.Model;

namespace Pipeline.Tests.Aws.Contracts;

internal static class MetricScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("monitoring", "points", "PutMetricData GetMetricStatistics GetMetricData ListMetrics", Points),
        new("monitoring", "an alarm", "PutMetricAlarm DescribeAlarms SetAlarmState DeleteAlarms", Alarm),
        new("monitoring", "a dashboard", "PutDashboard GetDashboard ListDashboards DeleteDashboards", Dashboard),
        new("monitoring", "an alarm's history", "PutMetricAlarm SetAlarmState DescribeAlarmHistory", History) { NotOnMoto = "not implemented" },
    ];

    private static async Task Points(ContractClients on)
    {
        var now = DateTime.UtcNow;
        await on.Metrics.PutMetricDataAsync(new PutMetricDataRequest
        {
            Namespace = on.Name,
            MetricData = [new MetricDatum { MetricName = "errors", Value = 3.5, Unit = StandardUnit.Count, Timestamp = now }, new MetricDatum { MetricName = "errors", Value = 1.5, Unit = StandardUnit.Count, Timestamp = now }],
        });
        var statistics = await on.Metrics.GetMetricStatisticsAsync(new GetMetricStatisticsRequest
        {
            Namespace = on.Name, MetricName = "errors", Period = 3600, Statistics = ["Sum", "Maximum"], StartTime = now.AddHours(-1), EndTime = now.AddHours(1),
        });
        var data = await on.Metrics.GetMetricDataAsync(new GetMetricDataRequest
        {
            StartTime = now.AddHours(-1),
            EndTime = now.AddHours(1),
            MetricDataQueries = [new MetricDataQuery { Id = "e", MetricStat = new MetricStat { Metric = new Metric { Namespace = on.Name, MetricName = "errors" }, Period = 3600, Stat = "Sum" } }],
        });
        var listed = await on.Metrics.ListMetricsAsync(new ListMetricsRequest { Namespace = on.Name });

        Assert.Multiple(() =>
        {
            Assert.That(statistics.Datapoints.Sum(p => p.Sum), Is.EqualTo(5));
            Assert.That(statistics.Datapoints.Max(p => p.Maximum), Is.EqualTo(3.5));
            Assert.That(data.MetricDataResults.Single().Values.Sum(), Is.EqualTo(5));
            Assert.That(listed.Metrics.Select(m => m.MetricName).Distinct(), Is.EqualTo(new[] { "errors" }));
        });
    }

    private static async Task Alarm(ContractClients on)
    {
        await Put(on);
        await on.Metrics.SetAlarmStateAsync(new SetAlarmStateRequest { AlarmName = on.Name, StateValue = StateValue.ALARM, StateReason = "a test" });
        var alarm = (await on.Metrics.DescribeAlarmsAsync(new DescribeAlarmsRequest { AlarmNames = [on.Name] })).MetricAlarms.Single();
        await on.Metrics.DeleteAlarmsAsync(new DeleteAlarmsRequest { AlarmNames = [on.Name] });

        Assert.That((alarm.Threshold, alarm.StateValue, alarm.StateReason), Is.EqualTo(((double?)1, StateValue.ALARM, "a test")));
        Assert.That((await on.Metrics.DescribeAlarmsAsync(new DescribeAlarmsRequest { AlarmNames = [on.Name] })).MetricAlarms ?? [], Is.Empty);
    }

    private static async Task Dashboard(ContractClients on)
    {
        await on.Metrics.PutDashboardAsync(new PutDashboardRequest { DashboardName = on.Name, DashboardBody = """{"widgets":[]}""" });
        var body = (await on.Metrics.GetDashboardAsync(new GetDashboardRequest { DashboardName = on.Name })).DashboardBody;
        var listed = (await on.Metrics.ListDashboardsAsync(new ListDashboardsRequest { DashboardNamePrefix = on.Name })).DashboardEntries;
        await on.Metrics.DeleteDashboardsAsync(new DeleteDashboardsRequest { DashboardNames = [on.Name] });

        Assert.That(body, Is.EqualTo("""{"widgets":[]}"""));
        Assert.That(listed.Select(d => d.DashboardName), Is.EqualTo(new[] { on.Name }));
    }

    private static async Task History(ContractClients on)
    {
        await Put(on);
        await on.Metrics.SetAlarmStateAsync(new SetAlarmStateRequest { AlarmName = on.Name, StateValue = StateValue.ALARM, StateReason = "a test" });

        Assert.That((await on.Metrics.DescribeAlarmHistoryAsync(new DescribeAlarmHistoryRequest { AlarmName = on.Name })).AlarmHistoryItems.Select(h => h.HistoryItemType), Does.Contain(HistoryItemType.StateUpdate));
    }

    private static Task<PutMetricAlarmResponse> Put(ContractClients on) => on.Metrics.PutMetricAlarmAsync(new PutMetricAlarmRequest
    {
        AlarmName = on.Name, Namespace = on.Name, MetricName = "errors", Statistic = Statistic.Sum, Period = 60, EvaluationPeriods = 1, Threshold = 1, ComparisonOperator = ComparisonOperator.GreaterThanThreshold,
    });
}
