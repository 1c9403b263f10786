using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Reporting;

namespace Pipeline.Backups;

/// <summary>Takes the snapshot of one database and does not believe in it before it has been looked at: available, of this database, of its size, encrypted as it is.</summary>
internal sealed class SnapshotTaker(AwsAccount aws, EnvironmentSettings environment, TimeProvider time)
{
    // A snapshot that was just asked for may not be listed at once.
    private const int MostMisses = 5;

    /// <summary>Takes it, or goes on with the one that a run before has begun.</summary>
    /// <param name="instance">identifier of the database</param>
    /// <param name="backup">the backup that it is for</param>
    /// <param name="tags">of the snapshot</param>
    /// <param name="say">what changed, for people</param>
    /// <exception cref="PipelineException">it is not to be had (3)</exception>
    public async Task<DatabaseBackup> Take(string instance, string backup, IReadOnlyDictionary<string, string> tags, Action<string> say, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        var database = await aws.Databases.Find(instance, cancel).ConfigureAwait(false)
            ?? throw Refused(instance, "the database is gone", "its stack has it, RDS does not", null, began, $"./build.sh --target=Status --drift --environment={environment.Name}");
        if (database.Cluster is { } cluster)
        {
            throw Clusters($"database {instance} belongs to cluster {cluster}", environment.Name);
        }

        var id = BackupTags.SnapshotId(instance, backup);
        if (!await IsBegun(id, backup, database, began, say, cancel).ConfigureAwait(false))
        {
            await Begin(database, id, tags, began, say, cancel).ConfigureAwait(false);
        }

        var made = await Wait(database, id, backup, began, say, cancel).ConfigureAwait(false);
        return new DatabaseBackup(instance, id, made.Arn, made.SizeGiB, made.Encrypted, Math.Round(time.GetElapsedTime(began).TotalSeconds, 1)) { ResourceId = database.ResourceId, Placement = database.Placement };
    }

    /// <summary>What an Aurora cluster needs is another kind of snapshot.</summary>
    public static PipelineException Clusters(string why, string environment) => new(ExitCode.Refused, "REFUSED: no backup of a database cluster can be taken: only instances of RDS are snapshotted.",
        new Detail("why", why), new Detail(environment, "untouched by this run"),
        new Detail("next", $"set environments.{environment}.backup.database to false, and see to the cluster's backups yourself"));

    private async Task<bool> IsBegun(string id, string backup, DatabaseState database, long began, Action<string> say, CancellationToken cancel)
    {
        if (await aws.Databases.Snapshot(id, cancel).ConfigureAwait(false) is not { } there)
        {
            return false;
        }

        Judge(there, database, backup, began);
        if (!there.IsFailed)
        {
            say($"{database.Id}: snapshot {id} was begun before, {there.Status}");
            return true;
        }

        say($"{database.Id}: snapshot {id} of a run before has failed; it is deleted and taken again");
        await aws.Databases.DeleteSnapshot(id, cancel).ConfigureAwait(false);
        return false;
    }

    /// <summary>Waits until RDS takes the request: a database that is just being modified, or backed up by RDS itself, does not.</summary>
    private Task<bool> Begin(DatabaseState database, string id, IReadOnlyDictionary<string, string> tags, long began, Action<string> say, CancellationToken cancel)
    {
        var said = "";
        return Polling.Until(async () =>
        {
            try
            {
                await aws.Databases.CreateSnapshot(database.Id, id, tags, cancel).ConfigureAwait(false);
                return (true, true);
            }
            catch (AwsRefusedException e) when (e.Code == Databases.SnapshotExists)
            {
                // The answer to our request was lost, not the request; whose it is is looked at next.
                return (true, true);
            }
            catch (AwsRefusedException e) when (e.Code == Databases.Busy)
            {
                var status = (await aws.Databases.Find(database.Id, cancel).ConfigureAwait(false))?.Status ?? "gone";
                if (status != said)
                {
                    said = status;
                    say($"{database.Id}: waiting until it is available, it is {status}");
                }

                return (false, false);
            }
        }, aws.PollInterval, Left(began), () => Refused(database.Id, $"the database was not available within {Durations.Text(environment.Backup.Deadline)}", $"it is {said}, and RDS snapshots only what is available", null, began), cancel);
    }

