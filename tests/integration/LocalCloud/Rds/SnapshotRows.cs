using System.Globalization;
using Amazon.RDS.Model;
using Npgsql;
using Pipeline.LocalCloud.Protocols;
using Fault = Pipeline.LocalCloud.Protocols.Fault;

namespace Pipeline.Tests.LocalCloud.Rds;

/// <summary>Snapshots of a real PostgreSQL hold its rows.</summary>
public sealed class SnapshotRows
{
    [Test]
    public async Task Rows_come_back_in_a_new_instance_while_the_old_one_serves()
    {
        await using var databases = await RealDatabases.Start();
        var original = await databases.Available("shop");
        await RealDatabases.Execute(original, "CREATE TABLE orders (id int); INSERT INTO orders SELECT generate_series(1, 1000)");
        await databases.Snapshot("before");
        await databases.Reaches("before", "available");
        await RealDatabases.Execute(original, "DELETE FROM orders WHERE id > 10");

        var restored = await databases.Restore("before", "again");

        Assert.That(await RealDatabases.Execute(restored, "SELECT count(*) FROM orders"), Is.EqualTo(1000));
        await RealDatabases.Execute(restored, "INSERT INTO orders VALUES (1001)");
        Assert.That(await RealDatabases.Execute(original, "SELECT count(*) FROM orders"), Is.EqualTo(10), "two servers with rows of their own");
    }

    [Test]
    public async Task A_snapshot_under_writes_is_of_one_moment_and_stops_nobody()
    {
        await using var databases = await RealDatabases.Start();
        var original = await databases.Available("shop");
        // Both rows of a transaction or none: a copy of files alone would tear them apart.
        await RealDatabases.Execute(original, "CREATE TABLE left_side (id int); CREATE TABLE right_side (id int)");
        using var stop = new CancellationTokenSource();
        var written = 0;
        var writer = Task.Run(async () =>
        {
            await using var connection = new NpgsqlConnection(original);
            await connection.OpenAsync();
            while (!stop.IsCancellationRequested)
            {
                var id = (++written).ToString(CultureInfo.InvariantCulture);
                await using var both = new NpgsqlCommand($"BEGIN; INSERT INTO left_side VALUES ({id}); INSERT INTO right_side VALUES ({id}); COMMIT", connection);
                await both.ExecuteNonQueryAsync();
            }
        });
        await Poll.Until(() => Task.FromResult(written > 10), "rows are written");
        var before = written;
        await databases.Snapshot("during");
        await databases.Reaches("during", "available");
        var after = written;
        await Poll.Until(() => Task.FromResult(written > after + 10), "rows are written after it as well");
        await stop.CancelAsync();
        await writer;

        var restored = await databases.Restore("during", "again");

        var rows = (long)(await RealDatabases.Execute(restored, "SELECT count(*) FROM left_side"))!;
        Assert.That(rows, Is.InRange(before - 1, after + 1), "the moment lies within the copying");
        Assert.That(await RealDatabases.Execute(restored, "SELECT count(*) FROM left_side l FULL JOIN right_side r USING (id) WHERE l.id IS NULL OR r.id IS NULL"), Is.Zero, "no torn transaction");
        Assert.That(await RealDatabases.Execute(restored, "SELECT max(id) FROM left_side"), Is.EqualTo((int)rows), "no row is missing before the last one");
    }

    [Test]
    public async Task Snapshots_and_restored_instances_survive_the_end_of_the_cloud()
    {
        await using var databases = await RealDatabases.Start();
        await RealDatabases.Execute(await databases.Available("shop"), "CREATE TABLE orders (id int); INSERT INTO orders VALUES (42)");
        await databases.Snapshot("before");
        await databases.Reaches("before", "available");
        await databases.Restore("before", "first");

        await databases.Restart();

        Assert.That(await RealDatabases.Execute(await databases.Available("first"), "SELECT id FROM orders"), Is.EqualTo(42));
        Assert.That(await RealDatabases.Execute(await databases.Restore("before", "second"), "SELECT id FROM orders"), Is.EqualTo(42));
    }

    [Test]
    public async Task One_that_the_end_of_the_cloud_interrupted_is_made_at_the_next_start()
    {
        await using var databases = await RealDatabases.Start();
        await RealDatabases.Execute(await databases.Available("shop"), "CREATE TABLE orders (id int); INSERT INTO orders VALUES (42)");
        databases.Cloud.Cloud.Faults.Add(new Fault("AWS::RDS::DBSnapshot", "Create", FaultKind.Hang));
        await databases.Snapshot("before");

        await databases.Restart();

        await databases.Reaches("before", "available");
        Assert.That(await RealDatabases.Execute(await databases.Restore("before", "again"), "SELECT id FROM orders"), Is.EqualTo(42));
    }

    [Test]
    public async Task A_snapshot_may_be_deleted_while_an_instance_is_made_of_it()
    {
        await using var databases = await RealDatabases.Start();
        await RealDatabases.Execute(await databases.Available("shop"), "CREATE TABLE orders (id int); INSERT INTO orders VALUES (42)");
        await databases.Snapshot("before");
        await databases.Reaches("before", "available");
        await databases.Rds.RestoreDBInstanceFromDBSnapshotAsync(new RestoreDBInstanceFromDBSnapshotRequest { DBInstanceIdentifier = "again", DBSnapshotIdentifier = "before" });
        await databases.Rds.DeleteDBSnapshotAsync(new DeleteDBSnapshotRequest { DBSnapshotIdentifier = "before" });

        Assert.That(await RealDatabases.Execute(await databases.Available("again"), "SELECT id FROM orders"), Is.EqualTo(42));
    }

    [Test]
    public async Task The_deletion_policy_leaves_a_snapshot_with_rows_and_tags_behind()
    {
        await using var databases = await RealDatabases.Start("Snapshot");
        await RealDatabases.Execute(await databases.Available("shop"), "CREATE TABLE orders (id int); INSERT INTO orders VALUES (42)");

        await databases.DeleteStack();

        Assert.That((await databases.Rds.DescribeDBInstancesAsync(new DescribeDBInstancesRequest())).DBInstances ?? [], Is.Empty);
        var left = (await databases.Rds.DescribeDBSnapshotsAsync(new DescribeDBSnapshotsRequest { DBInstanceIdentifier = "shop" })).DBSnapshots.Single();
        Assert.That(left.DBSnapshotIdentifier, Does.Match("^shop-snapshot-db-[0-9a-f]{12}$"));
        Assert.That(left.TagList.Select(t => (t.Key, t.Value)), Is.EqualTo(new[] { ("owner", "team") }));
        Assert.That(await RealDatabases.Execute(await databases.Restore(left.DBSnapshotIdentifier, "again"), "SELECT id FROM orders"), Is.EqualTo(42));
    }
}
