using System.Text.Json.Nodes;
using Amazon.CloudFormation.Model;
using Amazon.CloudWatch.Model;
using Pipeline.Aws;
using Pipeline.Tests.Clients;
using Pipeline.Tests.Contracts;
using Task = System.Threading.Tasks.Task;

namespace Pipeline.Tests.LocalCloud;

/// <summary>The sample's alarms and its dashboard, on an embedded cloud.</summary>
public sealed class WatchStackTests
{
    private const string Exports = "ClusterName LoadBalancerName ApiTargetGroup ApiAlternateTargetGroup ApiService WebTargetGroup WebAlternateTargetGroup WebService DatabaseId QueueName DeadLetterQueueName";

    [Test]
    public async Task The_sample_has_alarms_over_everything_and_a_dashboard_that_names_its_metrics()
    {
        await using var cloud = await CheckedCloud.Start();
        using var connection = AwsConnection.ToEmbeddedCloud(cloud.Cloud.Options.Port, "eu-central-1", "123456789012");
        await Watch(connection);

        var alarms = (await connection.CloudWatch.DescribeAlarmsAsync(new() { AlarmNamePrefix = "storefront-dev-" })).MetricAlarms;
        Assert.That(alarms.Select(a => a.AlarmName["storefront-dev-".Length..]), Is.EquivalentTo(new[]
        {
            "api-error-rate", "api-response-time", "api-cpu", "api-memory", "api-tasks", "web-error-rate", "web-response-time", "web-cpu", "web-memory", "web-tasks",
            "database-connections", "queue-depth", "dead-letters",
        }));
        var board = JsonNode.Parse((await connection.CloudWatch.GetDashboardAsync(new() { DashboardName = "storefront-dev-services" })).DashboardBody)!;
        Assert.That(board["widgets"]!.AsArray(), Has.Count.EqualTo(11));
        Assert.That(board.ToJsonString(), Does.Contain("apitargetgroup").And.Contain("webalternatetargetgroup").And.Contain("deadletterqueuename").And.Not.Contain("${"));
    }

    [TestCase("api")]
    [TestCase("web")]
    public async Task Error_rate_and_response_time_are_of_both_target_groups_whichever_has_the_traffic(string service)
    {
        await using var cloud = await CheckedCloud.Start();
        using var connection = AwsConnection.ToEmbeddedCloud(cloud.Cloud.Options.Port, "eu-central-1", "123456789012");
        await Watch(connection);
        var (first, second) = ($"{service}targetgroup", $"{service}alternatetargetgroup");
        var now = DateTimeOffset.UtcNow;
        var start = new DateTimeOffset(now.UtcTicks - now.UtcTicks % TimeSpan.TicksPerHour, TimeSpan.Zero).AddHours(-1);

        await Requests(connection, first, start, 10, 2, 0.5);
        await Requests(connection, first, start.AddMinutes(1), 10, 1, 0.1);
        await Requests(connection, second, start.AddMinutes(1), 30, 3, 0.5);
        await Requests(connection, second, start.AddMinutes(2), 10, 0, 1);
        await Requests(connection, first, start.AddMinutes(4), 5, 5, 2);

        Assert.That(await Points(connection, $"storefront-dev-{service}-error-rate", start), Is.EqualTo(new[] { "0: 20", "1: 10", "2: 0", "4: 100" }), "nothing for the minute without requests");
        Assert.That(await Points(connection, $"storefront-dev-{service}-response-time", start), Is.EqualTo(new[] { "0: 0.5", "1: 0.4", "2: 1", "4: 2" }));
    }

    /// <summary>What the load balancer would measure; nobody may put into its namespace, so the tests use their own.</summary>
    private static async Task Requests(AwsConnection connection, string group, DateTimeOffset minute, int requests, int errors, double seconds)
    {
        List<Dimension> dimensions = [new() { Name = "TargetGroup", Value = group }, new() { Name = "LoadBalancer", Value = "loadbalancername" }];
        await connection.CloudWatch.PutMetricDataAsync(new()
        {
            Namespace = "Balanced",
            MetricData =
            [
                new() { MetricName = "RequestCount", Dimensions = dimensions, Timestamp = minute.UtcDateTime, Value = requests },
                .. errors == 0 ? Array.Empty<MetricDatum>() : [new() { MetricName = "HTTPCode_Target_5XX_Count", Dimensions = dimensions, Timestamp = minute.UtcDateTime, Value = errors }],
                new() { MetricName = "TargetResponseTime", Dimensions = dimensions, Timestamp = minute.UtcDateTime, Values = [seconds], Counts = [requests] },
            ],
        });
    }

    /// <summary>The alarm's own queries by the minute, over the metrics of <see cref="Requests"/>.</summary>
    private static async Task<IEnumerable<string>> Points(AwsConnection connection, string alarm, DateTimeOffset start)
    {
        var queries = (await connection.CloudWatch.DescribeAlarmsAsync(new() { AlarmNames = [alarm] })).MetricAlarms.Single().Metrics;
        foreach (var statistic in queries.Select(q => q.MetricStat).Where(s => s is not null))
        {
            (statistic.Metric.Namespace, statistic.Period) = ("Balanced", 60);
        }

        var read = await connection.CloudWatch.GetMetricDataAsync(new() { MetricDataQueries = queries, StartTime = start.UtcDateTime, EndTime = start.AddMinutes(10).UtcDateTime, ScanBy = "TimestampAscending" });
        var result = read.MetricDataResults.Single();
        return result.Timestamps.Zip(result.Values, (at, value) => FormattableString.Invariant($"{(at.ToUniversalTime() - start.UtcDateTime).TotalMinutes}: {value:0.###}"));
    }

    private static async Task Watch(AwsConnection connection)
    {
        var ground = string.Join('\n', Exports.Split(' ').Select(name => $"  {name}: {{Value: {name.ToLowerInvariant()}, Export: {{Name: storefront-dev-{name}}}}}"));
        await Deploy(connection, "ground", $"Resources:\n  Any: {{Type: AWS::SSM::Parameter, Properties: {{Type: String, Value: x}}}}\nOutputs:\n{ground}\n");
        await Deploy(connection, "watch", await File.ReadAllTextAsync(Path.Combine(Repository.Root, "samples/storefront/infra/watch.yaml")), ("EnvironmentName", "dev"), ("PointSeconds", "10"));
    }

    private static async Task Deploy(AwsConnection connection, string name, string template, params (string Key, string Value)[] parameters)
    {
        await connection.CloudFormation.CreateChangeSetAsync(new CreateChangeSetRequest
        {
            StackName = name, ChangeSetName = "first", ChangeSetType = "CREATE", TemplateBody = template,
            Parameters = [.. parameters.Select(p => new Parameter { ParameterKey = p.Key, ParameterValue = p.Value })],
        });
        var stacks = new Stacks(connection);
        await Poll.Until(async () => (await connection.CloudFormation.DescribeChangeSetAsync(new() { StackName = name, ChangeSetName = "first" })).Status == "CREATE_COMPLETE", "the change set is there");
        await connection.CloudFormation.ExecuteChangeSetAsync(new() { StackName = name, ChangeSetName = "first" });
        await Poll.Until(async () => (await stacks.Describe(name, CancellationToken.None))!.Status == "CREATE_COMPLETE", $"{name} is deployed");
    }
}
