using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.LocalCloud;

/// <summary>ECS beyond the rollout: single tasks, health checks, start order, alarms, capacity, tags. The tasks are small shell scripts.</summary>
[Platform(Exclude = "Win"), Category("Slow")]
internal sealed class EcsFidelityTests
{
    private ComputeCloud _cloud = null!;
    private string _image = "";
    private string _name = "";

    [OneTimeSetUp]
    public async Task Start()
    {
        _cloud = ComputeCloud.Start();
        await _cloud.Call("CreateCluster", """{"clusterName":"main"}""");
        _image = await _cloud.Image("shell", $$"""{"os":"linux","architecture":"{{Architecture}}","config":{"WorkingDir":"/app","Entrypoint":["sh","-c"]} }""", ("app/readme", [], false));
    }

    [SetUp]
    public void Name() => _name = $"t{Guid.NewGuid():N}";

    [OneTimeTearDown]
    public async Task Stop() => await _cloud.DisposeAsync();

    [Test]
    public async Task The_same_token_gives_the_same_task()
    {
        await Register(Container("main", "sleep 60"));
        var run = $$"""{"cluster":"main","taskDefinition":"{{_name}}","clientToken":"{{_name}}","startedBy":"release-7"}""";

        var first = await _cloud.Call("RunTask", run);
        var second = await _cloud.Call("RunTask", run);

        Assert.That(Arns(second), Is.EqualTo(Arns(first)));
        Assert.That(Arns(await _cloud.Call("RunTask", $$"""{"cluster":"main","taskDefinition":"{{_name}}","clientToken":"other"}""")), Is.Not.EqualTo(Arns(first)));
        Assert.That((await _cloud.Call("ListTasks", """{"cluster":"main","startedBy":"release-7"}"""))["taskArns"]!.AsArray().Select(t => (string)t!), Is.EqualTo(Arns(first)));
        Assert.That(() => _cloud.Call("RunTask", run.Replace("release-7", "release-8", StringComparison.Ordinal)), Refused("ConflictException"));
        Assert.That(() => _cloud.Call("RunTask", $$"""{"cluster":"main","taskDefinition":"{{_name}}","startedBy":"{{new string('x', 129)}}"}"""), Refused("InvalidParameterException"));
    }

    [Test]
    public async Task An_essential_container_ends_the_task_another_does_not()
    {
        await Register(Container("side", "exit 3", ""","essential":false"""), Container("main", "sleep 1; exit 7"));

        var task = await Ended(await Run());

        Assert.Multiple(() =>
        {
            Assert.That((string?)task["stopCode"], Is.EqualTo("EssentialContainerExited"));
            Assert.That((string?)task["stoppedReason"], Is.EqualTo("Essential container in task exited"));
            Assert.That(ExitCodes(task), Is.EquivalentTo(new[] { ("side", 3), ("main", 7) }));
        });
    }

    [Test]
    public async Task Overrides_change_command_environment_and_role()
    {
        await Register(Container("main", "exit 1", ""","environment":[{"name":"A","value":"1"}]"""));

        var task = await Ended(await Run("""
            ,"overrides":{"taskRoleArn":"arn:aws:iam::123456789012:role/migrate","containerOverrides":[{"name":"main","environment":[{"name":"A","value":"2"}],
              "command":["test \"$A\" = 2 && test \"$PROBE_ROLE\" = arn:aws:iam::123456789012:role/migrate && exit 42"]}]}
            """));

        Assert.That(ExitCodes(task), Is.EqualTo(new[] { ("main", 42) }));
        Assert.That((string?)task["overrides"]!["taskRoleArn"], Is.EqualTo("arn:aws:iam::123456789012:role/migrate"));
    }

