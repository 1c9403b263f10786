using System.Globalization;
using Pipeline.Aws;

namespace Pipeline.Backups;

/// <summary>What was kept at one moment of an environment: snapshots of its databases, and its configuration.</summary>
/// <param name="Id">of a release's: the release's id; sorts by time</param>
/// <param name="Release">the release before whose first change it was taken; <c>null</c>: a person took it</param>
/// <param name="At">UTC</param>
/// <param name="Snapshots">one a database; empty where databases are not kept</param>
/// <param name="Hash">64 hex digits over all of it and over the configuration that was kept</param>
public sealed record BackupRecord(string Id, string? Release, DateTimeOffset At, IReadOnlyList<DatabaseBackup> Snapshots, string Hash)
{
    /// <summary>What the release is made of, or what the environment ran; empty: nothing yet.</summary>
    public string Commit { get; init; } = "";

    /// <summary>The release whose result is kept here: what the environment ran; <c>null</c>: nothing yet.</summary>
    public string? Of { get; init; }

    /// <summary>ARN of who took it.</summary>
    public string By { get; init; } = "";

    /// <summary>When its snapshots were deleted because they were old; <c>null</c>: they were not.</summary>
    public DateTimeOffset? Pruned { get; init; }

    /// <summary>This record with its hash.</summary>
    /// <param name="configuration">what was kept with it</param>
    public BackupRecord Sealed(ConfigurationCopy configuration) => this with { Hash = HashOf(configuration) };

    internal string HashOf(ConfigurationCopy configuration) => Hashing.Of(
    [
        Id, Release ?? "", At.ToString("O", CultureInfo.InvariantCulture), Commit, Of ?? "", By,
        .. Snapshots.SelectMany(s => (string[])[s.Instance, s.ResourceId, s.Snapshot, s.Arn, $"{s.SizeGiB}", $"{s.Encrypted}"]),
        .. configuration.Parts(),
    ]);
}

/// <summary>The snapshot of one database.</summary>
/// <param name="Instance">identifier of the database</param>
/// <param name="Snapshot">identifier of the snapshot</param>
/// <param name="Arn">of the snapshot</param>
/// <param name="SizeGiB">allocated storage</param>
/// <param name="Encrypted">it is</param>
/// <param name="Seconds">how long it took to become available</param>
public sealed record DatabaseBackup(string Instance, string Snapshot, string Arn, int SizeGiB, bool Encrypted, double Seconds)
{
    /// <summary>AWS's own id of the database.</summary>
    public required string ResourceId { get; init; }

    /// <summary>Where the database stood.</summary>
    public required DatabasePlacement Placement { get; init; }
}

/// <summary>What is stored of a backup, as one object.</summary>
/// <param name="Record">what it is</param>
/// <param name="Configuration">what was kept beside the databases</param>
public sealed record BackupManifest(BackupRecord Record, ConfigurationCopy Configuration)
{
    /// <summary>It is what was written.</summary>
    public bool IsWhole => Record.Hash == Record.HashOf(Configuration);
}
