using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.LocalCloud.Rds;

/// <summary>What RDS says about snapshots, whatever is behind the instances.</summary>
public sealed class SnapshotTests
{
    [Test]
    public async Task A_snapshot_tells_what_its_instance_was_like()
    {
        await using var rds = new DatabaseGround();
        await rds.Create("shop", ""","StorageEncrypted":true,"EngineVersion":"17.7","CopyTagsToSnapshot":true,"Tags":[{"Key":"owner","Value":"team"}]""");

        var asked = (await rds.Call("CreateDBSnapshot", """{"DBInstanceIdentifier":"shop","DBSnapshotIdentifier":"Before","Tags":[{"Key":"why","Value":"release"}]}""")).Object("DBSnapshot")!;
        await rds.Reaches("before", "available");
        var made = await rds.Described("before");

        Assert.Multiple(() =>
        {
            Assert.That((asked.Text("Status"), asked.Int("PercentProgress"), asked["SnapshotCreateTime"]), Is.EqualTo(("creating", 0, (object?)null)));
            Assert.That((made.Int("PercentProgress"), made.Text("SnapshotCreateTime")), Is.EqualTo((100, "2026-11-23T09:00:00.000Z")));
            Assert.That(made.Text("DBSnapshotArn"), Is.EqualTo("arn:aws:rds:eu-central-1:123456789012:snapshot:before"));
            Assert.That((made.Text("DBInstanceIdentifier"), made.Text("Engine"), made.Text("EngineVersion"), made.Int("AllocatedStorage"), made.Flag("Encrypted"), made.Text("MasterUsername"), made.Int("Port")),
                Is.EqualTo(("shop", "postgres", "17.7", 20, true, "ada", 5432)));
            Assert.That(made.Objects("TagList").Select(t => $"{t.Text("Key")}={t.Text("Value")}"), Is.EqualTo(new[] { "owner=team", "system=shop", "why=release" }), "the instance's tags, less AWS's own, and its own");
        });
    }

    [Test]
    public async Task Tags_stay_with_the_instance_unless_it_hands_them_on()
    {
        await using var rds = new DatabaseGround();
        await rds.Create("shop");

        Assert.That((await rds.Snapshot("shop", "s")).Objects("TagList"), Is.Empty);
    }

    [TestCase("none", "s", "DBInstanceNotFound")]
    [TestCase("shop", "taken", "DBSnapshotAlreadyExists")]
    [TestCase("shop", "two--hyphens", "InvalidParameterValue")]
    [TestCase("shop", "1digit", "InvalidParameterValue")]
    [TestCase("shop", "end-", "InvalidParameterValue")]
    public async Task What_cannot_be_is_refused(string instance, string id, string code)
    {
        await using var rds = new DatabaseGround();
        await rds.Create("shop");
        await rds.Snapshot("shop", "taken");
        await rds.Reaches("taken", "available");

        Assert.That(Assert.ThrowsAsync<AwsException>(() => rds.Snapshot(instance, id))!.Code, Is.EqualTo(code));
    }

    [Test]
    public async Task A_hundred_snapshots_and_no_more_come_in_pages()
    {
        await using var rds = new DatabaseGround();
        await rds.Create("shop");
        await rds.Create("other");
        for (var i = 0; i < 100; i++)
        {
            await rds.Snapshot(i < 40 ? "shop" : "other", $"s{i:00}");
            await rds.Reaches($"s{i:00}", "available");
        }

        var first = await rds.Call("DescribeDBSnapshots", """{"DBInstanceIdentifier":"shop","MaxRecords":"25"}""");
        var second = await rds.Call("DescribeDBSnapshots", $$"""{"DBInstanceIdentifier":"shop","MaxRecords":"25","Marker":"{{first.Text("Marker")}}"}""");

        Assert.Multiple(() =>
        {
            Assert.That((first.Objects("DBSnapshots").Count, second.Objects("DBSnapshots").Count, second.Text("Marker")), Is.EqualTo((25, 15, (string?)null)));
            Assert.That(first.Objects("DBSnapshots").Concat(second.Objects("DBSnapshots")).Select(s => s.Text("DBSnapshotIdentifier")), Is.Unique);
            Assert.That(Code("""{"MaxRecords":"5"}"""), Is.EqualTo("InvalidParameterValue"));
            Assert.That(Assert.ThrowsAsync<AwsException>(() => rds.Snapshot("shop", "more"))!.Code, Is.EqualTo("SnapshotQuotaExceeded"));
        });

        string Code(string members) => Assert.ThrowsAsync<AwsException>(() => rds.Call("DescribeDBSnapshots", members))!.Code;
    }