    [Test]
    public async Task Containers_start_in_the_order_of_their_dependencies()
    {
        await Register(
            Container("app", "exit 5", Depends("migrate", "SUCCESS", "sidecar", "HEALTHY", "agent", "START", "once", "COMPLETE")),
            Container("migrate", "sleep 1", ""","essential":false"""),
            Container("once", "exit 9", ""","essential":false"""),
            Container("agent", "sleep 60", ""","essential":false"""),
            Container("sidecar", "sleep 60", ",\"essential\":false," + Check("true", retries: 1)));

        var task = await Ended(await Run());

        Assert.That((string?)task["stopCode"], Is.EqualTo("EssentialContainerExited"));
        Assert.That(ExitCodes(task), Does.Contain(("app", 5)).And.Contain(("migrate", 0)).And.Contain(("once", 9)));
        Assert.That((string?)task["containers"]!.AsArray().Single(c => (string?)c!["name"] == "sidecar")!["healthStatus"], Is.EqualTo("HEALTHY"));
    }

    [Test]
    public async Task A_dependency_that_fails_keeps_the_task_from_starting()
    {
        await Register(Container("app", "exit 5", Depends("migrate", "SUCCESS")), Container("migrate", "exit 4", ""","essential":false"""));

        var task = await Ended(await Run());

        Assert.That((string?)task["stopCode"], Is.EqualTo("TaskFailedToStart"));
        Assert.That((string?)task["stoppedReason"], Does.Contain("container 'migrate'").And.Contain("did not reach SUCCESS but ended with 4"));
        Assert.That(ExitCodes(task), Is.EqualTo(new[] { ("migrate", 4) }), "the container that depends on it never started");
    }

    [TestCase(""","dependsOn":[{"containerName":"none","condition":"START"}]""", "which the task definition does not have")]
    [TestCase(""","dependsOn":[{"containerName":"b","condition":"SUCCESS"}]""", "Container 'b' is essential")]
    [TestCase(""","dependsOn":[{"containerName":"b","condition":"HEALTHY"}]""", "Container 'b' has no health check")]
    [TestCase(""","dependsOn":[{"containerName":"a","condition":"START"}]""", "in a circle: a")]
    [TestCase(""","healthCheck":{"command":["CMD-SHELL","true"],"retries":11}""", "retries must be between 1 and 10, not 11")]
    [TestCase(""","healthCheck":{"command":[]}""", "command must not be empty")]
    public void What_can_never_start_is_refused(string more, string why) =>
        Assert.That(() => Register(Container("a", "true", more), Container("b", "true")), Refused("ClientException").With.Message.Contains(why));

    [Test]
    public async Task A_health_check_tells_how_a_container_is()
    {
        await Register(Container("main", "sleep 60", "," + Check("test ! -e $HOME/sick", retries: 2)), Container("plain", "sleep 60"));
        var arn = await Run();

        await Health(arn, "HEALTHY");
        var home = Path.Combine(_cloud.Folder, "ecs", "tasks", arn.Split('/')[^1]);
        await File.WriteAllTextAsync(Path.Combine(home, "sick"), "");
        await Health(arn, "UNHEALTHY");

        var task = await Describe(arn);
        Assert.That((string?)task["healthStatus"], Is.EqualTo("UNHEALTHY"));
        Assert.That((string?)task["lastStatus"], Is.EqualTo("RUNNING"), "only a service replaces it");
        Assert.That((string?)task["containers"]!.AsArray().Single(c => (string?)c!["name"] == "plain")!["healthStatus"], Is.EqualTo("UNKNOWN"));
    }

    [Test]
    public async Task A_service_replaces_a_task_that_fails_its_own_check()
    {
        await Register(Container("main", "sleep 60", "," + Check("test ! -e $HOME/sick", retries: 1)));
        await Service(1);
        await Completed();
        var before = await Running();
        await File.WriteAllTextAsync(Path.Combine(_cloud.Folder, "ecs", "tasks", before.Split('/')[^1], "sick"), "");

        await ComputeCloud.Until(async () => (string?)(await Describe(before))["lastStatus"] == "STOPPED");
        await ComputeCloud.Until(async () => await Running() is { Length: > 0 } now && now != before);

        Assert.That((string?)(await Describe(before))["stoppedReason"], Is.EqualTo("Task failed container health checks"));
        Assert.That((await _cloud.Service(_name))["events"]!.AsArray().Select(e => (string)e!["message"]!), Has.Some.Contains("failed container health checks."));
        await Delete();
    }

