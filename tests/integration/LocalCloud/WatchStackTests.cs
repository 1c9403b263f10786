using System.Text.Json.Nodes;
using Amazon.CloudFormation.Model;
using Pipeline.Aws;
using Pipeline.Tests.Clients;
using Pipeline.Tests.Contracts;
using Task = System.Threading.Tasks.Task;

namespace Pipeline.Tests.LocalCloud;

/// <summary>The sample's alarms and its dashboard, on an embedded cloud.</summary>
public sealed class WatchStackTests
{
    private const string Exports = "ClusterName LoadBalancerName ApiTargetGroup ApiService WebTargetGroup WebService DatabaseId QueueName DeadLetterQueueName";

    [Test]
    public async Task The_sample_has_alarms_over_everything_and_a_dashboard_that_names_its_metrics()
    {
        await using var cloud = await CheckedCloud.Start();
        using var connection = AwsConnection.ToEmbeddedCloud(cloud.Cloud.Options.Port, "eu-central-1", "123456789012");
        var ground = string.Join('\n', Exports.Split(' ').Select(name => $"  {name}: {{Value: {name.ToLowerInvariant()}, Export: {{Name: storefront-dev-{name}}}}}"));
        await Deploy(connection, "ground", $"Resources:\n  Any: {{Type: AWS::SSM::Parameter, Properties: {{Type: String, Value: x}}}}\nOutputs:\n{ground}\n");
        await Deploy(connection, "watch", await File.ReadAllTextAsync(Path.Combine(Repository.Root, "samples/storefront/infra/watch.yaml")), ("EnvironmentName", "dev"), ("PointSeconds", "10"));

        var alarms = (await connection.CloudWatch.DescribeAlarmsAsync(new() { AlarmNamePrefix = "storefront-dev-" })).MetricAlarms;
        Assert.That(alarms.Select(a => a.AlarmName["storefront-dev-".Length..]), Is.EquivalentTo(new[]
        {
            "api-error-rate", "api-response-time", "api-cpu", "api-memory", "api-tasks", "web-error-rate", "web-response-time", "web-cpu", "web-memory", "web-tasks",
            "database-connections", "queue-depth", "dead-letters",
        }));
        var board = JsonNode.Parse((await connection.CloudWatch.GetDashboardAsync(new() { DashboardName = "storefront-dev-services" })).DashboardBody)!;
        Assert.That(board["widgets"]!.AsArray(), Has.Count.EqualTo(11));
        Assert.That(board.ToJsonString(), Does.Contain("apitargetgroup").And.Contain("deadletterqueuename").And.Not.Contain("${"));
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
