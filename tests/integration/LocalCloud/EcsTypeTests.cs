using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;

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

        await types["AWS::ECS::Service"].Delete(Request(properties, made.PhysicalId, properties));
        Assert.That((string?)(await cloud.Service())["status"], Is.EqualTo("INACTIVE"));
        await types["AWS::ECS::TaskDefinition"].Delete(Request(Definition(image, ""), good.PhysicalId));
        Assert.That((string?)(await cloud.Call("DescribeTaskDefinition", $$"""{"taskDefinition":"{{good.PhysicalId}}"}"""))["taskDefinition"]!["status"], Is.EqualTo("INACTIVE"));
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