    [Test]
    public void A_check_reaches_its_container_at_its_own_port() =>
        Assert.That(HealthCheckOf("curl -f http://localhost:8080/health || wget http://127.0.0.1:8080/ http://127.0.0.1:9/", new Dictionary<int, int> { [8080] = 40123 }),
            Is.EqualTo("curl -f http://127.0.0.1:40123/health || wget http://127.0.0.1:40123/ http://127.0.0.1:9/"));

    [Test]
    public async Task An_alarm_rolls_a_deployment_back()
    {
        _cloud.Alarms["errors"] = "OK";
        var first = await Register(Container("main", "sleep 60"));
        await Service(1, ""","deploymentConfiguration":{"alarms":{"enable":true,"rollback":true,"alarmNames":["errors"]}}""");
        await Completed();
        Assert.That((string?)(await _cloud.LatestDeployment(_name))["alarms"]!["status"], Is.EqualTo("MONITORING_COMPLETE"));

        // Its dependency never gets healthy in time: the deployment is under way until the alarm ends it.
        var second = await Register(Container("main", "sleep 60", "," + Check("false", retries: 10)));
        await _cloud.Call("UpdateService", $$"""{"cluster":"main","service":"{{_name}}","taskDefinition":"{{second}}"}""");
        var under = await _cloud.LatestDeployment(_name);
        Assert.That(((string?)under["status"], (string?)under["alarms"]!["status"]), Is.EqualTo(("IN_PROGRESS", "MONITORING")));
        Assert.That((string?)(await _cloud.Service(_name))["currentServiceDeployment"], Is.EqualTo((string?)under["serviceDeploymentArn"]));
        _cloud.Alarms["errors"] = "ALARM";
        await ComputeCloud.Until(async () => (string?)(await _cloud.LatestDeployment(_name))["status"] == "ROLLBACK_SUCCESSFUL");

        var over = await _cloud.LatestDeployment(_name);
        Assert.Multiple(() =>
        {
            Assert.That(over["alarms"]!["triggeredAlarmNames"]!.AsArray().Select(n => (string)n!), Is.EqualTo(new[] { "errors" }));
            Assert.That((string?)over["alarms"]!["status"], Is.EqualTo("TRIGGERED"));
            Assert.That((string?)over["rollback"]!["reason"], Does.Contain("errors"));
        });
        Assert.That((string?)(await _cloud.Service(_name))["taskDefinition"], Is.EqualTo(first));
        Assert.That(() => _cloud.Call("UpdateService", $$"""{"cluster":"main","service":"{{_name}}","deploymentConfiguration":{"alarms":{"enable":true,"rollback":true,"alarmNames":["nobody"]} } }"""), Refused("InvalidParameterException").With.Message.Contains("nobody"));
        await Delete();
    }

