using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Pipeline.LocalCloud.LoadBalancing;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.LocalCloud;

[TestFixture, Platform(Exclude = "Win")]
internal sealed class LoadBalancingTests
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(20) };
    private ComputeCloud _cloud = null!;
    private int _port;
    private string _group = "";

    [SetUp]
    public async Task MakeBalancer()
    {
        _cloud = ComputeCloud.Start();
        (_port, _group) = await _cloud.Ground();
    }

    [TearDown]
    public ValueTask End() => _cloud.DisposeAsync();

    [Test]
    public async Task Weights_decide_which_group_answers()
    {
        await using var blue = await Backend.Start("blue");
        await using var green = await Backend.Start("green");
        var other = (await _cloud.Elb("CreateTargetGroup", """{"Name":"green","Port":"8080","VpcId":"vpc-1","TargetType":"ip","HealthCheckPath":"/"}"""))["TargetGroups"]![0]!["TargetGroupArn"]!.GetValue<string>();
        await Register(_group, blue.Port);
        var rule = await Rule();
        await _cloud.Elb("ModifyRule", $$"""{"RuleArn":"{{rule}}","Actions":[{"Type":"forward","ForwardConfig":{"TargetGroups":[{"TargetGroupArn":"{{_group}}","Weight":"70"},{"TargetGroupArn":"{{other}}","Weight":"30"}]} }]}""");
        await Register(other, green.Port);
        await Healthy(_group, 1);
        await Healthy(other, 1);

        var answers = new List<string>();
        for (var i = 0; i < 1000; i++)
        {
            answers.Add(await Get());
        }

        Assert.That(answers.Count(a => a == "green"), Is.InRange(200, 400));
        await _cloud.Elb("ModifyRule", $$"""{"RuleArn":"{{rule}}","Actions":[{"Type":"forward","ForwardConfig":{"TargetGroups":[{"TargetGroupArn":"{{_group}}","Weight":"0"},{"TargetGroupArn":"{{other}}","Weight":"1"}]} }]}""");
        Assert.That(await Get(), Is.EqualTo("green"));
        Assert.That(_cloud.Balancer.Group(other)!.Metrics.Points.Sum(p => p.Answers[2]), Is.EqualTo(answers.Count(a => a == "green") + 1));
    }

    [Test]
    public async Task A_deregistered_target_finishes_its_request_and_gets_no_new_one()
    {
        await using var one = await Backend.Start("one");
        await using var two = await Backend.Start("two");
        await Register(_group, one.Port);
        await Healthy(_group, 1);
        var slow = Http.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/wait"));
        await one.Waiting;
        await Register(_group, two.Port);
        await Healthy(_group, 2);

        await _cloud.Elb("DeregisterTargets", $$"""{"TargetGroupArn":"{{_group}}","Targets":[{"Id":"127.0.0.1","Port":"{{one.Port}}"}]}""");
        var state = await State(_group, one.Port);
        var answers = new List<string> { await Get(), await Get(), await Get(), await Get() };
        one.Release();

        Assert.That(state, Is.EqualTo("draining"));
        Assert.That(answers, Is.All.EqualTo("two"));
        Assert.That(await slow, Is.EqualTo("one"));
        await ComputeCloud.Until(async () => await State(_group, one.Port) == "unused");
    }

    [Test]
    public async Task A_target_that_refuses_connections_costs_no_request_and_no_body()
    {
        await using var alive = await Backend.Start("alive");
        var dying = await Backend.Start("dying");
        await Register(_group, alive.Port, dying.Port);
        await Healthy(_group, 2);
        await dying.DisposeAsync();

        for (var i = 0; i < 20; i++)
        {
            using var content = new StringContent($"body {i}");
            using var response = await Http.PostAsync(new Uri($"http://127.0.0.1:{_port}/echo"), content);
            Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo($"body {i}"));
        }
    }

    [Test]
    public async Task Targets_that_are_all_unhealthy_are_asked_nevertheless()
    {
        await using var sick = await Backend.Start("sick", health: 500);
        await Register(_group, sick.Port);

        await ComputeCloud.Until(async () => await State(_group, sick.Port) == "unhealthy");

        Assert.That(await Get(), Is.EqualTo("sick"));
        var health = (await _cloud.Elb("DescribeTargetHealth", $$"""{"TargetGroupArn":"{{_group}}"}"""))["TargetHealthDescriptions"]![0]!["TargetHealth"]!;
        Assert.That((string?)health["Reason"], Is.EqualTo("Target.ResponseCodeMismatch"));
        Assert.That((string?)health["Description"], Is.EqualTo("Health checks failed with these codes: [500]"));
    }

    [Test]
    public async Task A_group_without_targets_answers_503_as_a_load_balancer_does()
    {
        using var response = await Http.GetAsync(new Uri($"http://127.0.0.1:{_port}/"));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(response.Headers.Server.ToString(), Is.EqualTo("awselb/2.0"));
    }

    [Test]
    public async Task A_port_that_is_taken_is_refused_by_name()
    {
        await using var taken = await Backend.Start("taken");
        var balancer = (await _cloud.Elb("DescribeLoadBalancers", "{}"))["LoadBalancers"]![0]!["LoadBalancerArn"];
        Task<JsonObject> Open(int port) => _cloud.Elb("CreateListener", $$"""{"LoadBalancerArn":"{{balancer}}","Port":"{{port}}","Protocol":"HTTP","DefaultActions":[{"Type":"forward","TargetGroupArn":"{{_group}}"}]}""");

        Assert.That(() => Open(taken.Port), Throws.InstanceOf<AwsException>().With.Message.Contains($"Port {taken.Port} on 127.0.0.1 is in use"));
        Assert.That(() => Open(_port), Throws.InstanceOf<AwsException>().With.Property("Code").EqualTo("DuplicateListener"));
    }

    [Test]
    public async Task A_deleted_listener_gives_its_port_back()
    {
        var balancer = (await _cloud.Elb("DescribeLoadBalancers", "{}"))["LoadBalancers"]![0]!["LoadBalancerArn"];
        var listener = (await _cloud.Elb("DescribeListeners", $$"""{"LoadBalancerArn":"{{balancer}}"}"""))["Listeners"]![0]!["ListenerArn"];

        await _cloud.Elb("DeleteListener", $$"""{"ListenerArn":"{{listener}}"}""");

        Assert.That(() => Get(), Throws.InstanceOf<HttpRequestException>());
        await _cloud.Elb("CreateListener", $$"""{"LoadBalancerArn":"{{balancer}}","Port":"{{_port}}","Protocol":"HTTP","DefaultActions":[{"Type":"fixed-response","FixedResponseConfig":{"StatusCode":"200","MessageBody":"back"} }]}""");
        Assert.That(await Get(), Is.EqualTo("back"));
    }

    private Task<string> Get() => Http.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/"));

    private async Task<string> Rule()
    {
        var balancer = (await _cloud.Elb("DescribeLoadBalancers", "{}"))["LoadBalancers"]![0]!["LoadBalancerArn"];
        var listener = (await _cloud.Elb("DescribeListeners", $$"""{"LoadBalancerArn":"{{balancer}}"}"""))["Listeners"]![0]!["ListenerArn"];
        return (await _cloud.Elb("DescribeRules", $$"""{"ListenerArn":"{{listener}}"}"""))["Rules"]![0]!["RuleArn"]!.GetValue<string>();
    }

    private Task<JsonObject> Register(string group, params int[] ports) => _cloud.Elb("RegisterTargets", new JsonObject
    {
        ["TargetGroupArn"] = group,
        ["Targets"] = new JsonArray([.. ports.Select(p => new JsonObject { ["Id"] = "127.0.0.1", ["Port"] = $"{p}" })]),
    }.ToJsonString());

    private Task Healthy(string group, int count) => ComputeCloud.Until(() => Task.FromResult(_cloud.Balancer.Group(group)!.Targets.Count(t => t.State == TargetState.Healthy) == count));

    private async Task<string> State(string group, int port) =>
        (await _cloud.Elb("DescribeTargetHealth", $$"""{"TargetGroupArn":"{{group}}","Targets":[{"Id":"127.0.0.1","Port":"{{port}}"}]}"""))["TargetHealthDescriptions"]![0]!["TargetHealth"]!["State"]!.GetValue<string>();

    /// <summary>A server that answers its name.</summary>
    private sealed class Backend : IAsyncDisposable
    {
        private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly WebApplication _app;

        private Backend(WebApplication app) => _app = app;

        public int Port => new Uri(_app.Urls.Single()).Port;

        public Task Waiting => _waiting.Task;

        public static async Task<Backend> Start(string name, int health = 200)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var backend = new Backend(app);
            app.Run(async http =>
            {
                if (http.Request.Path == "/health")
                {
                    http.Response.StatusCode = health;
                    return;
                }

                if (http.Request.Path == "/echo")
                {
                    await http.Request.Body.CopyToAsync(http.Response.Body);
                    return;
                }

                if (http.Request.Path == "/wait")
                {
                    backend._waiting.TrySetResult();
                    await backend._released.Task;
                }

                await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(name));
            });
            await app.StartAsync();
            return backend;
        }

        public void Release() => _released.TrySetResult();

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }
}
