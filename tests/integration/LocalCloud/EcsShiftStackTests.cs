using System.Text.Json.Nodes;
using Pipeline.Aws;
using Pipeline.LocalCloud;
using Pipeline.LocalCloud.Protocols;
using Pipeline.Tests.Contracts;
using Pipeline.Tests.Deployments;

namespace Pipeline.Tests.LocalCloud;

/// <summary>A stack whose service shifts traffic: what its updates wait for, and what they do to the listener rules.</summary>
[TestFixture, Platform(Exclude = "Win"), Category("Slow")]
internal sealed class EcsShiftStackTests
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly int _port = FreePort.Next();
    private readonly int _testPort = FreePort.Next();
    private CloudServer _cloud = null!;
    private string _image = "";
    private string _template = "";

    [OneTimeSetUp]
    public async Task Create()
    {
        _cloud = await CheckedCloud.Start(new CloudOptions(0, null, TimeScale: 20));
        using var connection = AwsConnection.ToEmbeddedCloud(new Uri(_cloud.Endpoint).Port, "eu-central-1", "123456789012");
        _image = $"{new Uri(_cloud.Endpoint).Authority}/web@{await ProbeImage.Push(_cloud, new AwsAccount(connection), "web", "none")}";
        _template = await File.ReadAllTextAsync(Path.Combine(TestContext.CurrentContext.TestDirectory, "LocalCloud", "templates", "blue-green.yaml"));
        await Call("cloudformation", "CreateStack", Stack("v1"));
        await Ends("CREATE_COMPLETE");
    }

    [OneTimeTearDown]
    public async Task Stop() => await _cloud.DisposeAsync();

    [Test, Order(1)]
    public async Task It_is_made_when_the_service_serves()
    {
        Assert.That(await Version(), Is.EqualTo("v1"));
        Assert.That(await Weights("ProductionRule"), Is.EqualTo("100/0"));
        Assert.That(await Drift("ProductionRule"), Is.EqualTo("IN_SYNC"));
        Assert.That((string?)(await Deployment())["status"], Is.EqualTo("SUCCESSFUL"));
    }

    [Test, Order(2)]
    public async Task An_update_waits_until_the_traffic_has_gone_over()
    {
        await Update(Stack("v2"), "UPDATE_COMPLETE");

        Assert.That(await Version(), Is.EqualTo("v2"));
        Assert.That((await Weights("ProductionRule"), await Weights("TestRule")), Is.EqualTo(("0/100", "0/100")));
        Assert.That((await Drift("ProductionRule"), await Drift("TestRule")), Is.EqualTo(("MODIFIED", "MODIFIED")));
    }

    [Test, Order(3)]
    public async Task An_update_of_something_else_leaves_the_weights_alone()
    {
        await Update(Stack("v2", ("Count", "2")), "UPDATE_COMPLETE");

        Assert.That((await Version(), await Weights("ProductionRule")), Is.EqualTo(("v2", "0/100")));
    }

    [Test, Order(4)]
    public async Task A_broken_version_fails_the_update_and_the_one_before_serves_on()
    {
        await Update(Stack("v3", ("Count", "2"), ("Fault", "crash")), "UPDATE_ROLLBACK_COMPLETE");

        Assert.That((await Version(), await Weights("ProductionRule")), Is.EqualTo(("v2", "0/100")));
        Assert.That(await FailureOf("Service"), Does.Contain("ECS Deployment Circuit Breaker was triggered"));
    }

    [Test, Order(5)]
    public async Task A_hook_answered_with_rollback_fails_the_update()
    {
        await Call("cloudformation", "UpdateStack", Stack("v4", ("Count", "2"), ("Hooks", "yes")));
        JsonNode? hook = null;
        JsonObject deployment = [];
        await Poll.Until(async () => (hook = (deployment = await Deployment())["lifecycleHookDetails"]?.AsArray().FirstOrDefault(h => (string?)h!["status"] == "AWAITING_ACTION")) is not null, "the deployment pauses");
        Assert.That((await Version(), await Version(_testPort)), Is.EqualTo(("v2", "v4")));

        await Call("ecs", "ContinueServiceDeployment", new JsonObject { ["serviceDeploymentArn"] = (string?)deployment["serviceDeploymentArn"], ["hookId"] = (string?)hook!["hookId"], ["action"] = "ROLLBACK" });
        await Ends("UPDATE_ROLLBACK_COMPLETE");

        Assert.That((await Version(), await Version(_testPort)), Is.EqualTo(("v2", "v2")));
        Assert.That(await FailureOf("Service"), Does.Contain("ROLLBACK_SUCCESSFUL").And.Contain("a lifecycle hook was answered with ROLLBACK"));
    }

    [Test, Order(6)]
    public async Task An_update_of_the_rule_itself_puts_the_templates_weights_back()
    {
        await Update(Stack("v2", ("Count", "2"), ("RulePriority", "20")), "UPDATE_COMPLETE");

        Assert.That(await Weights("ProductionRule"), Is.EqualTo("100/0"), "the trap: nothing runs there");
        using var answer = await Http.GetAsync(new Uri($"http://127.0.0.1:{_port}/version"));
        Assert.That((int)answer.StatusCode, Is.EqualTo(503));
    }

    [Test, Order(7)]
    public async Task A_lambda_hook_is_refused_by_name()
    {
        var stack = Stack("v5", ("Count", "2"), ("RulePriority", "20"), ("Hooks", "yes"));
        stack["TemplateBody"] = _template.Replace("TargetType: PAUSE", "HookTargetArn: arn:aws:lambda:eu-central-1:123456789012:function:check", StringComparison.Ordinal);
        await Update(stack, "UPDATE_ROLLBACK_COMPLETE");

        Assert.That(await FailureOf("Service"), Does.Contain("AWS_LAMBDA, since it has no Lambda"));
    }

    private JsonObject Stack(string version, params (string Name, string Value)[] more) => new()
    {
        ["StackName"] = "shop",
        ["TemplateBody"] = _template,
        ["Capabilities"] = new JsonArray("CAPABILITY_IAM"),
        ["Parameters"] = new JsonArray([.. new[] { ("Image", _image), ("Version", version), ("Port", $"{_port}"), ("TestPort", $"{_testPort}") }.Concat(more).Select(p => new JsonObject { ["ParameterKey"] = p.Item1, ["ParameterValue"] = p.Item2 })]),
    };

    private async Task Update(JsonObject stack, string status)
    {
        await Call("cloudformation", "UpdateStack", stack);
        await Ends(status);
    }

    private async Task Ends(string status)
    {
        JsonObject stack = [];
        await Poll.Until(async () => !((string)(stack = (await Call("cloudformation", "DescribeStacks", Named())).Objects("Stacks")[0])["StackStatus"]!).EndsWith("_IN_PROGRESS", StringComparison.Ordinal), "the stack comes to an end");
        Assert.That((string?)stack["StackStatus"], Is.EqualTo(status), $"{stack["StackStatusReason"]}; {string.Join("; ", (await Failures()).Select(e => $"{e["LogicalResourceId"]}: {e["ResourceStatusReason"]}"))}");
    }

    private async Task<List<JsonObject>> Failures() =>
        [.. (await Call("cloudformation", "DescribeStackEvents", Named())).Objects("StackEvents").Where(e => ((string)e["ResourceStatus"]!).EndsWith("_FAILED", StringComparison.Ordinal))];

    private async Task<string?> FailureOf(string resource) => (string?)(await Failures()).First(e => (string?)e["LogicalResourceId"] == resource)["ResourceStatusReason"];

    private async Task<string> Weights(string rule)
    {
        var arn = (string)(await Call("cloudformation", "DescribeStackResource", Named(("LogicalResourceId", rule)))).Object("StackResourceDetail")!["PhysicalResourceId"]!;
        var groups = (await Call("elasticloadbalancing", "DescribeRules", new JsonObject { ["RuleArns"] = new JsonArray(arn) })).Objects("Rules")[0].Objects("Actions")[0].Object("ForwardConfig")!.Objects("TargetGroups");
        return string.Join('/', groups.Select(group => group.Int("Weight")));
    }

    private async Task<string?> Drift(string rule) =>
        (string?)(await Call("cloudformation", "DetectStackResourceDrift", Named(("LogicalResourceId", rule)))).Object("StackResourceDrift")!["StackResourceDriftStatus"];

    private async Task<JsonObject> Deployment()
    {
        var arn = (string?)(await Call("ecs", "ListServiceDeployments", new JsonObject { ["cluster"] = "main", ["service"] = "web" })).Objects("serviceDeployments")[0]["serviceDeploymentArn"];
        return (await Call("ecs", "DescribeServiceDeployments", new JsonObject { ["serviceDeploymentArns"] = new JsonArray(arn) })).Objects("serviceDeployments")[0];
    }

    private Task<string> Version(int? port = null) => Http.GetStringAsync(new Uri($"http://127.0.0.1:{port ?? _port}/version"));

    private static JsonObject Named(params (string Name, string Value)[] more) => new(more.Prepend(("StackName", "shop")).Select(member => KeyValuePair.Create(member.Item1, (JsonNode?)member.Item2)));

    private Task<JsonObject> Call(string service, string operation, JsonObject members) => CheckedCalls.Call(_cloud.Cloud.Services.First(s => s.SigningName == service), operation, members);
}