    [Test]
    public async Task Only_what_changes_tasks_starts_a_deployment()
    {
        await Register(Container("main", "sleep 60"));
        await Service(1);
        await Completed();
        var first = (string?)(await _cloud.LatestDeployment(_name))["serviceDeploymentArn"];

        await Update(""","desiredCount":2""");
        await Update(""","deploymentConfiguration":{"maximumPercent":150,"minimumHealthyPercent":50}""");
        await Update(""","healthCheckGracePeriodSeconds":5,"propagateTags":"SERVICE","enableExecuteCommand":false""");
        await Update(""","capacityProviderStrategy":[{"capacityProvider":"FARGATE_SPOT","weight":1}]""");
        Assert.That((string?)(await _cloud.LatestDeployment(_name))["serviceDeploymentArn"], Is.EqualTo(first));

        await Update(""","networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-2"]}}""");
        var second = await _cloud.LatestDeployment(_name);
        await Update(""","forceNewDeployment":true""");
        var third = await _cloud.LatestDeployment(_name);

        Assert.That(((string?)second["serviceDeploymentArn"]), Is.Not.EqualTo(first));
        Assert.That((string?)third["serviceDeploymentArn"], Is.Not.EqualTo((string?)second["serviceDeploymentArn"]));
        var replaced = (await _cloud.Call("DescribeServiceDeployments", $$"""{"serviceDeploymentArns":["{{second["serviceDeploymentArn"]}}"]}"""))["serviceDeployments"]![0]!;
        Assert.That(((string?)replaced["status"], (string?)replaced["statusReason"]), Is.EqualTo(("STOPPED", "Replaced by a new service deployment.")));
        Assert.That(() => _cloud.Call("StopServiceDeployment", $$"""{"serviceDeploymentArn":"{{second["serviceDeploymentArn"]}}"}"""), Refused("ConflictException"));
        Assert.That(() => _cloud.Call("StopServiceDeployment", $$"""{"serviceDeploymentArn":"{{third["serviceDeploymentArn"]}}","stopType":"ABORT"}"""), Refused("InvalidParameterException"));
        await Delete();
    }

    [Test]
    public async Task Capacity_providers_share_the_tasks_by_base_and_weight()
    {
        await Register(Container("main", "sleep 60"));
        var cluster = (await _cloud.Call("CreateCluster", $$"""{"clusterName":"{{_name}}"}"""))["cluster"]!;
        Assert.That(cluster["capacityProviders"]!.AsArray(), Is.Empty);

        await _cloud.Call("PutClusterCapacityProviders", $$"""{"cluster":"{{_name}}","capacityProviders":["FARGATE","FARGATE_SPOT"],"defaultCapacityProviderStrategy":[{"capacityProvider":"FARGATE","base":1,"weight":1},{"capacityProvider":"FARGATE_SPOT","weight":3}]}""");
        var tasks = (await _cloud.Call("RunTask", $$"""{"cluster":"{{_name}}","taskDefinition":"{{_name}}","count":5}"""))["tasks"]!.AsArray();

        Assert.That(tasks.Select(t => (string)t!["capacityProviderName"]!).Order(StringComparer.Ordinal), Is.EqualTo(new[] { "FARGATE", "FARGATE", "FARGATE_SPOT", "FARGATE_SPOT", "FARGATE_SPOT" }));
        Assert.That(tasks.Select(t => t!["launchType"]), Is.All.Null);
        Assert.That(() => _cloud.Call("RunTask", $$"""{"cluster":"{{_name}}","taskDefinition":"{{_name}}","launchType":"FARGATE","capacityProviderStrategy":[{"capacityProvider":"FARGATE"}]}"""), Refused("InvalidParameterException"));
        Assert.That(() => _cloud.Call("PutClusterCapacityProviders", $$"""{"cluster":"{{_name}}","capacityProviders":["spare"],"defaultCapacityProviderStrategy":[]}"""), Refused("InvalidParameterException").With.Message.Contains("'spare'"));
    }

    [Test]
    public async Task An_inactive_definition_can_be_looked_at_but_not_used()
    {
        var definition = await Register(Container("main", "sleep 60"));
        await Service(0);
        await _cloud.Call("DeregisterTaskDefinition", $$"""{"taskDefinition":"{{definition}}"}""");

        Assert.That((string?)(await _cloud.Call("DescribeTaskDefinition", $$"""{"taskDefinition":"{{definition}}"}"""))["taskDefinition"]!["status"], Is.EqualTo("INACTIVE"));
        Assert.That(() => Run(""","group":"x" """), Refused("ClientException"));
        Assert.That(() => _cloud.Call("UpdateService", $$"""{"cluster":"main","service":"{{_name}}","taskDefinition":"{{definition}}"}"""), Refused("ClientException").With.Message.Contains("inactive"));
        await Delete();
    }

