using System.Collections.Concurrent;

namespace Pipeline.Tests.LocalCloud;

[TestFixture, Platform(Exclude = "Win"), Category("Slow")]
internal sealed class EcsDeploymentTests
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(20) };

    [Test]
    public async Task A_service_starts_and_is_reached_through_its_load_balancer()
    {
        await using var cloud = ComputeCloud.Start();
        var (port, group) = await cloud.Ground();
        var image = await cloud.ProbeImage();
        await ComputeCloud.Call(cloud.Logs.Service, "CreateLogGroup", """{"logGroupName":"/web"}""");
        var definition = await cloud.Definition(image, "v1", more: ""","secrets":[{"name":"PASSWORD","valueFrom":"arn:aws:secretsmanager:x:y:secret:known"}],"logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/web","awslogs-stream-prefix":"ecs"}}""");

        await cloud.CreateService(definition, group, 2);
        await cloud.Steady(2);

        var task = (await cloud.Tasks())[0];
        Assert.Multiple(async () =>
        {
            Assert.That(await Get(port, "version"), Is.EqualTo("v1"));
            Assert.That(await Get(port, "variable/PASSWORD"), Is.EqualTo("secret value"));
            Assert.That(await Get(port, "variable/PROBE_IMAGE"), Is.EqualTo("yes"));
            Assert.That(await Get(port, "variable/ASPNETCORE_HTTP_PORTS"), Is.Empty);
            Assert.That(await Get(port, "variable/AWS_ENDPOINT_URL"), Is.EqualTo("http://127.0.0.1:4510"));
            Assert.That(await Get(port, "headers"), Does.Contain($"Host: 127.0.0.1:{port}").And.Contain($"X-Forwarded-Port: {port}"));
            Assert.That(task["containers"]![0]!["imageDigest"]!.GetValue<string>(), Is.EqualTo(image.Split('@')[1]));
            Assert.That((await cloud.Service())["events"]![0]!["message"]!.GetValue<string>(), Is.EqualTo("(service web) has reached a steady state."));
        });
        var stream = $"ecs/web/{task["taskArn"]!.GetValue<string>().Split('/')[^1]}";
        var events = await ComputeCloud.Call(cloud.Logs.Service, "GetLogEvents", $$"""{"logGroupName":"/web","logStreamName":"{{stream}}","startFromHead":true}""");
        Assert.That(events["events"]![0]!["message"]!.GetValue<string>(), Is.EqualTo("probe v1 starts"));
    }

    [Test]
    public async Task No_request_fails_while_the_version_changes_under_load()
    {
        await using var cloud = ComputeCloud.Start();
        var (port, group) = await cloud.Ground();
        var image = await cloud.ProbeImage();
        await cloud.CreateService(await cloud.Definition(image, "v1"), group, 2);
        await cloud.Steady(2);
        using var done = new CancellationTokenSource();
        var answers = new ConcurrentDictionary<string, int>();
        var clients = Enumerable.Range(0, 4).Select(client => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                string answer;
                try
                {
                    using var response = await Http.GetAsync(new Uri($"http://127.0.0.1:{port}/{(client == 0 ? "slow/200" : "version")}"));
                    answer = response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync() : $"failed {(int)response.StatusCode}";
                }
                catch (HttpRequestException e)
                {
                    answer = $"failed {e.Message}";
                }

                answers.AddOrUpdate(answer, 1, (_, n) => n + 1);
            }
        })).ToList();

        await cloud.Update(await cloud.Definition(image, "v2"));
        await cloud.Steady(2);
        await cloud.Update(await cloud.Definition(image, "v3"));
        await cloud.Steady(2);
        await done.CancelAsync();
        await Task.WhenAll(clients);

        Assert.That(answers.Keys, Is.EquivalentTo(new[] { "v1", "v2", "v3" }), string.Join(", ", answers));
        Assert.That((await cloud.LatestDeployment())["status"]!.GetValue<string>(), Is.EqualTo("SUCCESSFUL"));
    }

    [TestCase("crash"), TestCase("unhealthy"), TestCase("hang"), TestCase("port")]
    public async Task A_broken_version_trips_the_breaker_and_the_old_one_serves_on(string fault)
    {
        await using var cloud = ComputeCloud.Start();
        var (port, group) = await cloud.Ground();
        var image = await cloud.ProbeImage();
        await cloud.CreateService(await cloud.Definition(image, "v1"), group, 1);
        await cloud.Steady(1);
        var before = await Get(port, "process");

        await cloud.Update(await cloud.Definition(image, "v2", fault));
        await ComputeCloud.Until(async () =>
        {
            Assert.That(await Get(port, "version"), Is.EqualTo("v1"));
            return (await cloud.LatestDeployment())["status"]!.GetValue<string>() == "ROLLBACK_SUCCESSFUL";
        }, () => cloud.LatestDeployment());

        await cloud.Steady(1);
        var deployment = await cloud.LatestDeployment();
        var stopped = (await cloud.Tasks("STOPPED"))[0];
        Assert.Multiple(async () =>
        {
            Assert.That(await Get(port, "process"), Is.EqualTo(before), "the old task was never touched");
            Assert.That(deployment["deploymentCircuitBreaker"]!["status"]!.GetValue<string>(), Is.EqualTo("TRIGGERED"));
            Assert.That(deployment["deploymentCircuitBreaker"]!["threshold"]!.GetValue<int>(), Is.EqualTo(3));
            Assert.That(stopped["stoppedReason"]!.GetValue<string>(), fault == "crash" ? Is.EqualTo("Essential container in task exited") : Does.StartWith("Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing"));
            if (fault == "crash")
            {
                Assert.That(stopped["containers"]![0]!["exitCode"]!.GetValue<int>(), Is.EqualTo(7));
            }
        });
    }

    [Test]
    public async Task A_task_that_cannot_get_its_image_says_so()
    {
        await using var cloud = ComputeCloud.Start();
        var (_, group) = await cloud.Ground();
        await cloud.CreateService(await cloud.Definition("127.0.0.1:4510/absent:1", "v1"), group, 1, rollback: false);

        await ComputeCloud.Until(async () => (await cloud.LatestDeployment())["status"]!.GetValue<string>() == "STOPPED", () => cloud.LatestDeployment());

        var stopped = (await cloud.Tasks("STOPPED"))[0];
        Assert.That(stopped["stopCode"]!.GetValue<string>(), Is.EqualTo("TaskFailedToStart"));
        Assert.That(stopped["stoppedReason"]!.GetValue<string>(), Does.StartWith("CannotPullContainerError: ").And.Contain("'absent'"));
        Assert.That((await cloud.Service())["deployments"]![0]!["rolloutState"]!.GetValue<string>(), Is.EqualTo("FAILED"));
    }

    [Test]
    public async Task A_secret_that_is_not_there_stops_the_task_before_it_starts()
    {
        await using var cloud = ComputeCloud.Start();
        await cloud.Call("CreateCluster", """{"clusterName":"main"}""");
        var definition = await cloud.Definition(await cloud.ProbeImage(), "v1", more: ""","secrets":[{"name":"PASSWORD","valueFrom":"arn:aws:secretsmanager:x:y:secret:absent"}]""");

        await cloud.Call("RunTask", $$"""{"cluster":"main","taskDefinition":"{{definition}}"}""");
        await ComputeCloud.Until(async () => await cloud.Tasks("STOPPED") is [var task] && task["lastStatus"]!.GetValue<string>() == "STOPPED");

        Assert.That((await cloud.Tasks("STOPPED"))[0]["stoppedReason"]!.GetValue<string>(), Does.StartWith("ResourceInitializationError: unable to pull secrets or registry auth"));
    }

    [Test]
    public async Task A_stopped_deployment_goes_back_on_request()
    {
        await using var cloud = ComputeCloud.Start();
        var (port, group) = await cloud.Ground();
        var image = await cloud.ProbeImage();
        await cloud.CreateService(await cloud.Definition(image, "v1"), group, 1);
        await cloud.Steady(1);
        await cloud.Update(await cloud.Definition(image, "v2", "hang"));

        await cloud.Call("StopServiceDeployment", $$"""{"serviceDeploymentArn":"{{(await cloud.LatestDeployment())["serviceDeploymentArn"]}}"}""");
        await ComputeCloud.Until(async () => (await cloud.LatestDeployment())["status"]!.GetValue<string>() == "ROLLBACK_SUCCESSFUL", () => cloud.LatestDeployment());

        Assert.That(await Get(port, "version"), Is.EqualTo("v1"));
    }

    [Test]
    public async Task A_crashed_task_is_replaced_and_a_desired_count_that_is_not_given_is_kept()
    {
        await using var cloud = ComputeCloud.Start();
        var (port, group) = await cloud.Ground();
        var image = await cloud.ProbeImage();
        await cloud.CreateService(await cloud.Definition(image, "v1"), group, 2);
        await cloud.Steady(2);
        var before = (await cloud.Tasks()).Select(t => t["taskArn"]!.GetValue<string>()).ToList();

        // Whoever sends it on may do so again when its connection is cut, and end the other task as well.
        using var ignored = await Http.GetAsync(new Uri($"http://127.0.0.1:{port}/die"));
        await ComputeCloud.Until(async () => (await cloud.Tasks()).Any(t => !before.Contains(t["taskArn"]!.GetValue<string>()) && t["lastStatus"]!.GetValue<string>() == "RUNNING"), () => cloud.Service());
        await cloud.Steady(2);
        await cloud.Update(await cloud.Definition(image, "v2"));
        await cloud.Steady(2);

        Assert.That(await Get(port, "version"), Is.EqualTo("v2"));
        Assert.That((await cloud.Tasks("STOPPED")).Select(t => t["containers"]![0]!["exitCode"]?.GetValue<int>()), Has.Some.EqualTo(128 + 9));
    }

    [Test]
    public async Task After_a_restart_the_service_and_its_listener_come_back()
    {
        var folder = Directory.CreateTempSubdirectory("compute-").FullName;
        var first = new ComputeCloud(folder);
        var (port, group) = await first.Ground();
        await first.CreateService(await first.Definition(await first.ProbeImage(), "v1"), group, 1);
        await first.Steady(1);
        var before = await Get(port, "process");
        await first.Stop();

        await using var second = new ComputeCloud(folder);
        await ComputeCloud.Until(async () =>
        {
            try
            {
                return (await Get(port, "process")).Length > 0;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, () => second.Service());

        Assert.That(await Get(port, "process"), Is.Not.EqualTo(before));
        Assert.That(ProcessIsAlive(int.Parse(before, System.Globalization.CultureInfo.InvariantCulture)), Is.False);
    }

    [Test]
    public async Task A_service_that_is_deleted_leaves_nothing_running()
    {
        await using var cloud = ComputeCloud.Start();
        var (port, group) = await cloud.Ground();
        await cloud.CreateService(await cloud.Definition(await cloud.ProbeImage(), "v1"), group, 1);
        await cloud.Steady(1);
        var process = int.Parse(await Get(port, "process"), System.Globalization.CultureInfo.InvariantCulture);

        await cloud.Call("DeleteService", """{"cluster":"main","service":"web","force":true}""");
        await ComputeCloud.Until(async () => (await cloud.Service())["status"]!.GetValue<string>() == "INACTIVE", () => cloud.Service());

        Assert.That(ProcessIsAlive(process), Is.False);
    }

    internal static bool ProcessIsAlive(int id)
    {
        try
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static Task<string> Get(int port, string path) => Http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/{path}"));
}
