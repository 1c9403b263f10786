using Pipeline.Backups;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Backups;

/// <summary>What is brought back of a backup.</summary>
public sealed class RestoreTests : BackedUp
{
    [Test]
    public async Task The_database_comes_up_beside_the_one_that_serves()
    {
        await Execute(Instance, "CREATE TABLE orders (id int); INSERT INTO orders SELECT generate_series(1, 100)");
        var backup = await Take();
        await Execute(Instance, "DELETE FROM orders WHERE id > 1");

        var printed = await Databases(backup.Id);

        var restored = (await System.Connection.Rds.DescribeDBInstancesAsync(new())).DBInstances.Single(d => d.DBInstanceIdentifier.StartsWith($"{Instance}-restored-", StringComparison.Ordinal));
        Assert.That(await Execute(restored.DBInstanceIdentifier, "SELECT count(*) FROM orders"), Is.EqualTo(100));
        Assert.Multiple(async () =>
        {
            Assert.That(await Execute(Instance, "SELECT count(*) FROM orders"), Is.EqualTo(1), "what serves is untouched");
            Assert.That(restored.DBInstanceIdentifier, Does.Match(@"-restored-\d{12}$"));
            Assert.That(restored.DBInstanceClass, Is.EqualTo("db.t3.micro"));
            Assert.That(restored.TagList.Select(t => (t.Key, t.Value)), Does.Contain(("pipeline:restored-from", backup.Id)));
            Assert.That(printed, Does.Contain($"available at 127.0.0.1:{restored.Endpoint.Port}  takes connections").And.Contain($"{Instance}, as before: nothing was switched over"));
        });
    }

    [Test]
    public async Task A_snapshot_that_is_gone_is_refused()
    {
        var backup = await Take();
        await System.Aws.Databases.DeleteSnapshot(backup.Snapshots.Single().Snapshot, CancellationToken.None);

        var refusal = Assert.ThrowsAsync<PipelineException>(() => Databases(backup.Id))!;

        Assert.That((refusal.ExitCode, refusal.Message), Is.EqualTo((ExitCode.Refused, $"REFUSED: snapshot {backup.Snapshots[0].Snapshot} of database {Instance} is gone.")));
    }

    [Test]
    public async Task Parameters_and_task_definitions_come_back_after_the_difference_was_confirmed()
    {
        var backup = await Take();
        var definition = (await (await Room()).Find(backup.Id, CancellationToken.None))!.Configuration.TaskDefinitions.Single(d => d.Definition is not null).Arn;
        await System.Aws.Parameters.Write($"/{Instance}/limit", "99", CancellationToken.None);
        await System.Connection.Ecs.DeregisterTaskDefinitionAsync(new() { TaskDefinition = definition });

        var refusal = Assert.ThrowsAsync<PipelineException>(() => Settings(backup.Id, typed: null))!;
        Assert.That(Assert.ThrowsAsync<PipelineException>(() => Settings(backup.Id, typed: "yes"))!.Message, Is.EqualTo($"REFUSED: 'yes' is not '{backup.Id}'."));
        Assert.That(await Limit(), Is.EqualTo("99"), "untouched without the id");
        var printed = await Settings(backup.Id, backup.Id);

        var again = (await System.Aws.TaskDefinitions.Find($"{Instance}-plain", CancellationToken.None))!;
        Assert.Multiple(async () =>
        {
            Assert.That(refusal.ExitCode, Is.EqualTo(ExitCode.Refused));
            Assert.That(refusal.Details[^1].Text, Does.EndWith($"--backup={backup.Id} --confirm={backup.Id}"));
            Assert.That(printed, Does.Contain($"change   parameter /{Instance}/limit: '99' → '10'").And.Contain("is registered again as"));
            Assert.That(await Limit(), Is.EqualTo("10"));
            Assert.That((again.Arn == definition, again.Active), Is.EqualTo((false, true)));
            Assert.That((await System.Aws.TaskDefinitions.Find(definition, CancellationToken.None))!.Definition.ToJsonString(), Is.EqualTo(again.Definition.ToJsonString()), "the same in a new revision");
            Assert.That(await Settings(backup.Id, typed: null), Does.Contain("Nothing to restore").And.Contain("is the same and active"));
        });
    }

    [Test]
    public async Task A_backup_that_was_changed_is_refused()
    {
        var backup = await Take();
        var store = await System.Store();
        var manifest = (await (await Room()).Find(backup.Id, CancellationToken.None))!;
        await store.Put($"environments/dev/backups/{backup.Id}.json", manifest with { Configuration = manifest.Configuration with { Parameters = [manifest.Configuration.Parameters[^1] with { Value = "1000" }] } }, CancellationToken.None);

        Assert.That(Assert.ThrowsAsync<PipelineException>(() => Settings(backup.Id, backup.Id))!.Message, Is.EqualTo($"REFUSED: backup {backup.Id} is not what was written: its hash does not fit."));
    }

    [Test]
    public async Task Without_an_id_the_known_ones_are_named()
    {
        var backup = await Take();

        var missing = Assert.ThrowsAsync<UsageException>(() => Settings(null, null))!;
        var unknown = Assert.ThrowsAsync<UsageException>(() => Databases("dev-1"))!;

        Assert.That(missing.Details.Where(d => d.Label == "backup").Select(d => d.Text), Has.Some.StartsWith($"{backup.Id}  "));
        Assert.That(unknown.Message, Is.EqualTo("dev has no backup 'dev-1'."));
    }

    [Test]
    public async Task One_taken_by_hand_waits_for_nobody_and_takes_the_lock()
    {
        var room = await Room();
        await using (await EnvironmentLock.Take(await System.Store(), "dev", "a test", CancellationToken.None))
        {
            Assert.That(Assert.ThrowsAsync<PipelineException>(() => room.TakeNow(Said.Add, CancellationToken.None))!.Message, Does.StartWith("REFUSED: dev is being changed by"));
        }

        var taken = await room.TakeNow(Said.Add, CancellationToken.None);

        Assert.That((taken.Id, taken.Release, taken.Of), Is.EqualTo((taken.Id, (string?)null, (await (await System.Ledger()).State(CancellationToken.None)).Release)));
        Assert.That(taken.Id, Does.Match(@"^dev-\d{8}-\d{6}-backup$"));
    }

    private async Task<string?> Limit() => (await System.Aws.Parameters.Read([$"/{Instance}/limit"], CancellationToken.None)).Single().Value;

    private async Task<string> Databases(string? id) => await Restored((route, cancel) => route.Databases(id, cancel));

    private async Task<string> Settings(string? id, string? typed) => await Restored((route, cancel) => route.Configuration(id, _ => Task.FromResult(typed), cancel));

    private async Task<string> Restored(Func<RestoreRoute, CancellationToken, Task> restore)
    {
        await using var printed = new StringWriter();
        await restore(new RestoreRoute(Configuration, System.Aws, await System.Store(), Output(printed), TimeProvider.System), CancellationToken.None);
        await TestContext.Out.WriteLineAsync(printed.ToString());
        return printed.ToString();
    }
}