    private Task<DatabaseSnapshotState> Wait(DatabaseState database, string id, string backup, long began, Action<string> say, CancellationToken cancel)
    {
        DatabaseSnapshotState? seen = null;
        var (misses, said) = (0, "");
        return Polling.Until(async () =>
        {
            if (await aws.Databases.Snapshot(id, cancel).ConfigureAwait(false) is not { } now)
            {
                return ++misses < MostMisses ? (false, seen!) : throw Refused(database.Id, "its snapshot has vanished", $"snapshot {id} was asked for and is not there any more", seen, began);
            }

            (misses, seen) = (0, now);
            Judge(now, database, backup, began);
            var text = now.IsAvailable ? $"snapshot available after {Durations.Text(time.GetElapsedTime(began))}" : $"snapshot {now.Status} {now.Percent} %";
            if (text != said)
            {
                said = text;
                say($"{database.Id}: {text}");
            }

            return now.IsFailed ? throw Refused(database.Id, "its snapshot has failed", $"RDS says that snapshot {id} is {now.Status}", now, began) : (now.IsAvailable, now);
        }, aws.PollInterval, Left(began), () => Refused(database.Id, $"its snapshot did not become available within {Durations.Text(environment.Backup.Deadline)}", "RDS is not done with it, or hangs", seen, began,
            $"look at it with 'aws rds describe-db-snapshots --db-snapshot-identifier {id}'; give it longer with environments.{environment.Name}.backup.deadline"), cancel);
    }

    /// <summary>Somebody else's snapshot, or one of another database, is no backup.</summary>
    private void Judge(DatabaseSnapshotState snapshot, DatabaseState database, string backup, long began)
    {
        var wrong = BackupTags.BackupOf(snapshot) != backup ? "another snapshot of that name is there already"
            : snapshot.Instance != database.Id ? $"its snapshot is of another database: {snapshot.Instance}"
            : snapshot.ResourceId != database.ResourceId ? "its snapshot is of a database that had the same name before it"
            : snapshot.SizeGiB != database.SizeGiB ? $"its snapshot has {snapshot.SizeGiB} GiB, the database {database.SizeGiB} GiB"
            : snapshot.Encrypted != database.Encrypted ? $"its snapshot is {(snapshot.Encrypted ? "" : "not ")}encrypted, the database is {(database.Encrypted ? "" : "not ")}"
            : null;
        if (wrong is not null)
        {
            throw Refused(database.Id, wrong, $"only snapshot {snapshot.Id} of {database.Id} ({database.ResourceId}, {database.SizeGiB} GiB), tagged {BackupTags.Backup}={backup}, counts", snapshot, began,
                $"look at it with 'aws rds describe-db-snapshots --db-snapshot-identifier {snapshot.Id}'; rename or delete it if it is in the way");
        }
    }

    private TimeSpan Left(long began)
    {
        var left = environment.Backup.Deadline - time.GetElapsedTime(began);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private PipelineException Refused(string instance, string what, string why, DatabaseSnapshotState? snapshot, long began, string next = "the same command again") => new(
        ExitCode.Refused,
        $"REFUSED: no backup of database {instance}: {what}.",
        [
            new Detail("why", why),
            .. snapshot is null ? Array.Empty<Detail>() : [new Detail("snapshot", $"{snapshot.Id}: {snapshot.Status}, {snapshot.Percent} %, of {snapshot.Instance}, {Age(snapshot, began)}")],
            new Detail(environment.Name, "untouched by this run"),
            new Detail("next", next),
        ]);

    private string Age(DatabaseSnapshotState snapshot, long began) => (snapshot.Created ?? BackupTags.TakenAt(snapshot)) is { } at
        ? $"{Durations.Age(time.GetUtcNow() - at)} old"
        : $"waited for {Durations.Text(time.GetElapsedTime(began))}";
}
