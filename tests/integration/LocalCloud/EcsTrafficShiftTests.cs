using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.LocalCloud;

/// <summary>Deployments that shift traffic, with real tasks behind real listeners.</summary>
[TestFixture, Platform(Exclude = "Win"), Category("Slow")]
internal sealed class EcsTrafficShiftTests
{
    private const string BlueGreen = """ "strategy":"BLUE_GREEN","bakeTimeInMinutes":0 """;

    [Test]
    public async Task Revisions_take_turns_in_the_two_groups()
    {
        await using var cloud = ComputeCloud.Start();
        var ground = await ShiftGround.Lay(cloud);

        await ground.Running(BlueGreen, 2);
        Assert.That((ground.Weights(ground.Rule), ground.Weights(ground.TestRule)), Is.EqualTo(((100d, 0d), (100d, 0d))), "the first deployment goes where the service says");
        Assert.That((ground.Targets(ground.First), ground.Targets(ground.Second)), Is.EqualTo((2, 0)));

        await ground.Deploy("v2");
        var second = await ground.Ends("SUCCESSFUL");
        await cloud.Steady(2);
        Assert.Multiple(async () =>
        {
            Assert.That((ground.Weights(ground.Rule), ground.Weights(ground.TestRule)), Is.EqualTo(((0d, 100d), (0d, 100d))));
            Assert.That((ground.Targets(ground.First), ground.Targets(ground.Second)), Is.EqualTo((0, 2)));
            Assert.That((await ground.Version(), await ground.TestVersion()), Is.EqualTo(("v2", "v2")));
            Assert.That((string?)second["lifecycleStage"], Is.EqualTo("CLEAN_UP"));
            var revision = (await cloud.Call("DescribeServiceRevisions", $$"""{"serviceRevisionArns":["{{second["targetServiceRevision"]!["arn"]}}"]}"""))["serviceRevisions"]![0]!;
            Assert.That(revision["resolvedConfiguration"]!["loadBalancers"]!.ToJsonString(), Is.EqualTo($$"""[{"targetGroupArn":"{{ground.Second}}","productionListenerRule":"{{ground.Rule}}"}]"""));
        });

        await ground.Deploy("v3");
        await ground.Ends("SUCCESSFUL");
        Assert.That(ground.Weights(ground.Rule), Is.EqualTo((100d, 0d)));
        Assert.That(await ground.Version(), Is.EqualTo("v3"));
    }

    [Test]
    public async Task No_request_fails_through_shift_rollback_from_bake_and_clean_up()
    {
        await using var cloud = ComputeCloud.Start();
        var ground = await ShiftGround.Lay(cloud);
        await ground.Running(BlueGreen, 2);
        var answers = await ground.UnderLoad(async () =>
        {
            await ground.Deploy("v2");
            await ground.Ends("SUCCESSFUL");
            await ground.Configure("""
                "strategy":"BLUE_GREEN","bakeTimeInMinutes":1440
                """);
            await ground.Deploy("v3");
            await ground.Reaches("BAKE_TIME");
            Assert.That(ground.Weights(ground.Rule), Is.EqualTo((100d, 0d)));
            for (var i = 0; i < 100; i++)
            {
                // As long as these are answered, the load is answered by v3 as well.
                Assert.That(await ground.Version(), Is.EqualTo("v3"));
            }

            await ground.Stop();
            Assert.That(ground.Weights(ground.Rule), Is.EqualTo((0d, 100d)), "the traffic is back when the call returns");
            Assert.That((ground.Targets(ground.First) + ground.Targets(ground.Second)), Is.GreaterThanOrEqualTo(2));
            await ground.Ends("ROLLBACK_SUCCESSFUL");
            await ground.Configure("""
                "strategy":"LINEAR","bakeTimeInMinutes":0,"linearConfiguration":{"stepPercent":25.5,"stepBakeTimeInMinutes":0}
                """);
            await ground.Deploy("v4");
            await ground.Ends("SUCCESSFUL");
            await cloud.Steady(2);
        });

        Assert.That(answers.Keys, Is.EquivalentTo(new[] { "v1", "v2", "v3", "v4" }), string.Join(", ", answers));
        Assert.That(answers.Values.Sum(), Is.GreaterThan(1000));
        Assert.That(await ground.Version(), Is.EqualTo("v4"));
    }

