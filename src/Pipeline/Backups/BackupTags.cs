using System.Globalization;
using Pipeline.Aws;
using Pipeline.Configuration;

namespace Pipeline.Backups;

/// <summary>The tags by which snapshots of ours are known, and their names.</summary>
public static class BackupTags
{
    /// <summary>Its value is the backup's id.</summary>
    public const string Backup = "pipeline:backup";

    private const string Taken = "pipeline:taken";
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>The tags of a backup's snapshots.</summary>
    public static IReadOnlyDictionary<string, string> Of(PipelineConfiguration configuration, BackupRecord backup) => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["system"] = configuration.Name,
        ["environment"] = configuration.Environment.Name,
        ["release"] = backup.Release ?? backup.Of ?? "none",
        ["commit"] = backup.Commit.Length > 0 ? backup.Commit : "none",
        [Backup] = backup.Id,
        [Taken] = backup.At.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture),
    };

    /// <summary>Whether a snapshot is one of ours, for this environment.</summary>
    public static bool AreOf(DatabaseSnapshotState snapshot, PipelineConfiguration configuration) =>
        BackupOf(snapshot) is not null && snapshot.Tags.GetValueOrDefault("system") == configuration.Name && snapshot.Tags.GetValueOrDefault("environment") == configuration.Environment.Name;

    /// <summary>The backup that a snapshot belongs to; <c>null</c>: none of ours.</summary>
    public static string? BackupOf(DatabaseSnapshotState snapshot) => snapshot.Tags.GetValueOrDefault(Backup);

    /// <summary>When a snapshot was asked for, where it says so: one that failed has no time of its own.</summary>
    public static DateTimeOffset? TakenAt(DatabaseSnapshotState snapshot) =>
        DateTimeOffset.TryParseExact(snapshot.Tags.GetValueOrDefault(Taken), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    /// <summary>What a backup's snapshot of a database is called: the same for both is the same snapshot. Called after its database, so that rights go by names.</summary>
    public static string SnapshotId(string instance, string backup)
    {
        var name = string.Concat($"{instance}-{backup}".ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
        return string.Join('-', name.Split('-', StringSplitOptions.RemoveEmptyEntries));
    }
}
