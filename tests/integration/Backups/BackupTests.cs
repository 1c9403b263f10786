using Pipeline.Backups;
using Pipeline.LocalCloud.Protocols;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Backups;

/// <summary>Backups of a real database and its environment's configuration.</summary>
public sealed class BackupTests : BackedUp
{
    [Test]
    public async Task A_backup_holds_the_database_and_the_configuration()
    {
        var release = NewRelease();

        var taken = await Take(release);

        var room = await Room();
        var snapshot = (await System.Aws.Databases.Snapshot(taken.Snapshots.Single().Snapshot, CancellationToken.None))!;
        var manifest = (await room.Find(release, CancellationToken.None))!;
        var kept = manifest.Configuration;
        Assert.Multiple(async () =>
        {
            Assert.That((taken.Id, taken.Release, taken.Commit, taken.By), Is.EqualTo((release, release, "3f2c1ab", "arn:aws:iam::123456789012:user/developer")));
            Assert.That((taken.Snapshots[0].Instance, taken.Snapshots[0].SizeGiB, taken.Snapshots[0].Encrypted, taken.Snapshots[0].Arn), Is.EqualTo((Instance, 20, true, snapshot.Arn)));
            Assert.That(snapshot.Tags.Where(t => t.Key != "pipeline:taken").Select(t => $"{t.Key}={t.Value}"), Is.EquivalentTo(new[] { $"system={System.Name}", "environment=dev", $"release={release}", "commit=3f2c1ab", $"pipeline:backup={release}" }));
            Assert.That(await room.Check(taken, CancellationToken.None), Is.Empty);
            Assert.That((await room.Latest(CancellationToken.None))!.Id, Is.EqualTo(release));
            Assert.That(kept.Stacks.Single().StackName, Is.EqualTo(Configuration.StackName("a")));
            Assert.That(kept.Parameters.Select(p => (p.Name, p.Value)), Is.EqualTo(new[] { ($"/{Instance}/leak", null), ($"/{Instance}/limit", "10") }));
            Assert.That((string?)kept.TaskDefinitions.Single(d => d.Definition is not null).Definition!["containerDefinitions"]![0]!["environment"]![0]!["value"], Is.EqualTo("10"));
            Assert.That(kept.TaskDefinitions.Single(d => d.Definition is null).Arn, Does.Contain("-telling:"));
            Assert.That(kept.Secrets.Single().Versions.Single().Value, Is.EqualTo(new[] { "AWSCURRENT" }));
            Assert.That(Said, Has.Some.Contains("snapshot available after").And.Some.StartsWith("configuration kept: 1 stack, 2 task definitions, 2 parameters, 1 secret"));
        });
        Assert.That(await Audited(), Does.Contain($"backup done Backup {release}: 1 snapshot"));
    }

    [Test]
    public async Task The_values_of_secrets_are_in_no_stored_object_and_in_no_line()
    {
        await Take();

        var secret = await Password();
        var bucket = Configuration.LedgerBucket;
        var keys = (await System.Connection.S3.ListObjectsV2Async(new() { BucketName = bucket })).S3Objects.Select(o => o.Key).ToList();
        Assert.That(keys, Has.Some.Contains("/backups/"));
        foreach (var key in keys)
        {
            using var answer = await System.Connection.S3.GetObjectAsync(bucket, key);
            using var reader = new StreamReader(answer.ResponseStream);
            Assert.That(await reader.ReadToEndAsync(), Does.Not.Contain(secret), key);
        }

        Assert.That(Said, Has.None.Contains(secret));
    }