    [Test]
    public async Task Every_pause_is_reached_in_order_and_waits()
    {
        await using var cloud = ComputeCloud.Start();
        var ground = await ShiftGround.Lay(cloud);
        await ground.Running(BlueGreen);
        await ground.Configure("""
            "strategy":"CANARY","bakeTimeInMinutes":0,"canaryConfiguration":{"canaryPercent":12.5,"canaryBakeTimeInMinutes":0},
            "lifecycleHooks":[{"targetType":"PAUSE","lifecycleStages":["RECONCILE_SERVICE","PRE_SCALE_UP","POST_SCALE_UP","POST_TEST_TRAFFIC_SHIFT"]},
                              {"targetType":"PAUSE","lifecycleStages":["PRE_PRODUCTION_TRAFFIC_SHIFT","POST_PRODUCTION_TRAFFIC_SHIFT"],"timeoutConfiguration":{"timeoutInMinutes":100,"action":"CONTINUE"} }]
            """);
        await ground.Deploy("v2");

        var seen = new List<string>();
        var told = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            var (id, stage, deployment) = await ground.Pause([.. seen]);
            var (blue, green) = (deployment["sourceServiceRevisions"]![0]!, deployment["targetServiceRevision"]!);
            told.Add($"{stage} tasks {blue["requestedTaskCount"]}/{green["requestedTaskCount"]} test {green["requestedTestTrafficWeight"]} production {green["requestedProductionTrafficWeight"]} live {ground.Weights(ground.TestRule).Second}/{ground.Weights(ground.Rule).Second}");
            Assert.That((double)blue["requestedProductionTrafficWeight"]! + (double)green["requestedProductionTrafficWeight"]!, Is.EqualTo(100));
            seen.Add(id);
            await ground.Answer(id);
        }