    [TestCase("""{"SnapshotType":"manual"}""", 2)]
    [TestCase("""{"SnapshotType":"automated"}""", 0)]
    [TestCase("""{"DBInstanceIdentifier":"nobody"}""", 0)]
    [TestCase("""{"Filters":[{"Name":"db-instance-id","Values":["other"]}]}""", 1)]
    [TestCase("""{"Filters":[{"Name":"db-snapshot-id","Values":["a","none"]},{"Name":"engine","Values":["postgres"]}]}""", 1)]
    [TestCase("{}", 2)]
    public async Task They_are_found_by_what_they_are(string members, int count)
    {
        await using var rds = new DatabaseGround();
        await rds.Create("shop");
        await rds.Create("other");
        await rds.Snapshot("shop", "a");
        await rds.Snapshot("other", "b");

        Assert.That((await rds.Call("DescribeDBSnapshots", members)).Objects("DBSnapshots"), Has.Count.EqualTo(count));
    }

    [Test]
    public async Task One_that_is_not_there_is_not_found()
    {
        await using var rds = new DatabaseGround();

        Assert.That(Assert.ThrowsAsync<AwsException>(() => rds.Described("none")), Has.Property("Code").EqualTo("DBSnapshotNotFound").And.Property("Status").EqualTo(404));
    }

    [Test]
    public async Task One_that_never_becomes_available_keeps_its_instance_busy_and_cannot_be_deleted_or_restored()
    {
        await using var rds = new DatabaseGround();
        rds.Faults.Add(new Fault("AWS::RDS::DBSnapshot", "Create", FaultKind.Hang));
        await rds.Create("shop");
        await rds.Snapshot("shop", "s");

        Assert.Multiple(async () =>
        {
            Assert.That((await rds.Call("DescribeDBInstances", "{}")).Objects("DBInstances").Single().Text("DBInstanceStatus"), Is.EqualTo("backing-up"));
            Assert.That(Assert.ThrowsAsync<AwsException>(() => rds.Snapshot("shop", "another"))!.Code, Is.EqualTo("InvalidDBInstanceState"));
            Assert.That(Assert.ThrowsAsync<AwsException>(() => rds.Call("DeleteDBSnapshot", """{"DBSnapshotIdentifier":"s"}"""))!.Code, Is.EqualTo("InvalidDBSnapshotState"));
            Assert.That(Assert.ThrowsAsync<AwsException>(() => rds.Call("RestoreDBInstanceFromDBSnapshot", """{"DBInstanceIdentifier":"r","DBSnapshotIdentifier":"s"}"""))!.Code, Is.EqualTo("InvalidDBSnapshotState"));
        });
    }

    [Test]
    public async Task One_that_fails_can_be_deleted()
    {
        await using var rds = new DatabaseGround();
        rds.Faults.Add(new Fault("AWS::RDS::DBSnapshot", "Create", FaultKind.Throttle));
        await rds.Create("shop");
        await rds.Snapshot("shop", "s");
        await rds.Reaches("s", "failed");

        Assert.That((await rds.Call("DeleteDBSnapshot", """{"DBSnapshotIdentifier":"s"}""")).Object("DBSnapshot")!.Text("Status"), Is.EqualTo("deleted"));
    }

    [Test]
    public async Task A_lost_one_is_gone_as_soon_as_it_is_made()
    {
        await using var rds = new DatabaseGround();
        rds.Faults.Add(new Fault("AWS::RDS::DBSnapshot", "Create", FaultKind.Lose));
        await rds.Create("shop");
        await rds.Snapshot("shop", "s");

        await Poll.Until(async () => (await rds.Call("DescribeDBSnapshots", "{}")).Objects("DBSnapshots").Count == 0, "it is gone");
    }

