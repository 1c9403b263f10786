using Pipeline.Aws;
using Pipeline.Deployments;
using Pipeline.Ledger;

namespace Pipeline.Tests.Deployments;

/// <summary>A migration runs once with the new image before the service gets it; its container's exit code decides.</summary>
public sealed class MigrationTests : Rehearsed
{
    [Test]
    public async Task It_runs_once_a_version_whatever_a_sidecar_ends_with()
    {
        await Demo.Deploy("bbbbbbb");
        await Demo.Deploy("bbbbbbb");

        var tasks = await Migrations();
        Assert.Multiple(() =>
        {
            Assert.That(tasks, Has.Count.EqualTo(2), "one for each version");
            Assert.That(tasks.Select(t => t.Container("migrate")!.ExitCode), Is.All.EqualTo(0));
            Assert.That(tasks.Select(t => t.Container("sidecar")!.ExitCode), Is.All.Not.EqualTo(0));
        });
        Assert.That(await Demo.Get("/version"), Is.EqualTo("bbbbbbb"));
    }

    [Test]
    public async Task A_failed_one_keeps_the_service_as_it_is()
    {
        var before = await Tasks();
        Demo.Change("pipeline.yml", "MigrationCommand: exit 0", "MigrationCommand: echo no such column; exit 3");

        var failure = Assert.ThrowsAsync<DeploymentFailedException>(() => Demo.Deploy("bbbbbbb"))!;

        Assert.Multiple(() =>
        {
            Assert.That(failure.Details.Single(d => d.Label == "what").Text, Does.Contain("container migrate ended with exit code 3").And.Contain("no such column"));
            Assert.That(failure.ExitCode, Is.EqualTo(Outcomes.ExitCode.DeploymentFailed));
        });
        Assert.That(await Tasks(), Is.EqualTo(before), "not one task was touched");
        Assert.That((await (await Demo.Ledger()).Releases(1, CancellationToken.None))[0].Outcome, Is.EqualTo(ReleaseOutcome.RolledBack));
    }

    [Test]
    public void One_that_hangs_is_stopped_at_its_deadline()
    {
        Demo.Change("pipeline.yml", "MigrationCommand: exit 0", "MigrationCommand: sleep 600");
        Demo.Change("pipeline.yml", "deadline: 20s", "deadline: 1s");

        var failure = Assert.ThrowsAsync<DeploymentFailedException>(() => Demo.Deploy("bbbbbbb"))!;

        Assert.That(failure.Details.Single(d => d.Label == "what").Text, Does.Contain("it was stopped after 1"));
    }

    [Test]
    public void A_container_that_its_task_does_not_have_counts_as_failed()
    {
        Demo.Change("pipeline.yml", "container: migrate", "container: migrator");

        var failure = Assert.ThrowsAsync<DeploymentFailedException>(() => Demo.Deploy("bbbbbbb"))!;

        Assert.That(failure.Details.Single(d => d.Label == "what").Text, Does.Contain("it has no container 'migrator' (its containers: migrate, sidecar)"));
    }

    [Test]
    public async Task A_run_that_was_killed_meanwhile_does_not_make_it_run_twice()
    {
        Demo.Change("pipeline.yml", "MigrationCommand: exit 0", $"MigrationCommand: while [ ! -e {Demo.File("go")} ]; do sleep 0.05; done");
        using var killed = new CancellationTokenSource();
        var first = Demo.Deploy("bbbbbbb", cancel: killed.Token);
        await Poll.Until(async () => (await Migrations()).Any(t => t.Status == "RUNNING"), "the migration runs");
        await killed.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => first);
        await File.WriteAllTextAsync(Demo.File("go"), "");

        await Demo.Deploy("bbbbbbb");

        Assert.That(await Migrations(), Has.Count.EqualTo(2), "one for each version");
        Assert.That(await Demo.Get("/version"), Is.EqualTo("bbbbbbb"));
    }

    private async Task<IReadOnlyList<TaskState>> Migrations() => await Demo.TasksOf("demo-migration");

    private async Task<IReadOnlyList<string>> Tasks() => [.. (await Demo.TasksOf("demo-web")).Select(t => t.Arn).Order()];
}