    [Test]
    public async Task Everything_carries_tags_that_are_told_when_asked_for()
    {
        var definition = await Register(Container("main", "sleep 60"));
        await Service(1, ""","tags":[{"key":"owner","value":"shop"}],"propagateTags":"SERVICE" """);
        await Completed();
        var service = (string)(await _cloud.Service(_name))["serviceArn"]!;
        var task = await Running();

        foreach (var arn in new[] { definition, service, task })
        {
            await _cloud.Call("TagResource", $$"""{"resourceArn":"{{arn}}","tags":[{"key":"a","value":"1"},{"key":"b","value":"2"}]}""");
            await _cloud.Call("UntagResource", $$"""{"resourceArn":"{{arn}}","tagKeys":["a"]}""");
        }

        Assert.That(await TagsOf(task), Is.EqualTo(new[] { "b=2", "owner=shop" }));
        Assert.That(await TagsOf(service), Is.EqualTo(new[] { "b=2", "owner=shop" }));
        Assert.That(await TagsOf(definition), Is.EqualTo(new[] { "b=2" }));
        Assert.That((await Describe(task))["tags"], Is.Null);
        Assert.That((await _cloud.Call("DescribeTasks", $$"""{"cluster":"main","tasks":["{{task}}"],"include":["TAGS"]}"""))["tasks"]![0]!["tags"]!.AsArray(), Has.Count.EqualTo(2));
        Assert.That(() => _cloud.Call("ListTagsForResource", $$"""{"resourceArn":"{{service}}x"}"""), Refused("InvalidParameterException"));
        await Delete();
    }

    [Test]
    public async Task A_registry_of_cloud_map_is_taken_when_there_is_one()
    {
        await Register(Container("main", "sleep 60"));

        Assert.That(() => Service(0, ""","serviceRegistries":[{"registryArn":"arn:aws:servicediscovery:eu-central-1:123456789012:service/srv-none"}]"""), Refused("InvalidParameterException").With.Message.Contains("srv-none"));
        await Service(0, ""","serviceRegistries":[{"registryArn":"arn:aws:servicediscovery:eu-central-1:123456789012:service/srv-known"}]""");

        Assert.That((string?)(await _cloud.Service(_name))["serviceRegistries"]![0]!["registryArn"], Does.EndWith("srv-known"));
        await Delete();
    }

    [Test]
    public async Task Deployments_are_listed_by_status_and_time()
    {
        await Register(Container("main", "sleep 60"));
        await Service(0);
        await Completed();
        await Update(""","forceNewDeployment":true""");
        await Completed();
        var all = await List("");

        Assert.That(all, Has.Count.EqualTo(2));
        Assert.That(await List(""","status":["SUCCESSFUL"]"""), Has.Count.EqualTo(2));
        Assert.That(await List(""","status":["STOPPED"]"""), Is.Empty);
        Assert.That(await List($$""","createdAt":{"before":{{all[0]["createdAt"]}} }"""), Has.Count.EqualTo(1));
        Assert.That(await List($$""","createdAt":{"after":{{all[0]["createdAt"]}} }"""), Is.Empty);
        Assert.That(await List(""","maxResults":1"""), Has.Count.EqualTo(1));
        Assert.That(() => List(""","status":["DONE"]"""), Refused("InvalidParameterException"));
        await Delete();

        async Task<List<JsonNode>> List(string more) => [.. (await _cloud.Call("ListServiceDeployments", $$"""{"cluster":"main","service":"{{_name}}"{{more}} }"""))["serviceDeployments"]!.AsArray().Select(d => d!)];
    }

    private static string Architecture => Pipeline.LocalCloud.Registry.ImageStore.Architecture;

    private static NUnit.Framework.Constraints.EqualStringConstraint Refused(string code) => Throws.InstanceOf<AwsException>().With.Property("Code").EqualTo(code);