    [Test]
    public async Task A_restored_instance_takes_only_data_and_size_over()
    {
        await using var rds = new DatabaseGround();
        await rds.Create("shop", ""","MultiAZ":true,"DeletionProtection":true,"VPCSecurityGroups":["sg-1"],"StorageEncrypted":true""");
        await rds.Snapshot("shop", "s");
        await rds.Reaches("s", "available");

        var made = (await rds.Call("RestoreDBInstanceFromDBSnapshot", """{"DBInstanceIdentifier":"Again","DBSnapshotIdentifier":"s","DBInstanceClass":"db.t3.large","VpcSecurityGroupIds":["sg-2"],"Tags":[{"Key":"a","Value":"b"}]}""")).Object("DBInstance")!;
        await Poll.Until(async () => (await rds.Call("DescribeDBInstances", """{"DBInstanceIdentifier":"again"}""")).Objects("DBInstances").Single().Text("DBInstanceStatus") == "available", "it is available");

        Assert.Multiple(() =>
        {
            Assert.That((made.Text("DBInstanceIdentifier"), made.Text("DBInstanceStatus"), made.Text("DBInstanceClass"), made.Int("AllocatedStorage"), made.Flag("StorageEncrypted")), Is.EqualTo(("again", "creating", "db.t3.large", 20, true)));
            Assert.That((made.Flag("MultiAZ"), made.Flag("DeletionProtection")), Is.EqualTo((false, false)));
            Assert.That(made.Objects("VpcSecurityGroups").Single().Text("VpcSecurityGroupId"), Is.EqualTo("sg-2"));
            Assert.That(made.Objects("TagList").Single().Text("Key"), Is.EqualTo("a"));
            Assert.That(Code("""{"DBInstanceIdentifier":"shop","DBSnapshotIdentifier":"s"}"""), Is.EqualTo("DBInstanceAlreadyExists"));
            Assert.That(Code("""{"DBInstanceIdentifier":"x","DBSnapshotIdentifier":"none"}"""), Is.EqualTo("DBSnapshotNotFound"));
            Assert.That(Code("""{"DBInstanceIdentifier":"x","DBSnapshotIdentifier":"s","DBSubnetGroupName":"none"}"""), Is.EqualTo("DBSubnetGroupNotFoundFault"));
            Assert.That(Code("""{"DBInstanceIdentifier":"x","DBSnapshotIdentifier":"s","Iops":"3000"}"""), Is.EqualTo("InvalidParameterValue"));
        });

        string Code(string members) => Assert.ThrowsAsync<AwsException>(() => rds.Call("RestoreDBInstanceFromDBSnapshot", members))!.Code;
    }

    [Test]
    public async Task A_final_snapshot_comes_before_the_end_of_its_instance()
    {
        await using var rds = new DatabaseGround();
        await rds.Create("shop");

        var deleting = (await rds.Call("DeleteDBInstance", """{"DBInstanceIdentifier":"shop","FinalDBSnapshotIdentifier":"last"}""")).Object("DBInstance")!;

        Assert.That(deleting.Text("DBInstanceStatus"), Is.EqualTo("deleting"));
        await Poll.Until(async () => (await rds.Call("DescribeDBInstances", "{}")).Objects("DBInstances").Count == 0, "the instance is gone");
        Assert.That((await rds.Described("last")).Text("Status"), Is.EqualTo("available"));
    }

    [Test]
    public async Task Without_its_final_snapshot_an_instance_stays()
    {
        await using var rds = new DatabaseGround();
        rds.Faults.Add(new Fault("AWS::RDS::DBSnapshot", "Create", FaultKind.Throttle));
        await rds.Create("shop");

        await rds.Call("DeleteDBInstance", """{"DBInstanceIdentifier":"shop","FinalDBSnapshotIdentifier":"last"}""");

        await rds.Reaches("last", "failed");
        await Poll.Until(async () => (await rds.Call("DescribeDBInstances", "{}")).Objects("DBInstances").Single().Text("DBInstanceStatus") == "available", "the instance stays");
        Assert.That(Assert.ThrowsAsync<AwsException>(() => rds.Call("DeleteDBInstance", """{"DBInstanceIdentifier":"shop"}"""))!.Code, Is.EqualTo("InvalidParameterCombination"), "one of the two must be said");
    }

    [Test]
    public async Task Tags_of_snapshots_and_instances_change()
    {
        await using var rds = new DatabaseGround();
        await rds.Create("shop");
        var arn = (await rds.Snapshot("shop", "s")).Text("DBSnapshotArn")!;
        await rds.Reaches("s", "available");

        await rds.Call("AddTagsToResource", $$"""{"ResourceName":"{{arn}}","Tags":[{"Key":"a","Value":"1"},{"Key":"b","Value":"2"}]}""");
        await rds.Call("RemoveTagsFromResource", $$"""{"ResourceName":"{{arn}}","TagKeys":["a"]}""");

        Assert.That((await rds.Call("ListTagsForResource", $$"""{"ResourceName":"{{arn}}"}""")).Objects("TagList").Select(t => (t.Text("Key"), t.Text("Value"))), Is.EqualTo(new[] { ("b", "2") }));
        Assert.Multiple(() =>
        {
            Assert.That(Code($"{arn}x"), Is.EqualTo("DBSnapshotNotFound"));
            Assert.That(Code("arn:aws:rds:eu-central-1:123456789012:db:none"), Is.EqualTo("DBInstanceNotFound"));
            Assert.That(Code("shop"), Is.EqualTo("InvalidParameterValue"));
        });

        string Code(string name) => Assert.ThrowsAsync<AwsException>(() => rds.Call("ListTagsForResource", $$"""{"ResourceName":"{{name}}"}"""))!.Code;
    }
}
