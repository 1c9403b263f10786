using Pipeline.Deployments;
using Pipeline.Ledger;

namespace Pipeline.Tests.Deployments;

/// <summary>A release under way is ended from another terminal.</summary>
[TestFixture]
[Parallelizable(ParallelScope.Self)]
public sealed class AbortTests
{
    private Rehearsal _system = null!;

    [SetUp]
    public async Task Deployed()
    {
        _system = await Rehearsal.Start();
        await _system.Deploy("aaaaaaa");
    }

    [TearDown]
    public async Task Stop() => await _system.DisposeAsync();

    [Test]
    public async Task Nothing_under_way_is_nothing_to_do() => Assert.That(await Abort(), Is.Null);

    [Test]
    public async Task A_rollout_goes_back_to_the_version_before()
    {
        _system.Change("pipeline.yml", "Fault: \"\"", "Fault: hang");
        _system.Change("infra/web.yaml", "HealthCheckGracePeriodSeconds: 20", "HealthCheckGracePeriodSeconds: 7200");
        var deployment = _system.Deploy("bbbbbbb");
        await Poll.Until(async () => (await _system.Aws.ServicesOf(_system.Configuration.StackName("web"), CancellationToken.None)).Single().Rollouts.Count == 2, "the rollout is under way");

        var ended = await Abort();

        var failure = Assert.ThrowsAsync<DeploymentFailedException>(() => deployment)!;
        Assert.Multiple(() =>
        {
            Assert.That(failure.Message, Does.Contain($"aborted by {Operator.UserAtHost}"));
            Assert.That(ended!.Outcome, Is.EqualTo(ReleaseOutcome.RolledBack));
        });
        Assert.That(await _system.Get("/version"), Is.EqualTo("aaaaaaa"));
    }

    [Test]
    public async Task Stacks_that_have_not_begun_are_not_begun()
    {
        _system.Change("pipeline.yml", "MigrationCommand: exit 0", $"MigrationCommand: while [ ! -e {_system.File("go")} ]; do sleep 0.05; done");
        var deployment = _system.Deploy("bbbbbbb");
        await Poll.Until(async () => (await _system.TasksOf("demo-migration")).Any(t => t.Status == "RUNNING"), "the migration runs");

        var abort = Abort();
        await Poll.Until(async () => await (await _system.Ledger()).AbortOf((await (await _system.Ledger()).Releases(1, CancellationToken.None))[0].Id, CancellationToken.None) is not null, "the abort is asked for");
        await File.WriteAllTextAsync(_system.File("go"), "");

        Assert.ThrowsAsync<DeploymentFailedException>(() => deployment);
        Assert.That((await abort)!.Outcome, Is.EqualTo(ReleaseOutcome.RolledBack));
        Assert.That(await _system.Get("/version"), Is.EqualTo("aaaaaaa"));
    }

    [Test]
    public async Task A_release_whose_run_is_dead_is_settled()
    {
        _system.Change("pipeline.yml", "MigrationCommand: exit 0", "MigrationCommand: sleep 600");
        using var killed = new CancellationTokenSource();
        var deployment = _system.Deploy("bbbbbbb", killed.Token);
        await Poll.Until(async () => (await _system.TasksOf("demo-migration")).Any(t => t.Status == "RUNNING"), "the migration runs");
        await killed.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => deployment);

        Assert.That((await Abort())!.Outcome, Is.EqualTo(ReleaseOutcome.Interrupted));
    }

    private async Task<ReleaseRecord?> Abort() =>
        await new Abort(_system.Configuration, _system.Aws, await _system.Store()).Run(line => TestContext.Out.WriteLine(line), CancellationToken.None);
}
