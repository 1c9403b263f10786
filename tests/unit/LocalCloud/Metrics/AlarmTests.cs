using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Metrics;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.LocalCloud.Metrics;

public sealed class AlarmTests
{
    private const string Errors = """
        {"AlarmName":"errors","Namespace":"Shop","MetricName":"Errors","Dimensions":[{"Name":"Service","Value":"api"}],"Statistic":"Sum","Period":60,"EvaluationPeriods":2,"DatapointsToAlarm":2,
         "Threshold":5,"ComparisonOperator":"GreaterThanThreshold","TreatMissingData":"notBreaching","AlarmActions":["arn:aws:sns:us-east-1:123456789012:ops"],"OKActions":["arn:aws:sns:us-east-1:123456789012:ops"]}
        """;

    /// <summary>The tables of the public documentation: 0 is within the threshold, X beyond it, - is missing; oldest first.</summary>
    [TestCase("0 - X - X", 3, "OK", "OK", "OK", "OK")]
    [TestCase("- - - - 0", 3, "OK", "OK", "OK", "OK")]
    [TestCase("- - - - -", 3, "INSUFFICIENT_DATA", null, "ALARM", "OK")]
    [TestCase("0 X X - X", 3, "ALARM", "ALARM", "ALARM", "ALARM")]
    [TestCase("- - X - -", 3, "ALARM", null, "ALARM", "OK")]
    [TestCase("0 - X - X", 2, "ALARM", "ALARM", "ALARM", "ALARM")]
    [TestCase("0 0 X 0 X", 2, "ALARM", "ALARM", "ALARM", "ALARM")]
    [TestCase("0 - X - -", 2, "OK", "OK", "ALARM", "OK")]
    [TestCase("- - - - 0", 2, "OK", "OK", "ALARM", "OK")]
    [TestCase("- - - X -", 2, "ALARM", null, "ALARM", "OK")]
    public void Missing_data_counts_as_it_is_told_to(string points, int toAlarm, string missing, string? ignore, string breaching, string notBreaching)
    {
        IReadOnlyList<double?> values = [.. points.Split(' ').Select(point => point switch { "0" => 1d, "X" => 9d, _ => (double?)null })];
        var expected = new Dictionary<string, string?> { ["missing"] = missing, ["ignore"] = ignore, ["breaching"] = breaching, ["notBreaching"] = notBreaching };

        Assert.Multiple(() =>
        {
            foreach (var (treatment, state) in expected)
            {
                var alarm = new Alarm("a", "arn") { EvaluationPeriods = 3, DatapointsToAlarm = toAlarm, Threshold = 5, Comparison = "GreaterThanThreshold", TreatMissingData = treatment };
                Assert.That(AlarmRule.Decide(alarm, values), Is.EqualTo(state), treatment);
            }
        });
    }