    [Test]
    public async Task A_run_that_died_after_the_snapshot_is_taken_up_with_the_same_snapshot()
    {
        var release = NewRelease();
        using var killed = new CancellationTokenSource();
        Assert.CatchAsync<OperationCanceledException>(async () => await (await Room()).Take(release, line =>
        {
            if (line.Contains("snapshot available", StringComparison.Ordinal))
            {
                killed.Cancel();
            }
        }, killed.Token));
        Assert.That(await (await Room()).Find(release, CancellationToken.None), Is.Null, "nothing is recorded");
        var before = await System.Aws.Databases.Snapshot(BackupTags.SnapshotId(Instance, release), CancellationToken.None);

        var taken = await Take(release);
        await Take(release);

        Assert.Multiple(async () =>
        {
            Assert.That(Said, Has.Some.Contains("was begun before, available").And.Some.Contains("is there already"));
            Assert.That((await System.Aws.Databases.Snapshot(taken.Snapshots.Single().Snapshot, CancellationToken.None))!.Created, Is.EqualTo(before!.Created));
            Assert.That((await System.Aws.Databases.Snapshots(CancellationToken.None)).Count(s => BackupTags.BackupOf(s) == release), Is.EqualTo(1));
        });
    }

    [Test]
    public async Task A_lost_answer_is_looked_for()
    {
        Cloud.Cloud.Faults.Add(new Pipeline.LocalCloud.Protocols.Fault("rds", "CreateDBSnapshot", FaultKind.Lose));

        Assert.That((await Take()).Snapshots, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_busy_database_is_waited_for()
    {
        Strike(FaultKind.Hang);
        await System.Connection.Rds.CreateDBSnapshotAsync(new() { DBInstanceIdentifier = Instance, DBSnapshotIdentifier = $"{Instance}-busy" });

        var refusal = await Refused(deadline: TimeSpan.FromSeconds(1));

        Assert.That(refusal.Message, Is.EqualTo($"REFUSED: no backup of database {Instance}: the database was not available within 1.0 s."));
        Assert.That(Said, Has.Some.EqualTo($"{Instance}: waiting until it is available, it is backing-up"));
        await Recover();
    }

    [Test]
    public async Task One_that_never_becomes_available_is_refused_before_anything_is_changed()
    {
        Strike(FaultKind.Hang);
        System.Before = (await Room(deadline: TimeSpan.FromSeconds(1))).Before(Said.Add);
        System.Write("pipeline.yml", (await File.ReadAllTextAsync(Path.Combine(System.Root, "pipeline.yml"))).Replace("Limit: '10'", "Limit: '11'", StringComparison.Ordinal));

        var refusal = await System.Refusal(ExitCode.Refused);

        System.Before = null;
        System.Write("pipeline.yml", (await File.ReadAllTextAsync(Path.Combine(System.Root, "pipeline.yml"))).Replace("Limit: '11'", "Limit: '10'", StringComparison.Ordinal));
        Assert.Multiple(async () =>
        {
            Assert.That(refusal.Message, Is.EqualTo($"REFUSED: no backup of database {Instance}: its snapshot did not become available within 1.0 s."));
            Assert.That(refusal.Details.Single(d => d.Label == "snapshot").Text, Does.Contain("creating, 0 %"));
            Assert.That(refusal.Details.Single(d => d.Label == "dev").Text, Is.EqualTo("untouched by this run"));
            Assert.That(await Limit(), Is.EqualTo("10"), "nothing is changed");
            Assert.That((await (await System.Ledger()).Releases(5, CancellationToken.None)), Has.Count.EqualTo(1), "no release has begun");
        });
        Assert.That(await Audited(), Does.Contain("backup refused REFUSED: no backup of database"));
        await Recover();
    }

    [Test]
    public async Task One_that_fails_is_refused_and_taken_again_by_the_next_run()
    {
        var release = NewRelease();
        Strike(FaultKind.Refuse);

        var refusal = await Refused(release);
        var again = await Take(release);

        Assert.That(refusal.Message, Does.EndWith("its snapshot has failed."));
        Assert.That(Said, Has.Some.Contains("of a run before has failed; it is deleted and taken again"));
        Assert.That(await (await Room()).Check(again, CancellationToken.None), Is.Empty);
    }

    [Test]
    public async Task One_that_vanishes_is_refused()
    {
        Strike(FaultKind.Lose);

        Assert.That((await Refused()).Message, Does.EndWith("its snapshot has vanished."));
    }

    [Test]
    public async Task One_of_another_database_is_refused()
    {
        var (release, other) = (NewRelease(), $"{Instance}-other");
        var first = (await Take()).Snapshots.Single().Snapshot;
        await System.Connection.Rds.RestoreDBInstanceFromDBSnapshotAsync(new() { DBInstanceIdentifier = other, DBSnapshotIdentifier = first });
        await Poll.Until(async () => (await System.Aws.Databases.Find(other, CancellationToken.None))!.Status == "available", "the other database is there");
        await System.Aws.Databases.CreateSnapshot(other, BackupTags.SnapshotId(Instance, release), new Dictionary<string, string> { [BackupTags.Backup] = release }, CancellationToken.None);

        var refusal = await Refused(release);

        Assert.That(refusal.Message, Is.EqualTo($"REFUSED: no backup of database {Instance}: its snapshot is of another database: {other}."));
    }

    [Test]
    public async Task Somebody_else_s_of_the_same_name_is_refused()
    {
        var release = NewRelease();
        await System.Aws.Databases.CreateSnapshot(Instance, BackupTags.SnapshotId(Instance, release), new Dictionary<string, string>(), CancellationToken.None);

        Assert.That((await Refused(release)).Message, Does.EndWith("another snapshot of that name is there already."));
        await Poll.Until(async () => (await System.Aws.Databases.Find(Instance, CancellationToken.None))!.Status == "available", "the copying has ended");
    }

    [Test]
    public async Task What_is_no_longer_true_is_found()
    {
        var (gone, changed) = (await Take(), await Take());
        var room = await Room();
        var store = await System.Store();
        await System.Aws.Databases.DeleteSnapshot(gone.Snapshots.Single().Snapshot, CancellationToken.None);
        var manifest = (await room.Find(changed.Id, CancellationToken.None))!;
        await store.Put($"environments/dev/backups/{changed.Id}.json", manifest with { Configuration = manifest.Configuration with { Parameters = [] } }, CancellationToken.None);

        Assert.Multiple(async () =>
        {
            Assert.That(await room.Check(gone, CancellationToken.None), Is.EqualTo(new[] { $"snapshot {gone.Snapshots[0].Snapshot} of database {Instance} is gone" }));
            Assert.That(await room.Check(changed, CancellationToken.None), Is.EqualTo(new[] { $"its record environments/dev/backups/{changed.Id}.json was changed after it was written" }));
        });
    }

    [Test]
    public async Task Old_snapshots_go_but_not_the_newest_and_not_those_of_the_release_that_runs()
    {
        var running = (await (await System.Ledger()).State(CancellationToken.None)).Release!;
        var (needed, old, newest) = (await Take(running), await Take(), await Take());
        var later = await Room(new Ahead(TimeSpan.FromDays(8)));

        var pruned = await later.Prune(CancellationToken.None);

        Assert.Multiple(async () =>
        {
            Assert.That(pruned, Does.Contain(old.Snapshots[0].Snapshot).And.None.EqualTo(needed.Snapshots[0].Snapshot).And.None.EqualTo(newest.Snapshots[0].Snapshot));
            Assert.That((await later.Find(old.Id, CancellationToken.None))!.Record.Pruned, Is.Not.Null);
            Assert.That((await later.Find(old.Id, CancellationToken.None))!.IsWhole, Is.True);
            Assert.That(await later.Check(old, CancellationToken.None), Has.One.Contains("is gone"));
            Assert.That(await later.Check(newest, CancellationToken.None), Is.Empty);
        });
    }

    /// <summary>A snapshot that hangs keeps its database busy.</summary>
    private async Task Recover()
    {
        Cloud.Cloud.Faults.Clear();
        await Poll.Until(async () => (await System.Aws.Databases.Find(Instance, CancellationToken.None))!.Status == "available", "the database is available again");
    }

    private async Task<string?> Limit() => (await System.Aws.Parameters.Read([$"/{Instance}/limit"], CancellationToken.None)).Single().Value;

    private async Task<string> Audited()
    {
        var store = await System.Store();
        var lines = new List<string>();
        await foreach (var entry in store.List("environments/dev/audit/", CancellationToken.None))
        {
            var written = (await store.Get<Pipeline.Ledger.AuditEntry>(entry.Key, CancellationToken.None))!.Value.Event;
            lines.Add($"{written.Action} {written.Outcome} {written.Text}");
        }

        return string.Join('\n', lines);
    }
}