        var ended = await ground.Ends("SUCCESSFUL");
        Assert.That(told, Is.EqualTo(new[]
        {
            "PRE_SCALE_UP tasks 1/0 test 0 production 0 live 0/0",
            "POST_SCALE_UP tasks 1/1 test 0 production 0 live 0/0",
            "POST_TEST_TRAFFIC_SHIFT tasks 1/1 test 100 production 0 live 100/0",
            "PRODUCTION_TRAFFIC_SHIFT tasks 1/1 test 100 production 0 live 100/0",
            "PRODUCTION_TRAFFIC_SHIFT tasks 1/1 test 100 production 12.5 live 100/12.5",
            "POST_PRODUCTION_TRAFFIC_SHIFT tasks 1/1 test 100 production 100 live 100/100",
        }));
        Assert.That(seen, Is.Unique);
        var hooks = ended["lifecycleHookDetails"]!.AsArray();
        Assert.That(hooks.Select(hook => $"{hook!["targetType"]} {hook["status"]} {hook["timeoutAction"]}"), Is.EqualTo(Enumerable.Repeat("PAUSE SUCCEEDED ROLLBACK", 3).Concat(Enumerable.Repeat("PAUSE SUCCEEDED CONTINUE", 3))));
        Assert.That(() => ground.Answer(seen[0]), Refused("it is SUCCESSFUL"));
    }

    [Test]
    public async Task An_answer_that_cannot_be_is_refused()
    {
        await using var cloud = ComputeCloud.Start();
        var ground = await ShiftGround.Lay(cloud);
        await ground.Create(Paused("PRE_SCALE_UP"));
        var (id, _, _) = await ground.Pause();

        Assert.That(() => ground.Answer("ecs-pause-none"), Refused("no lifecycle hook ecs-pause-none"));
        Assert.That(() => ground.Answer(id, "WAIT"), Refused("The action WAIT is not valid"));
        Assert.That(() => cloud.Call("ContinueServiceDeployment", $$"""{"serviceDeploymentArn":"arn:none","hookId":"{{id}}"}"""), Throws.InstanceOf<AwsException>().With.Property("Code").EqualTo("ServiceDeploymentNotFoundException"));
        Assert.That(() => ground.Stop(), Throws.InstanceOf<AwsException>().With.Property("Code").EqualTo("ConflictException"), "nothing to go back to");

        await ground.Answer(id, "ROLLBACK");
        var ended = await ground.Ends("STOPPED");
        Assert.That((string?)ended["statusReason"], Does.Contain("answered with ROLLBACK"));
        Assert.That((string?)(await cloud.Service())["deployments"]![0]!["rolloutState"], Is.EqualTo("FAILED"));
        Assert.That(await cloud.Tasks(), Is.Empty);
    }

    [TestCase("POST_SCALE_UP"), TestCase("POST_TEST_TRAFFIC_SHIFT"), TestCase("PRE_PRODUCTION_TRAFFIC_SHIFT"), TestCase("POST_PRODUCTION_TRAFFIC_SHIFT")]
    public async Task A_hook_that_says_rollback_gives_everything_back(string stage)
    {
        await using var cloud = ComputeCloud.Start();
        var ground = await ShiftGround.Lay(cloud);
        await ground.Running(BlueGreen);
        await ground.Configure(Paused(stage));
        await ground.Deploy("v2");
        var (id, _, _) = await ground.Pause();

        await ground.Answer(id, "ROLLBACK");
        Assert.That((ground.Weights(ground.Rule), ground.Weights(ground.TestRule)), Is.EqualTo(((100d, 0d), (100d, 0d))), "at once");
        var ended = await ground.Ends("ROLLBACK_SUCCESSFUL");
        await cloud.Steady(1);

        Assert.Multiple(async () =>
        {
            Assert.That(await ground.Version(), Is.EqualTo("v1"));
            Assert.That(ground.Targets(ground.Second), Is.Zero);
            Assert.That((string?)ended["rollback"]!["serviceRevisionArn"], Is.EqualTo((string?)ended["sourceServiceRevisions"]![0]!["arn"]));
            Assert.That((string?)ended["lifecycleHookDetails"]![0]!["status"], Is.EqualTo("FAILED"));
        });
    }

    [Test]
    public async Task It_can_be_stopped_while_the_new_tasks_start()
    {
        await using var cloud = ComputeCloud.Start();
        var ground = await ShiftGround.Lay(cloud);
        await ground.Running(BlueGreen);
        await ground.Deploy("v2", "hang");
        await ground.Reaches("SCALE_UP");

        await ground.Stop();
        var ended = await ground.Ends("ROLLBACK_SUCCESSFUL");
        await cloud.Steady(1);

        Assert.That((string?)ended["rollback"]!["reason"], Does.Contain("StopServiceDeployment"));
        Assert.That((ground.Weights(ground.Rule), await ground.Version()), Is.EqualTo(((100d, 0d), "v1")));
        Assert.That(() => ground.Stop(), Throws.InstanceOf<AwsException>().With.Property("Code").EqualTo("ConflictException"));
    }

    [TestCase("ROLLBACK", "ROLLBACK_SUCCESSFUL", "v1"), TestCase("CONTINUE", "SUCCESSFUL", "v2")]
    public async Task An_unanswered_hook_ends_as_it_says(string action, string status, string version)
    {
        await using var cloud = ComputeCloud.Start();
        var ground = await ShiftGround.Lay(cloud);
        await ground.Running(BlueGreen);
        await ground.Configure(Paused("POST_TEST_TRAFFIC_SHIFT", $$""" ,"timeoutConfiguration":{"timeoutInMinutes":1,"action":"{{action}}"} """));
        await ground.Deploy("v2");

        var ended = await ground.Ends(status);

        Assert.That((string?)ended["lifecycleHookDetails"]![0]!["status"], Is.EqualTo("TIMED_OUT"));
        Assert.That(await ground.Version(), Is.EqualTo(version));
    }

    [Test]
    public async Task A_broken_revision_never_gets_traffic()
    {
        await using var cloud = ComputeCloud.Start();
        var ground = await ShiftGround.Lay(cloud);
        await ground.Running("""
            "strategy":"BLUE_GREEN","bakeTimeInMinutes":0,"deploymentCircuitBreaker":{"enable":true,"rollback":true}
            """);

        var answers = await ground.UnderLoad(async () =>
        {
            await ground.Deploy("v2", "crash");
            var ended = await ground.Ends("ROLLBACK_SUCCESSFUL");
            Assert.That((string?)ended["deploymentCircuitBreaker"]!["status"], Is.EqualTo("TRIGGERED"));
            Assert.That((string?)ended["lifecycleStage"], Is.EqualTo("SCALE_UP"));
        });

        Assert.That(answers.Keys, Is.EqualTo(new[] { "v1" }), string.Join(", ", answers));
    }

    [Test]
    public async Task A_rule_that_no_longer_forwards_ends_the_deployment_and_not_the_old_tasks()
    {
        await using var cloud = ComputeCloud.Start();
        var ground = await ShiftGround.Lay(cloud);
        await ground.Running(BlueGreen);
        await ground.Configure(Paused("POST_TEST_TRAFFIC_SHIFT"));
        await ground.Deploy("v2");
        var (id, _, deployment) = await ground.Pause();
        var revision = (await cloud.Call("DescribeServiceRevisions", $$"""{"serviceRevisionArns":["{{deployment["targetServiceRevision"]!["arn"]}}"]}"""))["serviceRevisions"]![0]!;
        Assert.That((string?)revision["containerImages"]![0]!["imageDigest"], Is.EqualTo(ground.Image.Split('@')[1]), "what is about to get traffic is known");

        await cloud.Elb("ModifyRule", $$"""{"RuleArn":"{{ground.Rule}}","Actions":[{"Type":"fixed-response","FixedResponseConfig":{"StatusCode":"503","MessageBody":"back soon"} }]}""");
        await ground.Answer(id);
        var ended = await ground.Ends("ROLLBACK_SUCCESSFUL");

        Assert.That((string?)ended["statusReason"], Does.Contain($"the listener rule {ground.Rule} cannot be changed"));
        Assert.That((ground.Targets(ground.First), ground.Targets(ground.Second)), Is.EqualTo((1, 0)));
    }

    [Test]
    public async Task An_alarm_while_it_bakes_gives_the_traffic_back()
    {
        await using var cloud = ComputeCloud.Start();
        cloud.Alarms["errors"] = "OK";
        var ground = await ShiftGround.Lay(cloud);
        const string Watched = """ "strategy":"BLUE_GREEN","bakeTimeInMinutes":1440,"alarms":{"enable":true,"rollback":true,"alarmNames":["errors"]} """;
        await ground.Running(BlueGreen, 2);
        await ground.Configure(Watched);

        var answers = await ground.UnderLoad(async () =>
        {
            await ground.Deploy("v2");
            await ground.Reaches("BAKE_TIME");
            Assert.That((ground.Targets(ground.First), ground.Targets(ground.Second)), Is.EqualTo((2, 2)), "both run in full");
            cloud.Alarms["errors"] = "ALARM";
            var ended = await ground.Ends("ROLLBACK_SUCCESSFUL");
            Assert.That((string?)ended["alarms"]!["status"], Is.EqualTo("TRIGGERED"));
            Assert.That((string?)ended["rollback"]!["reason"], Does.Contain("errors"));
        });

        Assert.That(answers.Keys, Is.EquivalentTo(new[] { "v1", "v2" }), string.Join(", ", answers));
        Assert.That(await ground.Version(), Is.EqualTo("v1"));
    }

    [Test]
    public async Task A_changed_count_reaches_both_revisions()
    {
        await using var cloud = ComputeCloud.Start();
        var ground = await ShiftGround.Lay(cloud);
        await ground.Running(BlueGreen);
        await ground.Configure(Paused("POST_PRODUCTION_TRAFFIC_SHIFT"));
        await ground.Deploy("v2");
        var (id, _, _) = await ground.Pause();

        await cloud.Call("UpdateService", """{"cluster":"main","service":"web","desiredCount":2}""");
        await ComputeCloud.Until(() => Task.FromResult((ground.Targets(ground.First), ground.Targets(ground.Second)) == (2, 2)), () => cloud.Service());
        var revisions = (await cloud.Service())["currentServiceRevisions"]!.AsArray();
        Assert.That(revisions.Select(revision => (int)revision!["requestedTaskCount"]!), Is.EqualTo(new[] { 2, 2 }));
        await ground.Answer(id);
        await ground.Ends("SUCCESSFUL");
        await cloud.Steady(2);
    }

    [TestCase("POST_TEST_TRAFFIC_SHIFT", "v1"), TestCase("POST_PRODUCTION_TRAFFIC_SHIFT", "v2")]
    public async Task A_newer_deployment_replaces_and_traffic_stays_where_it_is(string stage, string serves)
    {
        await using var cloud = ComputeCloud.Start();
        var ground = await ShiftGround.Lay(cloud);
        await ground.Running(BlueGreen);
        await ground.Configure(Paused(stage));
        var replaced = await ground.Deploy("v2");
        await ground.Pause();

        var answers = await ground.UnderLoad(async () =>
        {
            await ground.Configure(BlueGreen.Replace("0", "1440", StringComparison.Ordinal));
            await ground.Deploy("v3");
            await ground.Reaches("BAKE_TIME");
            // On a busy machine nobody else may ask before it is stopped.
            for (var i = 0; i < 20; i++)
            {
                Assert.That(await ground.Version(), Is.EqualTo("v3"));
            }

            await ground.Stop();
            await ground.Ends("ROLLBACK_SUCCESSFUL");
            await cloud.Steady(1);
        });

        var old = (await cloud.Call("DescribeServiceDeployments", $$"""{"serviceDeploymentArns":["{{replaced}}"]}"""))["serviceDeployments"]![0]!;
        Assert.That(((string?)old["status"], (string?)old["statusReason"]), Is.EqualTo(("STOPPED", "Replaced by a new service deployment.")));
        Assert.That(answers.Keys, Is.EquivalentTo(new[] { serves, "v3" }), string.Join(", ", answers));
        Assert.That(await ground.Version(), Is.EqualTo(serves), "a rollback goes back to what served");
    }

    [Test]
    public async Task A_rollback_while_the_old_tasks_go_brings_them_back_first()
    {
        await using var cloud = ComputeCloud.Start();
        var ground = await ShiftGround.Lay(cloud);
        await ground.Running(BlueGreen);

        var answers = await ground.UnderLoad(async () =>
        {
            // The old task goes only when it has answered.
            var inFlight = ground.Slow(TimeSpan.FromSeconds(8));
            await ground.Deploy("v2");
            await ground.Reaches("CLEAN_UP");
            Assert.That(ground.Weights(ground.Rule), Is.EqualTo((0d, 100d)));
            await ground.Stop();
            await ground.Ends("ROLLBACK_SUCCESSFUL");
            Assert.That(await inFlight, Is.EqualTo("v1"));
        });

        Assert.That(answers.Keys, Is.EquivalentTo(new[] { "v1", "v2" }), string.Join(", ", answers));
        Assert.That(await ground.Version(), Is.EqualTo("v1"));
    }

    [Test]
    public async Task A_service_changes_its_strategy_and_back()
    {
        await using var cloud = ComputeCloud.Start();
        var ground = await ShiftGround.Lay(cloud);
        await cloud.CreateService(await cloud.Definition(ground.Image, "v1"), ground.First, 1);
        await cloud.Steady(1);

        var answers = await ground.UnderLoad(async () =>
        {
            await cloud.Call("UpdateService", $$"""{"cluster":"main","service":"web","taskDefinition":"{{await cloud.Definition(ground.Image, "v2")}}","loadBalancers":{{ground.LoadBalancers}},"deploymentConfiguration":{ {{BlueGreen}} } }""");
            await ground.Ends("SUCCESSFUL");
            Assert.That(ground.Weights(ground.Rule), Is.EqualTo((0d, 100d)));

            await ground.Configure(""" "strategy":"ROLLING" """);
            await ground.Deploy("v3");
            await ground.Ends("SUCCESSFUL");
            Assert.That(ground.Weights(ground.Rule), Is.EqualTo((0d, 100d)), "it rolls where it serves");

            var plain = $$"""[{"targetGroupArn":"{{ground.First}}","containerName":"web","containerPort":8080}]""";
            await cloud.Call("UpdateService", $$"""{"cluster":"main","service":"web","taskDefinition":"{{await cloud.Definition(ground.Image, "v4")}}","loadBalancers":{{plain}} }""");
            var last = await ground.Ends("SUCCESSFUL");
            Assert.That(last["lifecycleStage"], Is.Null);
            Assert.That((ground.Weights(ground.Rule), ground.Targets(ground.First)), Is.EqualTo(((100d, 0d), 1)), "its traffic came over");
            await cloud.Steady(1);
        });

        Assert.That(answers.Keys, Is.EquivalentTo(new[] { "v1", "v2", "v3", "v4" }), string.Join(", ", answers));
    }

    [Test]
    public async Task A_deleted_service_leaves_both_groups_empty()
    {
        await using var cloud = ComputeCloud.Start();
        var ground = await ShiftGround.Lay(cloud);
        await ground.Running(BlueGreen);
        await ground.Configure(BlueGreen.Replace("0", "1440", StringComparison.Ordinal));
        await ground.Deploy("v2");
        await ground.Reaches("BAKE_TIME");

        await cloud.Call("DeleteService", """{"cluster":"main","service":"web","force":true}""");
        await ComputeCloud.Until(async () => (string?)(await cloud.Service())["status"] == "INACTIVE", () => cloud.Service());

        Assert.That(cloud.Balancer.Group(ground.First)!.Targets.Concat(cloud.Balancer.Group(ground.Second)!.Targets), Is.Empty);
        Assert.That((string?)(await cloud.LatestDeployment())["status"], Is.EqualTo("STOPPED"));
    }

    [Test]
    public async Task Without_a_load_balancer_it_goes_through_the_stages_all_the_same()
    {
        await using var cloud = ComputeCloud.Start();
        await cloud.Call("CreateCluster", """{"clusterName":"main"}""");
        var image = await cloud.ProbeImage();
        await cloud.Call("CreateService", $$"""{"cluster":"main","serviceName":"web","taskDefinition":"{{await cloud.Definition(image, "v1")}}","desiredCount":1,"deploymentConfiguration":{ {{BlueGreen}} } }""");
        await cloud.Steady(1);
        await cloud.Update(await cloud.Definition(image, "v2"));
        await cloud.Steady(1);

        var deployment = await cloud.LatestDeployment();
        Assert.That((string?)deployment["status"], Is.EqualTo("SUCCESSFUL"));
        Assert.That(deployment["targetServiceRevision"]!["requestedProductionTrafficWeight"], Is.Null);
    }

    private static string Paused(string stage, string more = "") => $$""" "strategy":"BLUE_GREEN","bakeTimeInMinutes":0,"lifecycleHooks":[{"targetType":"PAUSE","lifecycleStages":["{{stage}}"]{{more}} }] """;

    private static NUnit.Framework.Constraints.ContainsConstraint Refused(string why) =>
        Throws.InstanceOf<AwsException>().With.Property("Code").EqualTo("InvalidParameterException").With.Message.Contains(why);
}
