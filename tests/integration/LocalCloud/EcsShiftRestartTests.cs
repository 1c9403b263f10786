using System.Text.Json.Nodes;
using Amazon.ECS;
using Amazon.ECS.Model;
using Pipeline.Aws;
using Pipeline.LocalCloud.Ecs;
using Pipeline.LocalCloud.LoadBalancing;
using Pipeline.LocalCloud.State;
using Task = System.Threading.Tasks.Task;

namespace Pipeline.Tests.LocalCloud;

/// <summary>A deployment that shifts traffic goes on, or back, from what was written when the cloud ended.</summary>
[TestFixture, Platform(Exclude = "Win"), Category("Slow")]
internal sealed class EcsShiftRestartTests
{
    private const string Paused = """ "strategy":"BLUE_GREEN","bakeTimeInMinutes":0,"lifecycleHooks":[{"targetType":"PAUSE","lifecycleStages":["POST_TEST_TRAFFIC_SHIFT"]}] """;
    private const string Baking = """ "strategy":"BLUE_GREEN","bakeTimeInMinutes":1440 """;
    private string _folder = "";

    [SetUp]
    public void Folder() => _folder = Directory.CreateTempSubdirectory("compute-").FullName;

    [Test]
    public async Task A_pause_is_still_there_and_the_rules_say_what_was_written()
    {
        var first = new ComputeCloud(_folder);
        var ground = await ShiftGround.Lay(first);
        await ground.Running(""" "strategy":"BLUE_GREEN","bakeTimeInMinutes":0 """);
        await ground.Configure(Paused);
        await ground.Deploy("v2");
        var (id, _, _) = await ground.Pause();
        await first.Stop();
        // As if the cloud had been killed while it wrote the rules.
        Edit<RuleRecord>("elb/rules", ground.Rule, rule => rule with { Action = new ActionRecord { Forward = [new(ground.First, 40), new(ground.Second, 60)] } });
        Edit<RuleRecord>("elb/rules", ground.TestRule, rule => rule with { Action = new ActionRecord { Forward = [new(ground.First, 100), new(ground.Second, 0)] } });

        await using var second = new ComputeCloud(_folder);
        ground.MovesTo(second);
        await ComputeCloud.Until(() => Task.FromResult((ground.Weights(ground.Rule), ground.Weights(ground.TestRule)) == ((100d, 0d), (0d, 100d))));
        Assert.That((await ground.Pause()).Id, Is.EqualTo(id));
        await ComputeCloud.Until(() => Task.FromResult((ground.Targets(ground.First), ground.Targets(ground.Second)) == (1, 1)), () => second.Service());
        await ground.Answer(id);
        await ground.Ends("SUCCESSFUL");
        await second.Steady(1);

        Assert.That(await ground.Version(), Is.EqualTo("v2"));
    }

    [Test]
    public async Task What_baked_goes_on_baking_and_can_go_back()
    {
        var first = new ComputeCloud(_folder);
        var ground = await Bake(first);
        await first.Stop();

        await using var second = new ComputeCloud(_folder);
        ground.MovesTo(second);
        Assert.That((string?)(await second.LatestDeployment())["lifecycleStage"], Is.EqualTo("BAKE_TIME"));
        await ComputeCloud.Until(() => Task.FromResult((ground.Targets(ground.First), ground.Targets(ground.Second)) == (1, 1)), () => second.Service());
        Assert.That(await ground.Version(), Is.EqualTo("v2"));
        await ground.Stop();

        await ground.Ends("ROLLBACK_SUCCESSFUL");
        Assert.That((ground.Weights(ground.Rule), await ground.Version()), Is.EqualTo(((100d, 0d), "v1")));
    }

    [Test]
    public async Task A_rollback_that_had_just_begun_is_finished()
    {
        var first = new ComputeCloud(_folder);
        var ground = await Bake(first);
        var arn = (string)(await first.LatestDeployment())["serviceDeploymentArn"]!;
        await first.Stop();
        // As if the cloud had been killed after the first of a rollback's writes.
        Edit<ServiceDeploymentRecord>("ecs/deployments", arn, d => d with { Status = "ROLLBACK_IN_PROGRESS", Rollback = new("a test", DateTimeOffset.UtcNow, d.Lifecycle!.Blue!) });

        await using var second = new ComputeCloud(_folder);
        ground.MovesTo(second);
        await ground.Ends("ROLLBACK_SUCCESSFUL");
        await second.Steady(1);

        Assert.That((ground.Weights(ground.Rule), await ground.Version()), Is.EqualTo(((100d, 0d), "v1")));
    }

