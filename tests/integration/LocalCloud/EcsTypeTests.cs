using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.CloudFormation.Stacks;
using Pipeline.LocalCloud.Metrics;

namespace Pipeline.Tests.LocalCloud;

/// <summary>The resource types of ECS as the CloudFormation engine calls them.</summary>
[TestFixture, Platform(Exclude = "Win"), Category("Slow")]
internal sealed class EcsTypeTests
{
    private static readonly StackIdentity Stack = new("shop", "arn:aws:cloudformation:eu-central-1:123456789012:stack/shop/1", "123456789012", "eu-central-1", new Dictionary<string, string> { ["team"] = "shop" });

    [Test]
    public async Task A_service_is_made_when_it_is_steady_and_its_failed_update_says_why()
    {
        await using var cloud = ComputeCloud.Start();
        var (_, group) = await cloud.Ground();
        var types = cloud.ResourceTypes.ToDictionary(t => t.Name);
        var image = await cloud.ProbeImage();
        var good = await types["AWS::ECS::TaskDefinition"].Create(Request(Definition(image, "")));
        var bad = await types["AWS::ECS::TaskDefinition"].Create(Request(Definition(image, "crash")));
        var properties = Service(good.PhysicalId, group);

        var made = await types["AWS::ECS::Service"].Create(Request(properties));
        var service = await cloud.Service();
        Assert.That((string?)service["deployments"]![0]!["rolloutState"], Is.EqualTo("COMPLETED"));
        Assert.That(made.Attributes!["Name"], Is.EqualTo("web"));
        Assert.That((int?)service["deploymentConfiguration"]!["maximumPercent"], Is.EqualTo(200));

        var update = types["AWS::ECS::Service"].Update!;
        Assert.That(() => update(Request(Service(bad.PhysicalId, group), made.PhysicalId, properties)),
            Throws.InstanceOf<ResourceFailure>().With.Message.Contains("Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'."));

        // What the engine does then: back to the properties before, which the service has already.
        await update(Request(properties, made.PhysicalId, Service(bad.PhysicalId, group)));
        Assert.That((string?)(await cloud.Service())["taskDefinition"], Is.EqualTo(good.PhysicalId));

        // A template that leaves the count out leaves it to whoever scales.
        await cloud.Call("UpdateService", """{"cluster":"main","service":"web","desiredCount":0}""");
        var uncounted = (JsonObject)properties.DeepClone();
        uncounted.Remove("DesiredCount");
        uncounted["EnableExecuteCommand"] = "true";
        await update(Request(uncounted, made.PhysicalId, properties));
        Assert.That((int?)(await cloud.Service())["desiredCount"], Is.Zero);
        Assert.That((await types["AWS::ECS::Service"].Read!(Request(properties, made.PhysicalId)))!.ToJsonString(), Does.Contain("\"DesiredCount\":0").And.Contain($"\"TaskDefinition\":\"{good.PhysicalId}\""));

        await types["AWS::ECS::Service"].Delete(Request(properties, made.PhysicalId, properties));
        Assert.That((string?)(await cloud.Service())["status"], Is.EqualTo("INACTIVE"));
        await types["AWS::ECS::TaskDefinition"].Delete(Request(Definition(image, ""), good.PhysicalId));
        Assert.That((string?)(await cloud.Call("DescribeTaskDefinition", $$"""{"taskDefinition":"{{good.PhysicalId}}"}"""))["taskDefinition"]!["status"], Is.EqualTo("INACTIVE"));
    }

