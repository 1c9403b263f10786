using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.LoadBalancing;

namespace Pipeline.Tests.LocalCloud;

/// <summary>A service that shifts traffic: two target groups, a production and a test listener, each with its rule.</summary>
internal sealed class ShiftGround
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(20) };

    private ShiftGround(ComputeCloud cloud) => Cloud = cloud;

    public ComputeCloud Cloud { get; private set; }

    public int Port { get; private init; }

    public int TestPort { get; private init; }

    /// <summary>The groups as the service names them: the first one first.</summary>
    public string First { get; private init; } = "";

    public string Second { get; private init; } = "";

    public string Rule { get; private init; } = "";

    public string TestRule { get; private init; } = "";

    public string Image { get; private init; } = "";

    public static async Task<ShiftGround> Lay(ComputeCloud cloud)
    {
        var (port, first) = await cloud.Ground();
        var testPort = FreePort.Next();
        var second = (string)(await cloud.Elb("CreateTargetGroup", """{"Name":"web-b","Port":"8080","Protocol":"HTTP","VpcId":"vpc-1","TargetType":"ip","HealthCheckPath":"/health","HealthCheckIntervalSeconds":"5","HealthCheckTimeoutSeconds":"2","HealthyThresholdCount":"2"}"""))["TargetGroups"]![0]!["TargetGroupArn"]!;
        var balancer = cloud.Balancer.LoadBalancers.All.Single().Arn;
        var listener = (string)(await cloud.Elb("CreateListener", $$"""{"LoadBalancerArn":"{{balancer}}","Port":"{{testPort}}","Protocol":"HTTP","DefaultActions":[{"Type":"fixed-response","FixedResponseConfig":{"StatusCode":"503"} }]}"""))["Listeners"]![0]!["ListenerArn"]!;
        var rule = cloud.Balancer.Rules.All.Single().Arn;
        var testRule = (string)(await cloud.Elb("CreateRule", $$"""{"ListenerArn":"{{listener}}","Priority":"10","Conditions":[{"Field":"path-pattern","Values":["/*"]}],"Actions":[{"Type":"forward","TargetGroupArn":"{{first}}"}]}"""))["Rules"]![0]!["RuleArn"]!;
        return new(cloud) { Port = port, TestPort = testPort, First = first, Second = second, Rule = rule, TestRule = testRule, Image = await cloud.ProbeImage() };
    }

    /// <summary>After a restart on the same state.</summary>
    public void MovesTo(ComputeCloud cloud) => Cloud = cloud;

    public string LoadBalancers => $$"""
        [{"targetGroupArn":"{{First}}","containerName":"web","containerPort":8080,
          "advancedConfiguration":{"alternateTargetGroupArn":"{{Second}}","productionListenerRule":"{{Rule}}","testListenerRule":"{{TestRule}}","roleArn":"arn:aws:iam::123456789012:role/ecs-lb"} }]
        """;

    /// <param name="configuration">members of deploymentConfiguration</param>
    public async Task Create(string configuration, int count = 1, string version = "v1") => await Cloud.Call("CreateService", $$"""
        {"cluster":"main","serviceName":"web","taskDefinition":"{{await Cloud.Definition(Image, version)}}","desiredCount":{{count}},"launchType":"FARGATE","healthCheckGracePeriodSeconds":20,
         "loadBalancers":{{LoadBalancers}},"deploymentConfiguration":{ {{configuration}} } }
        """);

    /// <summary>A service whose first deployment is through.</summary>
    public async Task Running(string configuration, int count = 1)
    {
        await Create(configuration, count);
        await Ends("SUCCESSFUL");
    }

    public async Task<string> Deploy(string version, string fault = "")
    {
        await Cloud.Update(await Cloud.Definition(Image, version, fault));
        return (string)(await Cloud.LatestDeployment())["serviceDeploymentArn"]!;
    }

    public async Task Configure(string configuration) => await Cloud.Call("UpdateService", $$"""{"cluster":"main","service":"web","deploymentConfiguration":{ {{configuration}} } }""");

    public async Task<JsonObject> Ends(string status)
    {
        await ComputeCloud.Until(async () => (string?)(await Cloud.LatestDeployment())["status"] == status, () => Cloud.LatestDeployment());
        return await Cloud.LatestDeployment();
    }

    public Task Reaches(string stage) => ComputeCloud.Until(async () => (string?)(await Cloud.LatestDeployment())["lifecycleStage"] == stage, () => Cloud.LatestDeployment());

    /// <summary>The hook that awaits an answer, and the stage at which.</summary>
    public async Task<(string Id, string Stage, JsonObject Deployment)> Pause(params string[] seen)
    {
        (string, string, JsonObject)? found = null;
        await ComputeCloud.Until(async () =>
        {
            var deployment = await Cloud.LatestDeployment();
            var hook = deployment["lifecycleHookDetails"]?.AsArray().FirstOrDefault(hook => (string?)hook!["status"] == "AWAITING_ACTION" && !seen.Contains((string)hook["hookId"]!));
            found = hook is null ? null : ((string)hook["hookId"]!, (string)deployment["lifecycleStage"]!, deployment);
            return found is not null;
        }, () => Cloud.LatestDeployment());
        return found!.Value;
    }

    public async Task Answer(string hook, string action = "CONTINUE") =>
        await Cloud.Call("ContinueServiceDeployment", $$"""{"serviceDeploymentArn":"{{(await Cloud.LatestDeployment())["serviceDeploymentArn"]}}","hookId":"{{hook}}","action":"{{action}}"}""");

    public async Task Stop() => await Cloud.Call("StopServiceDeployment", $$"""{"serviceDeploymentArn":"{{(await Cloud.LatestDeployment())["serviceDeploymentArn"]}}","stopType":"ROLLBACK"}""");

    /// <summary>Percent of the rule's traffic on the first group and on the second.</summary>
    public (double First, double Second) Weights(string rule)
    {
        var groups = new RuleTraffic(Cloud.Balancer).Find(rule)!.Forward!;
        double total = groups.Sum(group => group.Weight);
        double Of(string arn) => Math.Round(groups.Where(group => group.Arn == arn).Sum(group => group.Weight) * 100 / total, 1);
        return (Of(First), Of(Second));
    }

    public int Targets(string group) => Cloud.Balancer.Group(group)!.Targets.Count(target => target.State == TargetState.Healthy);

    public Task<string> Version() => Http.GetStringAsync(new Uri($"http://127.0.0.1:{Port}/version"));

    public Task<string> TestVersion() => Http.GetStringAsync(new Uri($"http://127.0.0.1:{TestPort}/version"));

    public Task<string> Slow(TimeSpan span) => Http.GetStringAsync(new Uri($"http://127.0.0.1:{Port}/slow/{span.TotalMilliseconds:0}"));

    /// <summary>Sends requests all the time, quick and slow ones and on new connections, until the work is done; answers how often each answer came.</summary>
    public async Task<IReadOnlyDictionary<string, int>> UnderLoad(Func<Task> work)
    {
        using var done = new CancellationTokenSource();
        var answers = new ConcurrentDictionary<string, int>();
        var clients = Enumerable.Range(0, 6).Select(client => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                answers.AddOrUpdate(await Ask(client), 1, (_, n) => n + 1);
            }
        })).ToList();
        try
        {
            await work();
        }
        finally
        {
            await done.CancelAsync();
            await Task.WhenAll(clients);
        }

        return answers;
    }

    private async Task<string> Ask(int client)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://127.0.0.1:{Port}/{(client == 0 ? "slow/300" : "version")}"));
            request.Headers.ConnectionClose = client == 1;
            using var response = await Http.SendAsync(request);
            return response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync() : $"failed {(int)response.StatusCode}";
        }
        catch (HttpRequestException e)
        {
            return $"failed {e.Message}";
        }
    }
}
