using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.LocalCloud;

/// <summary>What a deployment strategy cannot be: refused before anything starts, with what is wrong.</summary>
internal sealed class EcsStrategyRefusalTests
{
    private const string Pause = """ "targetType":"PAUSE","lifecycleStages":["POST_SCALE_UP"] """;
    private ComputeCloud _cloud = null!;
    private ShiftGround _ground = null!;
    private string _definition = "";

    [OneTimeSetUp]
    public async Task Lay()
    {
        _cloud = ComputeCloud.Start();
        _ground = await ShiftGround.Lay(_cloud);
        _definition = await _cloud.Definition(_ground.Image, "v1");
    }

    [OneTimeTearDown]
    public async Task Stop() => await _cloud.DisposeAsync();

    [TestCase(""" "strategy":"PURPLE" """, "The deployment strategy PURPLE is not valid")]
    [TestCase(""" "strategy":"BLUE_GREEN" """, "bakeTimeInMinutes is required")]
    [TestCase(""" "strategy":"BLUE_GREEN","bakeTimeInMinutes":1441 """, "bakeTimeInMinutes must be between 0 and 1440, not 1441")]
    [TestCase(""" "strategy":"LINEAR","linearConfiguration":{"stepPercent":2.9} """, "stepPercent must be a multiple of 0.1 from 3.0 to 100.0, not 2.9")]
    [TestCase(""" "strategy":"LINEAR","linearConfiguration":{"stepBakeTimeInMinutes":-1} """, "stepBakeTimeInMinutes must be between 0 and 1440, not -1")]
    [TestCase(""" "strategy":"CANARY","canaryConfiguration":{"canaryPercent":5.55} """, "canaryPercent must be a multiple of 0.1 from 0.1 to 100.0, not 5.55")]
    [TestCase(""" "strategy":"CANARY","linearConfiguration":{"stepPercent":10} """, "linearConfiguration is only valid with the deployment strategy LINEAR")]
    [TestCase(""" "strategy":"BLUE_GREEN","bakeTimeInMinutes":0,"canaryConfiguration":{} """, "canaryConfiguration is only valid with the deployment strategy CANARY")]
    [TestCase(""" "lifecycleHooks":[{"targetType":"PAUSE","lifecycleStages":["POST_SCALE_UP"]}] """, "lifecycle hooks of rolling deployments")]
    [TestCase(""" "strategy":"BLUE_GREEN","bakeTimeInMinutes":0,"lifecycleHooks":[{"hookTargetArn":"arn:aws:lambda:x","lifecycleStages":["POST_SCALE_UP"]}] """, "target type AWS_LAMBDA, since it has no Lambda")]
    [TestCase(""" "strategy":"BLUE_GREEN","bakeTimeInMinutes":0,"lifecycleHooks":[{"targetType":"PAUSE","lifecycleStages":["BAKE_TIME"]}] """, "The lifecycle stage BAKE_TIME cannot have hooks")]
    [TestCase(""" "strategy":"BLUE_GREEN","bakeTimeInMinutes":0,"lifecycleHooks":[{"targetType":"PAUSE","lifecycleStages":["TEST_TRAFFIC_SHIFT"]}] """, "not supported at the lifecycle stage TEST_TRAFFIC_SHIFT")]
    [TestCase(""" "strategy":"BLUE_GREEN","bakeTimeInMinutes":0,"lifecycleHooks":[{"targetType":"PAUSE","lifecycleStages":["PRODUCTION_TRAFFIC_SHIFT"]}] """, "not supported at the lifecycle stage PRODUCTION_TRAFFIC_SHIFT")]
    [TestCase(""" "strategy":"BLUE_GREEN","bakeTimeInMinutes":0,"lifecycleHooks":[{"targetType":"PAUSE","lifecycleStages":["POST_SCALE_UP"],"timeoutConfiguration":{"timeoutInMinutes":20161} }] """, "timeoutInMinutes must be between 1 and 20160, not 20161")]
    [TestCase(""" "strategy":"BLUE_GREEN","bakeTimeInMinutes":0,"lifecycleHooks":[{"targetType":"PAUSE","lifecycleStages":["POST_SCALE_UP"],"timeoutConfiguration":{"action":"WAIT"} }] """, "The timeout action WAIT is not valid")]
    [TestCase(""" "strategy":"BLUE_GREEN","bakeTimeInMinutes":0,"lifecycleHooks":[{"targetType":"PAUSE"}] """, "needs lifecycleStages")]
    public void A_configuration_that_cannot_be(string configuration, string why) =>
        Assert.That(() => Create(configuration, _ground.LoadBalancers), Refused(why));

    [Test]
    public void More_than_ten_pauses() =>
        Assert.That(() => Create($$""" "strategy":"BLUE_GREEN","bakeTimeInMinutes":0,"lifecycleHooks":[{{string.Join(',', Enumerable.Repeat($"{{{Pause}}}", 11))}}] """, _ground.LoadBalancers), Refused("at most 10 PAUSE lifecycle hooks, not 11"));

    [TestCase("alternateTargetGroupArn", null, "advancedConfiguration.alternateTargetGroupArn is required for each load balancer with the deployment strategy LINEAR")]
    [TestCase("productionListenerRule", null, "advancedConfiguration.productionListenerRule is required")]
    [TestCase("roleArn", null, "advancedConfiguration.roleArn is required")]
    [TestCase("alternateTargetGroupArn", "arn:aws:elasticloadbalancing:x:y:targetgroup/none/1", "(alternateTargetGroupArn arn:aws:elasticloadbalancing:x:y:targetgroup/none/1)")]
    [TestCase("alternateTargetGroupArn", "FIRST", "must be another target group")]
    [TestCase("productionListenerRule", "arn:aws:elasticloadbalancing:x:y:listener-rule/app/none/1/2/3", "of productionListenerRule does not exist")]
    [TestCase("testListenerRule", "arn:aws:elasticloadbalancing:x:y:listener-rule/app/none/1/2/3", "of testListenerRule does not exist")]
    [TestCase("testListenerRule", "RULE", "must be another rule")]
    [TestCase("testListenerRule", "DEFAULT", "of testListenerRule does not forward to")]
    public async Task A_load_balancer_that_traffic_cannot_be_shifted_with(string member, string? value, string why)
    {
        var balancers = JsonNode.Parse(_ground.LoadBalancers)!.AsArray();
        var listener = _cloud.Balancer.Rules.Find(_ground.Rule)!.ListenerArn;
        var last = (await _cloud.Elb("DescribeRules", $$"""{"ListenerArn":"{{listener}}"}"""))["Rules"]!.AsArray().Single(rule => (bool)rule!["IsDefault"]!)!;
        balancers[0]!["advancedConfiguration"]![member] = value switch { "FIRST" => _ground.First, "RULE" => _ground.Rule, "DEFAULT" => (string?)last["RuleArn"], _ => value };

        Assert.That(() => Create(""" "strategy":"LINEAR" """, balancers.ToJsonString()), Refused(why));
    }

    private Task<JsonObject> Create(string configuration, string balancers) => _cloud.Call("CreateService", $$"""
        {"cluster":"main","serviceName":"web","taskDefinition":"{{_definition}}","desiredCount":0,"loadBalancers":{{balancers}},"deploymentConfiguration":{ {{configuration}} } }
        """);

    private static NUnit.Framework.Constraints.ContainsConstraint Refused(string why) =>
        Throws.InstanceOf<AwsException>().With.Property("Code").EqualTo("InvalidParameterException").With.Message.Contains(why);
}
