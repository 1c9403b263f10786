using Pipeline.Deployments;
using Pipeline.Ledger;

namespace Pipeline.Tests.Deployments;

/// <summary>A release under way is ended from another terminal.</summary>
public sealed class AbortTests : Rehearsed
{
    [Test]
    public async Task Nothing_under_way_is_nothing_to_do() => Assert.That(await Abort(), Is.Null);

    [Test]
    public async Task A_rollout_goes_back_to_the_version_before()
    {
        Demo.Change("pipeline.yml", "Fault: \"\"", "Fault: hang");
        Demo.Change("infra/web.yaml", "HealthCheckGracePeriodSeconds: 20", "HealthCheckGracePeriodSeconds: 7200");
        var deployment = Demo.Deploy("bbbbbbb");
        await Poll.Until(async () => (await Demo.Aws.ServicesOf(Demo.Configuration.StackName("web"), CancellationToken.None)).Single().Rollouts.Count == 2, "the rollout is under way");

        var ended = await Abort();

        var failure = Assert.ThrowsAsync<DeploymentFailedException>(() => deployment)!;
        Assert.Multiple(() =>
        {
            Assert.That(failure.Message, Does.Contain($"aborted by {Operator.UserAtHost}"));
            Assert.That(ended!.Outcome, Is.EqualTo(ReleaseOutcome.RolledBack));
        });
        Assert.That(await Demo.Get("/version"), Is.EqualTo("aaaaaaa"));
    }

    [Test]
    public async Task Stacks_that_have_not_begun_are_not_begun()
    {
        Demo.Change("pipeline.yml", "MigrationCommand: exit 0", $"MigrationCommand: while [ ! -e {Demo.File("go")} ]; do sleep 0.05; done");
        var deployment = Demo.Deploy("bbbbbbb");
        await Poll.Until(async () => (await Demo.TasksOf("demo-migration")).Any(t => t.Status == "RUNNING"), "the migration runs");

        var abort = Abort();
        await Poll.Until(async () => await (await Demo.Ledger()).AbortOf((await (await Demo.Ledger()).Releases(1, CancellationToken.None))[0].Id, CancellationToken.None) is not null, "the abort is asked for");
        await File.WriteAllTextAsync(Demo.File("go"), "");

        Assert.ThrowsAsync<DeploymentFailedException>(() => deployment);
        Assert.That((await abort)!.Outcome, Is.EqualTo(ReleaseOutcome.RolledBack));
        Assert.That(await Demo.Get("/version"), Is.EqualTo("aaaaaaa"));
    }

    [Test]
    public async Task A_release_whose_run_is_dead_is_settled()
    {
        Demo.Change("pipeline.yml", "MigrationCommand: exit 0", "MigrationCommand: sleep 600");
        using var killed = new CancellationTokenSource();
        var deployment = Demo.Deploy("bbbbbbb", cancel: killed.Token);
        await Poll.Until(async () => (await Demo.TasksOf("demo-migration")).Any(t => t.Status == "RUNNING"), "the migration runs");
        await killed.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => deployment);

        Assert.That((await Abort())!.Outcome, Is.EqualTo(ReleaseOutcome.Interrupted));
    }

    private async Task<ReleaseRecord?> Abort() =>
        await new Abort(Demo.Configuration, Demo.Aws, await Demo.Store()).Run(line => TestContext.Out.WriteLine(line), CancellationToken.None);
}