    private string Container(string name, string script, string more = "") =>
        $$"""{"name":"{{name}}","image":"{{_image}}","stopTimeout":2,"command":[{{JsonValue.Create(script).ToJsonString()}}]{{more}} }""";

    private static string Check(string script, int retries) =>
        $$""" "healthCheck":{"command":["CMD-SHELL",{{JsonValue.Create(script).ToJsonString()}}],"interval":5,"retries":{{retries}} }""";

    private static string Depends(params string[] pairs) =>
        $",\"dependsOn\":[{string.Join(',', pairs.Chunk(2).Select(pair => $$"""{"containerName":"{{pair[0]}}","condition":"{{pair[1]}}"}"""))}]";

    private static string HealthCheckOf(string script, Dictionary<int, int> ports) => Pipeline.LocalCloud.Ecs.HealthCheck.Of(
        JsonNode.Parse("{" + Check(script, 1) + "}")!.AsObject(), ports)!.Words[^1];

    private async Task<string> Register(params string[] containers) =>
        (string)(await _cloud.Call("RegisterTaskDefinition", $$"""{"family":"{{_name}}","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"],"cpu":"256","memory":"512","containerDefinitions":[{{string.Join(',', containers)}}]}"""))["taskDefinition"]!["taskDefinitionArn"]!;

    private async Task<string> Run(string more = "") => Arns(await _cloud.Call("RunTask", $$"""{"cluster":"main","taskDefinition":"{{_name}}:1"{{more}} }"""))[0];

    private Task<JsonObject> Service(int count, string more = "") => _cloud.Call("CreateService", $$"""{"cluster":"main","serviceName":"{{_name}}","taskDefinition":"{{_name}}","desiredCount":{{count}}{{more}} }""");

    private Task<JsonObject> Update(string more) => _cloud.Call("UpdateService", $$"""{"cluster":"main","service":"{{_name}}"{{more}} }""");

    private Task<JsonObject> Delete() => _cloud.Call("DeleteService", $$"""{"cluster":"main","service":"{{_name}}","force":true}""");

    private Task Completed() => ComputeCloud.Until(async () => (string?)(await _cloud.Service(_name))["deployments"]![0]!["rolloutState"] == "COMPLETED", () => _cloud.Service(_name));

    private async Task<string> Running() => (await _cloud.Call("ListTasks", $$"""{"cluster":"main","serviceName":"{{_name}}"}"""))["taskArns"]!.AsArray() is [var only] ? (string)only! : "";

    private async Task<JsonObject> Describe(string arn) => (await _cloud.Call("DescribeTasks", $$"""{"cluster":"main","tasks":["{{arn}}"]}"""))["tasks"]![0]!.AsObject();

    private async Task<JsonObject> Ended(string arn)
    {
        await ComputeCloud.Until(async () => (string?)(await Describe(arn))["lastStatus"] == "STOPPED", () => Describe(arn));
        return await Describe(arn);
    }

    private Task Health(string arn, string health) => ComputeCloud.Until(async () => (string?)(await Describe(arn))["containers"]!.AsArray().Single(c => (string?)c!["name"] == "main")!["healthStatus"] == health, () => Describe(arn));

    private async Task<IEnumerable<string>> TagsOf(string arn) =>
        [.. (await _cloud.Call("ListTagsForResource", $$"""{"resourceArn":"{{arn}}"}"""))["tags"]!.AsArray().Select(t => $"{t!["key"]}={t["value"]}").Order(StringComparer.Ordinal)];

    private static List<string> Arns(JsonObject answer) => [.. answer["tasks"]!.AsArray().Select(t => (string)t!["taskArn"]!)];

    private static List<(string, int)> ExitCodes(JsonObject task) =>
        [.. task["containers"]!.AsArray().Where(c => c!["exitCode"] is not null).Select(c => ((string)c!["name"]!, (int)c["exitCode"]!))];
}
