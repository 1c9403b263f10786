using Pipeline.Aws;

namespace Pipeline.Backups;

/// <summary>Which snapshots of ours are old enough to go.</summary>
public static class Retention
{
    /// <summary>
    /// Those older than a bound. Never the newest of a database that can be restored, never one of a backup that is still needed, and
    /// nothing that is just being made.
    /// </summary>
    /// <param name="snapshots">all that carry <see cref="BackupTags.Backup"/> for the environment</param>
    /// <param name="keep">the bound</param>
    /// <param name="needed">ids of backups that stay whatever their age</param>
    public static IReadOnlyList<DatabaseSnapshotState> Expired(IReadOnlyList<DatabaseSnapshotState> snapshots, TimeSpan keep, DateTimeOffset now, IReadOnlySet<string> needed)
    {
        var newest = snapshots.Where(s => s.IsAvailable).GroupBy(s => s.Instance, StringComparer.Ordinal).Select(database => database.MaxBy(s => s.Created)!.Id).ToHashSet(StringComparer.Ordinal);
        return [.. snapshots.Where(s => (s.IsAvailable || s.IsFailed) && !newest.Contains(s.Id) && !needed.Contains(BackupTags.BackupOf(s) ?? "") && now - (s.Created ?? BackupTags.TakenAt(s) ?? now) > keep)];
    }
}
