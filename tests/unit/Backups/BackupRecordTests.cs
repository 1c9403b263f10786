using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Aws;
using Pipeline.Backups;

namespace Pipeline.Tests.Backups;

public sealed class BackupRecordTests
{
    [Test]
    public void What_was_written_is_whole_when_it_is_read() => Assert.That(Written(_ => { }).IsWhole, Is.True);

    [TestCase("record", "commit")]
    [TestCase("record", "at")]
    [TestCase("record", "by")]
    public void A_changed_record_is_found(string part, string member) => Assert.That(Written(json => json[part]![member] = member == "at" ? "2026-11-24T09:00:00+00:00" : "other").IsWhole, Is.False);

    [Test]
    public void A_changed_snapshot_a_changed_value_and_a_changed_definition_are_found() => Assert.Multiple(() =>
    {
        Assert.That(Written(json => json["record"]!["snapshots"]![0]!["snapshot"] = "other").IsWhole, Is.False);
        Assert.That(Written(json => json["configuration"]!["parameters"]![0]!["value"] = "other").IsWhole, Is.False);
        Assert.That(Written(json => json["configuration"]!["taskDefinitions"]![0]!["definition"]!["cpu"] = "1024").IsWhole, Is.False);
        Assert.That(Written(json => json["configuration"]!["stacks"]![0]!["hash"] = "other").IsWhole, Is.False);
        Assert.That(Written(json => json["configuration"]!["secrets"]!.AsArray().Clear()).IsWhole, Is.False);
    });

    [TestCase("shop", "prod-20261123-094100-3f2c1ab", "shop-prod-20261123-094100-3f2c1ab")]
    [TestCase("shop", "prod_x--Y.", "shop-prod-x-y")]
    public void A_snapshot_is_called_after_its_database_and_its_backup(string instance, string backup, string expected) => Assert.That(BackupTags.SnapshotId(instance, backup), Is.EqualTo(expected));

    private static BackupManifest Written(Action<JsonObject> change)
    {
        var copy = new ConfigurationCopy(
            [new StackCopy("a", "shop-dev-a", "h1")],
            [new TaskDefinitionCopy("arn:web:1", new JsonObject { ["family"] = "web", ["cpu"] = "256", ["containerDefinitions"] = new JsonArray(new JsonObject { ["name"] = "ä<&>", ["essential"] = true, ["cpu"] = 0 }) }, null)],
            [new ParameterCopy("/p", "String", 3, "x", null)],
            [new SecretCopy("arn:secret", new Dictionary<string, IReadOnlyList<string>> { ["v2"] = ["AWSCURRENT"], ["v1"] = ["AWSPREVIOUS"] })]);
        var database = new DatabaseBackup("shop", "shop-r1", "arn:shop-r1", 20, true, 4.2) { ResourceId = "db-1", Placement = new DatabasePlacement("db.t3.micro", "subnets", ["sg-1"], null, false, true) };
        var record = new BackupRecord("r1", "r1", new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero).AddTicks(1234567), [database], "") { Commit = "3f2c1ab", Of = "r0", By = "arn:me" }.Sealed(copy);
        var json = (JsonObject)JsonSerializer.SerializeToNode(new BackupManifest(record, copy), ObjectStore.Json)!;
        change(json);
        return JsonSerializer.Deserialize<BackupManifest>(json.ToJsonString(), ObjectStore.Json)!;
    }
}
