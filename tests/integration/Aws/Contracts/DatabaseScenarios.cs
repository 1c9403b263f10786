using Amazon.RDS.Model;

namespace Pipeline.Tests.Aws.Contracts;

internal static class DatabaseScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("rds", "an instance", "DescribeDBInstances ModifyDBInstance DeleteDBInstance", Instance),
        new("rds", "tags", "DescribeDBInstances AddTagsToResource ListTagsForResource RemoveTagsFromResource", Tags),
        new("rds", "snapshots", "CreateDBSnapshot DescribeDBSnapshots RestoreDBInstanceFromDBSnapshot DeleteDBSnapshot", Snapshots),
    ];

    private static async Task Instance(ContractClients on)
    {
        await Make(on);
        var found = await Find(on);
        await on.Rds.ModifyDBInstanceAsync(new ModifyDBInstanceRequest { DBInstanceIdentifier = on.Name, BackupRetentionPeriod = 3, ApplyImmediately = true });
        var modified = await Find(on);
        await on.Rds.DeleteDBInstanceAsync(new DeleteDBInstanceRequest { DBInstanceIdentifier = on.Name, SkipFinalSnapshot = true });
        await Poll.Until(async () => await IsGone(on), "the instance is deleted");

        Assert.Multiple(() =>
        {
            Assert.That((found.DBInstanceIdentifier, found.Engine, found.DBInstanceClass, found.MasterUsername), Is.EqualTo((on.Name, "postgres", "db.t3.micro", "ada")));
            Assert.That(found.DBInstanceArn, Is.EqualTo($"arn:aws:rds:{Moto.Region}:123456789012:db:{on.Name}"));
            Assert.That(modified.BackupRetentionPeriod, Is.EqualTo(3));
        });
    }

    private static async Task Tags(ContractClients on)
    {
        await Make(on);
        var arn = (await Find(on)).DBInstanceArn;
        await on.Rds.AddTagsToResourceAsync(new AddTagsToResourceRequest { ResourceName = arn, Tags = [new Tag { Key = "owner", Value = "shop" }, new Tag { Key = "passing", Value = "1" }] });
        await on.Rds.RemoveTagsFromResourceAsync(new RemoveTagsFromResourceRequest { ResourceName = arn, TagKeys = ["passing"] });

        var tags = (await on.Rds.ListTagsForResourceAsync(new ListTagsForResourceRequest { ResourceName = arn })).TagList.Select(t => (t.Key, t.Value)).ToList();
        Assert.That(tags, Does.Contain(("owner", "shop")).And.None.EqualTo(("passing", "1")));
    }

    private static async Task Snapshots(ContractClients on)
    {
        await Make(on);
        var id = $"{on.Name}-s";
        var made = (await on.Rds.CreateDBSnapshotAsync(new CreateDBSnapshotRequest { DBInstanceIdentifier = on.Name, DBSnapshotIdentifier = id })).DBSnapshot;
        await Poll.Until(async () => (await on.Rds.DescribeDBSnapshotsAsync(new DescribeDBSnapshotsRequest { DBSnapshotIdentifier = id })).DBSnapshots.Single().Status == "available", "the snapshot is made");
        var restored = (await on.Rds.RestoreDBInstanceFromDBSnapshotAsync(new RestoreDBInstanceFromDBSnapshotRequest { DBInstanceIdentifier = $"{on.Name}-r", DBSnapshotIdentifier = id })).DBInstance;
        await on.Rds.DeleteDBSnapshotAsync(new DeleteDBSnapshotRequest { DBSnapshotIdentifier = id });

        Assert.That((made.DBSnapshotIdentifier, made.DBInstanceIdentifier, made.Engine), Is.EqualTo((id, on.Name, "postgres")));
        Assert.That(restored.Engine, Is.EqualTo("postgres"));
        Assert.ThrowsAsync<DBSnapshotNotFoundException>(() => on.Rds.DescribeDBSnapshotsAsync(new DescribeDBSnapshotsRequest { DBSnapshotIdentifier = id }));
    }

    private static Task<IReadOnlyDictionary<string, string>> Make(ContractClients on) => StackGround.Make(on, $$"""
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            DeletionPolicy: Delete
            Properties: {DBInstanceIdentifier: {{on.Name}}, Engine: postgres, DBInstanceClass: db.t3.micro, AllocatedStorage: '20', MasterUsername: ada, MasterUserPassword: long-enough}
        """);

    private static async Task<DBInstance> Find(ContractClients on) => (await on.Rds.DescribeDBInstancesAsync(new DescribeDBInstancesRequest { DBInstanceIdentifier = on.Name })).DBInstances.Single();

    private static async Task<bool> IsGone(ContractClients on)
    {
        try
        {
            await Find(on);
            return false;
        }
        catch (DBInstanceNotFoundException)
        {
            return true;
        }
    }
}