    [Test]
    public async Task It_goes_off_after_its_periods_and_calms_down_again()
    {
        using var cloud = new MetricsCloud();
        await cloud.Call("PutMetricAlarm", Errors);
        Assert.That((await cloud.Alarm()).Text("StateValue"), Is.EqualTo("INSUFFICIENT_DATA"));
        cloud.Pass(TimeSpan.FromMinutes(1));
        Assert.That((await cloud.Alarm()).Text("StateValue"), Is.EqualTo("OK"));

        await cloud.Put(4);
        await cloud.Put(3);
        cloud.Pass(TimeSpan.FromMinutes(1));
        Assert.That((await cloud.Alarm()).Text("StateValue"), Is.EqualTo("OK"), "one period is not enough");
        await cloud.Put(8);
        cloud.Pass(TimeSpan.FromSeconds(30));
        Assert.That((await cloud.Alarm()).Text("StateValue"), Is.EqualTo("OK"), "the second is not over");
        cloud.Pass(TimeSpan.FromSeconds(30));

        var alarm = await cloud.Alarm();
        Assert.That(alarm.Text("StateValue"), Is.EqualTo("ALARM"));
        Assert.That(alarm.Text("StateReason"), Is.EqualTo("Threshold Crossed: 2 out of the last 2 datapoints [8 (01/01/26 12:02:00), 7 (01/01/26 12:01:00)] were greater than the threshold (5.0) (minimum 2 datapoints for OK -> ALARM transition)."));
        Assert.That(cloud.Told.Select(told => told.Subject), Is.EqualTo(new[] { "OK: \"errors\" in us-east-1", "ALARM: \"errors\" in us-east-1" }));
        Assert.That(JsonNode.Parse(cloud.Told.Last().Message)!["OldStateValue"]!.ToString(), Is.EqualTo("OK"));

        cloud.Pass(TimeSpan.FromMinutes(5));
        Assert.That((await cloud.Alarm()).Text("StateValue"), Is.EqualTo("OK"));
        var history = (await cloud.Call("DescribeAlarmHistory", """{"AlarmName":"errors","HistoryItemType":"StateUpdate"}""")).Objects("AlarmHistoryItems");
        Assert.That(history.Select(item => item.Text("HistorySummary")), Is.EqualTo(new[] { "Alarm updated from ALARM to OK", "Alarm updated from OK to ALARM", "Alarm updated from INSUFFICIENT_DATA to OK" }));
    }

    [Test]
    public async Task A_state_set_by_hand_holds_for_a_period()
    {
        using var cloud = new MetricsCloud();
        await cloud.Call("PutMetricAlarm", Errors);
        await cloud.Call("DisableAlarmActions", """{"AlarmNames":["errors"]}""");
        cloud.Pass(TimeSpan.FromSeconds(59));
        await cloud.Call("SetAlarmState", """{"AlarmName":"errors","StateValue":"ALARM","StateReason":"drill"}""");
        cloud.Pass(TimeSpan.FromSeconds(2));
        Assert.That((await cloud.Alarm()).Text("StateValue"), Is.EqualTo("ALARM"));
        Assert.That((await cloud.Alarm()).Text("StateReason"), Is.EqualTo("drill"));
        Assert.That(cloud.Told, Is.Empty);

        cloud.Pass(TimeSpan.FromMinutes(1));
        Assert.That((await cloud.Alarm()).Text("StateValue"), Is.EqualTo("OK"));
        Assert.That(async () => await cloud.Call("SetAlarmState", """{"AlarmName":"none","StateValue":"OK","StateReason":"x"}"""), Throws.TypeOf<AwsException>().With.Property("Code").EqualTo("ResourceNotFound").And.Property("Status").EqualTo(404));
    }

    [Test]
    public async Task A_period_of_ten_seconds_is_watched_every_ten_seconds()
    {
        var value = 50;
        using var cloud = new MetricsCloud(new Measurements([], [() => [new Gauge(Metric.Of("AWS/ECS", "CPUUtilization", ("ServiceName", "api")), value, "Percent")]]));
        await cloud.Call("PutMetricAlarm", """
            {"AlarmName":"errors","Namespace":"AWS/ECS","MetricName":"CPUUtilization","Dimensions":[{"Name":"ServiceName","Value":"api"}],"Statistic":"Average","Period":10,"EvaluationPeriods":2,"Threshold":80,"ComparisonOperator":"GreaterThanThreshold"}
            """);
        var states = new List<string?>();
        for (var second = 0; second < 50; second++)
        {
            value = second is >= 20 and < 40 ? 90 : 50;
            cloud.Pass(TimeSpan.FromSeconds(1));
            if (second % 10 == 9)
            {
                states.Add((await cloud.Alarm()).Text("StateValue"));
            }
        }

        Assert.That(states, Is.EqualTo(new[] { "OK", "OK", "OK", "ALARM", "OK" }));
    }

