using Pipeline.Aws;
using Pipeline.Backups;

namespace Pipeline.Tests.Backups;

public sealed class RetentionTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    [Test]
    public void What_is_older_than_the_bound_goes() =>
        Assert.That(Expired(Of("a", days: 31), Of("b", days: 30), Of("c", days: 1)), Is.EqualTo(new[] { "a" }), "older than thirty days, not thirty days old");

    [Test]
    public void The_newest_of_a_database_stays_however_old_it_is() =>
        Assert.That(Expired(Of("a", days: 100), Of("b", days: 90), Of("other", days: 200, instance: "other")), Is.EqualTo(new[] { "a" }));

    [Test]
    public void The_newest_is_the_newest_that_can_be_restored() =>
        Assert.That(Expired(Of("a", days: 90), Of("b", days: 80, status: "failed"), Of("c", days: 1, status: "creating")), Is.EqualTo(new[] { "b" }));

    [Test]
    public void What_a_release_needs_stays() =>
        Assert.That(Expired(["r1"], Of("a", days: 100, backup: "r1"), Of("b", days: 90, backup: "r2"), Of("c", days: 1)), Is.EqualTo(new[] { "b" }));

    [Test]
    public void What_is_being_made_stays() =>
        Assert.That(Expired(Of("a", days: 100, status: "creating"), Of("b", days: 1)), Is.Empty);

    [Test]
    public void One_that_failed_is_as_old_as_its_tag_says()
    {
        var failed = Of("a", days: 0, status: "failed") with { Created = null, Tags = new Dictionary<string, string> { [BackupTags.Backup] = "a", ["pipeline:taken"] = "2026-10-01T00:00:00Z" } };

        Assert.That(Expired(failed, failed with { Id = "b", Tags = new Dictionary<string, string> { [BackupTags.Backup] = "b" } }), Is.EqualTo(new[] { "a" }), "without a time nobody knows");
    }

    private static IEnumerable<string> Expired(params IReadOnlyList<DatabaseSnapshotState> snapshots) => Expired([], snapshots);

    private static IEnumerable<string> Expired(HashSet<string> needed, params IReadOnlyList<DatabaseSnapshotState> snapshots) => Retention.Expired(snapshots, TimeSpan.FromDays(30), Now, needed).Select(s => s.Id);

    private static DatabaseSnapshotState Of(string id, int days, string instance = "shop", string status = "available", string? backup = null) => new(id, $"arn:{id}", instance, "db-1", status)
    {
        Percent = 100, SizeGiB = 20, Encrypted = true, Created = Now - TimeSpan.FromDays(days), Tags = new Dictionary<string, string> { [BackupTags.Backup] = backup ?? id },
    };
}