    [Test]
    public async Task What_the_balancer_counts_is_a_metric_and_a_shifted_weight_is_drift()
    {
        await using var cloud = ComputeCloud.Start();
        var (port, group) = await cloud.Ground();
        await cloud.CreateService(await cloud.Definition(await cloud.ProbeImage(), "1"), group, 1);
        await cloud.Steady(1);
        using var http = new HttpClient();
        for (var i = 0; i < 5; i++)
        {
            await http.GetAsync(new Uri($"http://127.0.0.1:{port}/"));
        }

        var sources = LoadBalancerMetrics.Requests(cloud.Balancer).Where(source => source.Metric.Name == "RequestCount").ToList();
        Assert.That(sources.Select(source => string.Join(',', source.Metric.Dimensions.Select(dimension => dimension.Name))), Is.EquivalentTo(new[] { "TargetGroup,LoadBalancer", "LoadBalancer" }));
        Assert.That(sources.Select(source => source.Samples(new Span(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, Fine: false)).Sum(sample => sample.Sample.Value("Sum"))), Is.All.EqualTo(5));
        Assert.That(LoadBalancerMetrics.Requests(cloud.Balancer).First(source => source.Metric.Name == "TargetResponseTime").Samples(new Span(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, Fine: false)).Max(sample => sample.Sample.Value("p99")), Is.GreaterThan(0).And.LessThan(10));
        Assert.That(LoadBalancerMetrics.Hosts(cloud.Balancer).Single(gauge => gauge.Metric.Name == "HealthyHostCount").Value, Is.EqualTo(1));
        Assert.That(cloud.Ecs.Counts().Single(gauge => gauge.Metric.Name == "RunningTaskCount").Value, Is.EqualTo(1));

        var rule = cloud.Balancer.Rules.All.Single();
        var other = (await cloud.Elb("CreateTargetGroup", """{"Name":"green","Port":"8080","Protocol":"HTTP","VpcId":"vpc-1","TargetType":"ip"}"""))["TargetGroups"]![0]!["TargetGroupArn"];
        var stated = JsonNode.Parse($$"""{"Actions":[{"Type":"forward","ForwardConfig":{"TargetGroups":[{"TargetGroupArn":"{{group}}","Weight":100},{"TargetGroupArn":"{{other}}","Weight":0}] } }]}""")!.AsObject();
        await cloud.Elb("ModifyRule", new JsonObject { ["RuleArn"] = rule.Arn, ["Actions"] = JsonNode.Parse(stated["Actions"]!.ToJsonString().Replace("100", "30", StringComparison.Ordinal).Replace("\"Weight\":0", "\"Weight\":70", StringComparison.Ordinal)) }.ToJsonString());
        var live = await cloud.ResourceTypes.Single(type => type.Name == "AWS::ElasticLoadBalancingV2::ListenerRule").Read!(Request(stated, rule.Arn));
        Assert.That(PropertyDifferences.Between(stated, live!).Select(difference => $"{difference.Path} {difference.Expected} -> {difference.Actual}"), Is.EqualTo(new[]
        {
            "/Actions/0/ForwardConfig/TargetGroups/0/Weight 100 -> 30", "/Actions/0/ForwardConfig/TargetGroups/1/Weight 0 -> 70",
        }));
    }

    private static ResourceRequest Request(JsonObject properties, string physicalId = "", JsonObject? previous = null) => new(Stack, "Thing", physicalId, properties, previous, CancellationToken.None);

    private static JsonObject Definition(string image, string fault) => JsonNode.Parse($$"""
        {"Family":"web","Cpu":"256","Memory":"512","NetworkMode":"awsvpc","RequiresCompatibilities":["FARGATE"],"ContainerDefinitions":[
          {"Name":"web","Image":"{{image}}","Essential":"true","PortMappings":[{"ContainerPort":"8080"}],"Environment":[{"Name":"PROBE_FAULT","Value":"{{fault}}"}]}]}
        """)!.AsObject();

    private static JsonObject Service(string definition, string group) => JsonNode.Parse($$"""
        {"ServiceName":"web","Cluster":"main","TaskDefinition":"{{definition}}","DesiredCount":"1","LaunchType":"FARGATE","HealthCheckGracePeriodSeconds":"20",
         "LoadBalancers":[{"TargetGroupArn":"{{group}}","ContainerName":"web","ContainerPort":"8080"}],
         "DeploymentConfiguration":{"MinimumHealthyPercent":"100","MaximumPercent":"200","DeploymentCircuitBreaker":{"Enable":"true","Rollback":"true"} } }
        """)!.AsObject();
}