    [Test]
    public async Task An_expression_can_be_watched()
    {
        using var cloud = new MetricsCloud();
        const string metric = """{"Namespace":"Shop","MetricName":"NAME","Dimensions":[{"Name":"Service","Value":"api"}]}""";
        await cloud.Call("PutMetricAlarm", $$"""
            {"AlarmName":"errors","EvaluationPeriods":1,"Threshold":5,"ComparisonOperator":"GreaterThanOrEqualToThreshold","Metrics":[
              {"Id":"rate","Expression":"100 * errors / IF(requests > 0, requests, 1)"},
              {"Id":"errors","ReturnData":false,"MetricStat":{"Metric":{{metric.Replace("NAME", "Errors", StringComparison.Ordinal)}},"Period":60,"Stat":"Sum"} },
              {"Id":"requests","ReturnData":false,"MetricStat":{"Metric":{{metric.Replace("NAME", "Requests", StringComparison.Ordinal)}},"Period":60,"Stat":"Sum"} }]}
            """);
        await cloud.Put(4);
        await cloud.Put(100, "Requests");
        cloud.Pass(TimeSpan.FromMinutes(1));
        Assert.That((await cloud.Alarm()).Text("StateValue"), Is.EqualTo("OK"));

        await cloud.Put(5);
        await cloud.Put(100, "Requests");
        cloud.Pass(TimeSpan.FromMinutes(1));
        Assert.That((await cloud.Alarm()).Text("StateValue"), Is.EqualTo("ALARM"));
    }

    [TestCase("""{"AlarmName":"a","EvaluationPeriods":1,"Threshold":1,"ComparisonOperator":"GreaterThanUpperThreshold","MetricName":"m","Namespace":"n","Statistic":"Sum","Period":60}""", "GreaterThanUpperThreshold is not supported")]
    [TestCase("""{"AlarmName":"a","EvaluationPeriods":1,"Threshold":1,"ComparisonOperator":"LessThanThreshold","MetricName":"m","Namespace":"n","Statistic":"Sum","Period":61}""", "The period 61")]
    [TestCase("""{"AlarmName":"a","EvaluationPeriods":1,"Threshold":1,"ComparisonOperator":"LessThanThreshold","MetricName":"m","Namespace":"n","Statistic":"Typical","Period":60}""", "The statistic 'Typical'")]
    [TestCase("""{"AlarmName":"a","EvaluationPeriods":1,"DatapointsToAlarm":2,"Threshold":1,"ComparisonOperator":"LessThanThreshold","MetricName":"m","Namespace":"n","Statistic":"Sum","Period":60}""", "DatapointsToAlarm between 1 and EvaluationPeriods")]
    [TestCase("""{"AlarmName":"a","EvaluationPeriods":1,"Threshold":1,"ComparisonOperator":"LessThanThreshold"}""", "either a MetricName or Metrics")]
    [TestCase("""{"AlarmName":"a","EvaluationPeriods":1,"Threshold":1,"ComparisonOperator":"LessThanThreshold","Metrics":[{"Id":"e","Expression":"RATE(m)"},{"Id":"m","ReturnData":false,"MetricStat":{"Metric":{"Namespace":"n","MetricName":"m"},"Period":60,"Stat":"Sum"}}]}""", "The function RATE")]
    [TestCase("""{"AlarmName":"a","EvaluationPeriods":1,"Threshold":1,"ComparisonOperator":"LessThanThreshold","Metrics":[{"Id":"e","Expression":"e + 1"}]}""", "refers to itself")]
    [TestCase("""{"AlarmName":"a","EvaluationPeriods":1,"Threshold":1,"ComparisonOperator":"LessThanThreshold","Metrics":[{"Id":"e","Expression":"1"},{"Id":"f","Expression":"2"}]}""", "Exactly one element")]
    public void One_that_could_never_be_evaluated_is_refused(string body, string reason)
    {
        using var cloud = new MetricsCloud();

        Assert.That(async () => await cloud.Call("PutMetricAlarm", body), Throws.TypeOf<AwsException>().With.Message.Contains(reason));
    }
}
