using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud;
using Pipeline.LocalCloud.Protocols;
using Pipeline.Tests.Contracts;
using Pipeline.Tests.LocalCloud;

namespace Pipeline.Tests.Images;

/// <summary>Images made by Docker on the embedded cloud: real containers of the machine's engine.</summary>
[Platform("Linux"), Category("Slow")]
internal sealed class ContainerTests
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    [Test]
    public async Task A_task_runs_as_a_container_that_listens_on_PORT_and_is_gone_when_it_stops()
    {
        await using var ground = await DockerGround.Start();
        ground.Dockerfile("echo started as $GREETING; trap 'echo asked to end; exit 7' TERM; " + DockerGround.Serve.Replace("exec ", "", StringComparison.Ordinal).Replace("-f ", "", StringComparison.Ordinal) + "; while true; do sleep 1 & wait; done");
        var image = await ground.Build();
        var task = await Run(ground, image.Reference, """, "environment":[{"name":"GREETING","value":"worker of $HOME \"quoted\""}],"portMappings":[{"containerPort":8080}],"logConfiguration":{"logDriver":"awslogs","options":{"awslogs-group":"/shop/worker","awslogs-create-group":"true","awslogs-region":"eu-central-1","awslogs-stream-prefix":"w"} }""");

        var running = await Until(ground, task, t => Status(t) == "RUNNING");
        var container = (string)running["containers"]![0]!["runtimeId"]!;
        var port = (int)running["containers"]![0]!["networkBindings"]![0]!["hostPort"]!;
        await Poll.Until(async () => await Answers(port), "the container answers on its port");
        var command = await File.ReadAllTextAsync($"/proc/{await ground.Docker("inspect", "--format", "{{.State.Pid}}", container)}/cmdline");

        Assert.That(await ground.Docker("inspect", "--format", "{{.HostConfig.NetworkMode}} {{.HostConfig.Memory}} {{.Config.Image}}", container), Is.EqualTo($"host {512 << 20} {image.Reference}"));
        Assert.That(command, Does.Not.Contain("quoted"), "values are on no command line");
        Assert.That(running["containers"]![0]!["reason"], Is.Null);

        await Call(ground, "StopTask", new JsonObject { ["cluster"] = "main", ["task"] = task });
        var stopped = await Until(ground, task, t => Status(t) == "STOPPED");

        Assert.That((int)stopped["containers"]![0]!["exitCode"]!, Is.EqualTo(7));
        Assert.That(await Log(ground, task), Is.EqualTo(new[] { "started as worker of $HOME \"quoted\"", "asked to end" }));
        Assert.That(await Containers(ground), Is.Empty);
    }

    [Test]
    public async Task One_that_does_not_end_is_killed_after_its_stop_timeout()
    {
        await using var ground = await DockerGround.Start();
        ground.Dockerfile("trap '' TERM; while true; do sleep 1; done");
        var task = await Run(ground, (await ground.Build()).Reference, """, "stopTimeout":2""");
        await Until(ground, task, t => Status(t) == "RUNNING");

        await Call(ground, "StopTask", new JsonObject { ["cluster"] = "main", ["task"] = task });

        Assert.That((int)(await Until(ground, task, t => Status(t) == "STOPPED"))["containers"]![0]!["exitCode"]!, Is.EqualTo(137));
        Assert.That(await Containers(ground), Is.Empty);
    }

    [Test]
    public async Task Its_health_check_runs_inside_and_its_use_is_measured()
    {
        await using var ground = await DockerGround.Start();
        ground.Dockerfile("touch /only-inside; " + DockerGround.Serve);
        var image = await ground.Build();
        var healthy = await Run(ground, image.Reference, """, "portMappings":[{"containerPort":8080}],"healthCheck":{"command":["CMD-SHELL","test -e /only-inside && wget -q -O /dev/null http://localhost:8080/"],"interval":5}""");
        var ill = await Run(ground, image.Reference, """, "portMappings":[{"containerPort":8080}],"healthCheck":{"command":["CMD","/bin/false"],"interval":5,"retries":1}""");

        await Until(ground, healthy, t => (string)t["healthStatus"]! == "HEALTHY");
        await Until(ground, ill, t => (string)t["healthStatus"]! == "UNHEALTHY");
        await Poll.Until(async () => (await Metrics(ground)).Contains("TaskMemoryUtilization"), "the task's memory is measured");
    }

    [Test]
    public async Task A_program_that_the_image_does_not_have_is_what_the_engine_says()
    {
        await using var ground = await DockerGround.Start();
        var task = await Run(ground, (await ground.Build()).Reference, """, "entryPoint":["/bin/none-such"]""");

        var stopped = await Until(ground, task, t => Status(t) == "STOPPED");

        Assert.That((string)stopped["stoppedReason"]!, Does.StartWith("CannotStartContainerError: Error response from daemon: ").And.Contain("none-such"));
        Assert.That(await Containers(ground), Is.Empty);
    }

    [Test]
    public async Task Without_an_engine_it_runs_as_a_process_and_says_so()
    {
        await using var ground = await DockerGround.Start(new CloudOptions(0, null, TimeScale: 20) { DockerHost = "unix:///nowhere/docker.sock" });
        ground.Dockerfile("while true; do sleep 1; done");
        var task = await Run(ground, (await ground.Build()).Reference, "");

        var running = await Until(ground, task, t => Status(t) == "RUNNING");

        Assert.That((string)running["containers"]![0]!["reason"]!, Is.EqualTo("Runs as a process of this machine, not as a container: no Docker engine is at unix:///nowhere/docker.sock."));
        Assert.That(running["containers"]![0]!["runtimeId"], Is.Null);
    }

    [Test]
    public async Task The_pipelines_own_layers_stay_processes_beside_an_engine()
    {
        await using var ground = await DockerGround.Start();
        ground.Repository.Service = ground.Repository.Service with { Builder = Pipeline.Configuration.Builder.Files, Docker = null, EntryPoint = ["./run"] };
        ground.Repository.Write("worker/run", "#!/bin/sh\nwhile true; do sleep 1; done\n");
        ground.Repository.MakeRunnable("worker/run");
        var task = await Run(ground, (await ground.Build()).Reference, "");

        var running = await Until(ground, task, t => Status(t) == "RUNNING");

        Assert.That(running["containers"]![0]!["runtimeId"], Is.Null);
        Assert.That(await Containers(ground), Is.Empty);
    }

    [Test]
    public async Task No_container_survives_the_cloud()
    {
        var ground = await DockerGround.Start();
        ground.Dockerfile("trap '' TERM; while true; do sleep 1; done");
        await Until(ground, await Run(ground, (await ground.Build()).Reference, ""), t => Status(t) == "RUNNING");

        await ground.DisposeAsync();

        Assert.That(await Containers(ground), Is.Empty);
    }

    [Test]
    public async Task A_cloud_removes_what_its_killed_predecessor_left()
    {
        var state = Directory.CreateTempSubdirectory("containers-").FullName;
        try
        {
            await using (var ground = await DockerGround.Start(new CloudOptions(0, state, TimeScale: 20)))
            {
                ground.Dockerfile("while true; do sleep 1; done");
                await Call(ground, "CreateCluster", new JsonObject { ["clusterName"] = "main" });
                await Register(ground, (await ground.Build()).Reference, "");
                await Call(ground, "CreateService", new JsonObject { ["cluster"] = "main", ["serviceName"] = "worker", ["taskDefinition"] = "worker", ["desiredCount"] = 1, ["launchType"] = "FARGATE" });
                await Poll.Until(async () => (await Containers(ground, state)).Length == 1, "the service's container runs");
            }

            // The state names a port that is gone; the images are there, whatever they were called.
            using var killed = EcsProgramTests.Start(state);
            await using var looker = await DockerGround.Start();
            await Poll.Until(async () => (await Containers(looker, state)).Length == 1, "the next cloud's container runs");
            var left = await Containers(looker, state);
            await EcsProgramTests.Signal("-KILL", killed.Id);
            await killed.WaitForExitAsync();
            Assert.That(await Containers(looker, state), Is.EqualTo(left), "nobody was left to remove it");

            using var next = EcsProgramTests.Start(state);
            await Poll.Until(async () => await Containers(looker, state) is [var other] && other != left[0], "the old container is gone, a new one runs");
            await EcsProgramTests.Signal("-TERM", next.Id);
            await next.WaitForExitAsync();

            Assert.That(await Containers(looker, state), Is.Empty);
        }
        finally
        {
            Directory.Delete(state, recursive: true);
        }
    }

    private static async Task<string> Run(DockerGround ground, string image, string more)
    {
        await Call(ground, "CreateCluster", new JsonObject { ["clusterName"] = "main" });
        var definition = await Register(ground, image, more);
        return (string)(await Call(ground, "RunTask", new JsonObject { ["cluster"] = "main", ["taskDefinition"] = definition, ["launchType"] = "FARGATE" }))["tasks"]![0]!["taskArn"]!;
    }

    private static async Task<string> Register(DockerGround ground, string image, string more) => (string)(await Call(ground, "RegisterTaskDefinition", JsonNode.Parse($$"""
        {"family":"worker","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"],"cpu":"256","memory":"512","containerDefinitions":[{"name":"w","image":"{{image}}"{{more}} }]}
        """)!.AsObject()))["taskDefinition"]!["taskDefinitionArn"]!;

    private static Task<JsonObject> Call(DockerGround ground, string operation, JsonObject body) => CheckedCalls.Call(ground.Cloud.Cloud.Services.Single(s => s.SigningName == "ecs"), operation, body);

    private static async Task<JsonObject> Until(DockerGround ground, string task, Func<JsonObject, bool> holds)
    {
        var found = new JsonObject();
        await ComputeCloud.Until(
            async () => holds(found = (await Call(ground, "DescribeTasks", new JsonObject { ["cluster"] = "main", ["tasks"] = new JsonArray(task) }))["tasks"]![0]!.AsObject()) || Status(found) == "STOPPED",
            () => Task.FromResult(found));
        Assert.That(holds(found), found.ToJsonString());
        return found;
    }

    private static string Status(JsonObject task) => (string)task["lastStatus"]!;

    private static async Task<string[]> Log(DockerGround ground, string task)
    {
        var service = ground.Cloud.Cloud.Services.Single(s => s.SigningName == "logs");
        var events = await CheckedCalls.Call(service, "GetLogEvents", new JsonObject { ["logGroupName"] = "/shop/worker", ["logStreamName"] = $"w/w/{task.Split('/')[^1]}", ["startFromHead"] = true });
        return [.. events["events"]!.AsArray().Select(e => (string)e!["message"]!)];
    }

    private static async Task<string> Metrics(DockerGround ground)
    {
        var service = ground.Cloud.Cloud.Services.First(s => s.SigningName == "monitoring" && s.Wire == Wire.Json);
        return (await CheckedCalls.Call(service, "ListMetrics", new JsonObject { ["Namespace"] = "ECS/ContainerInsights" })).ToJsonString();
    }

    /// <summary>Ids of the containers that a cloud has in the engine.</summary>
    private static async Task<string[]> Containers(DockerGround ground, string? state = null) =>
        (await ground.Docker("ps", "--all", "--no-trunc", "--quiet", "--filter", $"label=pipeline.cloud={state ?? ground.Cloud.Cloud.Database.Folder}")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<bool> Answers(int port)
    {
        try
        {
            return await Http.GetStringAsync(new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/")) == "print('hello')\n";
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