    [Test]
    public async Task A_replacement_that_never_began_leaves_the_deployment_as_it_was()
    {
        var first = new ComputeCloud(_folder);
        var ground = await Bake(first);
        var arn = (string)(await first.LatestDeployment())["serviceDeploymentArn"]!;
        await first.Stop();
        // As if the cloud had been killed before the service's record named the new deployment.
        Edit<ServiceDeploymentRecord>("ecs/deployments", arn, d => d with { Status = "STOPPED", StoppedAt = DateTimeOffset.UtcNow, FinishedAt = DateTimeOffset.UtcNow });

        await using var second = new ComputeCloud(_folder);
        ground.MovesTo(second);
        await ComputeCloud.Until(async () => (string?)(await second.LatestDeployment())["status"] == "IN_PROGRESS", () => second.LatestDeployment());
        await ComputeCloud.Until(() => Task.FromResult((ground.Targets(ground.First), ground.Targets(ground.Second)) == (1, 1)), () => second.Service());
        Assert.That((ground.Weights(ground.Rule), await ground.Version()), Is.EqualTo(((0d, 100d), "v2")));
    }

    [Test]
    public async Task A_killed_cloud_comes_back_with_the_bake_and_can_still_go_back()
    {
        var cloud = new ComputeCloud(_folder);
        var ground = await Bake(cloud);
        var arn = (string)(await cloud.LatestDeployment())["serviceDeploymentArn"]!;
        await cloud.Stop();
        using (var first = EcsProgramTests.Start(_folder))
        {
            await Serves(ground, "v2");
            await EcsProgramTests.Signal("-KILL", first.Id);
            await first.WaitForExitAsync();
        }

        File.Delete(Path.Combine(_folder, "ready.json"));
        using var second = EcsProgramTests.Start(_folder);
        try
        {
            await Serves(ground, "v2");
            var endpoint = new Uri((string)JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "ready.json")))!["endpoint"]!);
            using var connection = AwsConnection.ToEmbeddedCloud(endpoint.Port, "eu-central-1", "123456789012");
            Assert.That((await Deployment()).LifecycleStage, Is.EqualTo(ServiceDeploymentLifecycleStage.BAKE_TIME));
            await connection.Ecs.StopServiceDeploymentAsync(new StopServiceDeploymentRequest { ServiceDeploymentArn = arn });
            await Poll.Until(async () => (await Deployment()).Status == ServiceDeploymentStatus.ROLLBACK_SUCCESSFUL, "the rollback ends");
            await Serves(ground, "v1");

            async Task<ServiceDeployment> Deployment() => (await connection.Ecs.DescribeServiceDeploymentsAsync(new DescribeServiceDeploymentsRequest { ServiceDeploymentArns = [arn] })).ServiceDeployments.Single();
        }
        finally
        {
            await EcsProgramTests.Signal("-TERM", second.Id);
            await second.WaitForExitAsync();
        }
    }

    private static Task Serves(ShiftGround ground, string version) => Poll.Until(async () =>
    {
        try
        {
            return await ground.Version() == version;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }, $"{version} answers");

    private static async Task<ShiftGround> Bake(ComputeCloud cloud)
    {
        var ground = await ShiftGround.Lay(cloud);
        await ground.Running(""" "strategy":"BLUE_GREEN","bakeTimeInMinutes":0 """);
        await ground.Configure(Baking);
        await ground.Deploy("v2");
        await ground.Reaches("BAKE_TIME");
        return ground;
    }

    private void Edit<T>(string collection, string key, Func<T, T> change) where T : class
    {
        using var database = new Database(_folder);
        var table = database.Table<T>(collection);
        table.Put(key, change(table.Find(key)!));
    }
}
