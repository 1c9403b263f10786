using System.Globalization;
using System.Net.Sockets;
using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.Reporting;

namespace Pipeline.Backups;

/// <summary>A database that was brought up beside the one that runs.</summary>
/// <param name="Original">identifier of the one whose snapshot it is made of</param>
/// <param name="Instance">its own identifier</param>
/// <param name="Snapshot">identifier of the snapshot</param>
/// <param name="Endpoint">where it answers</param>
/// <param name="Answers">it took a connection; <c>null</c>: nobody can connect from here</param>
public sealed record RestoredDatabase(string Original, string Instance, string Snapshot, DatabaseEndpoint Endpoint, bool? Answers);

/// <summary>Brings the databases of a backup up as new instances. Nothing that runs is touched; switching over is a person's act.</summary>
public sealed class DatabaseRestore(PipelineConfiguration configuration, AwsAccount aws, ObjectStore store, TimeProvider time)
{
    private const int LongestId = 63;
    private readonly ReleaseLedger _ledger = new(store, configuration.Environment.Name);
    private readonly EnvironmentSettings _environment = configuration.Environment;

    /// <summary>Brings them up, under the environment's lock.</summary>
    /// <param name="say">what changed, for people</param>
    /// <exception cref="PipelineException">there is no snapshot to do it with, or somebody changes the environment (3); one was made and is not right (1), or not ready in time (6)</exception>
    public Task<IReadOnlyList<RestoredDatabase>> Run(BackupRecord backup, Action<string> say, CancellationToken cancel)
    {
        if (backup.Snapshots.Count == 0)
        {
            throw new PipelineException(ExitCode.Refused, $"REFUSED: backup {backup.Id} holds no snapshot of a database.",
                new Detail("why", $"environments.{_environment.Name}.backup.database was false, or the stacks had no database then"), new Detail(_environment.Name, "untouched"), new Detail("next", $"./build.sh --target=Restore --environment={_environment.Name} lists the backups"));
        }

        return Held.Run(store, _environment.Name, $"restoring databases from {backup.Id}", async alive =>
        {
            foreach (var kept in backup.Snapshots)
            {
                await Demand(kept, alive).ConfigureAwait(false);
            }

            var by = (await aws.Identity.Caller(alive).ConfigureAwait(false)).Arn;
            var restored = await Task.WhenAll(backup.Snapshots.Select(kept => Restore(backup, kept, say, alive))).ConfigureAwait(false);
            await _ledger.Audit.Append(new AuditEvent("restore", "done", by, $"Databases of backup {backup.Id} are restored as new instances.")
            {
                Deployment = backup.Release,
                Facts = restored.ToDictionary(r => r.Original, r => $"{r.Instance} at {r.Endpoint}", StringComparer.Ordinal),
            }, alive).ConfigureAwait(false);
            return (IReadOnlyList<RestoredDatabase>)restored;
        }, cancel);
    }

    private async Task Demand(DatabaseBackup kept, CancellationToken cancel)
    {
        var now = await aws.Databases.Snapshot(kept.Snapshot, cancel).ConfigureAwait(false);
        var wrong = now is null ? "is gone" : !now.IsAvailable ? $"is {now.Status}" : now.Instance != kept.Instance || now.ResourceId != kept.ResourceId ? $"is of another database: {now.Instance}" : null;
        if (wrong is not null)
        {
            throw new PipelineException(ExitCode.Refused, $"REFUSED: snapshot {kept.Snapshot} of database {kept.Instance} {wrong}.",
                new Detail(_environment.Name, "untouched"), new Detail("next", $"./build.sh --target=Restore --environment={_environment.Name} lists the backups: choose another"));
        }
    }

    private async Task<RestoredDatabase> Restore(BackupRecord backup, DatabaseBackup kept, Action<string> say, CancellationToken cancel)
    {
        var ending = string.Create(CultureInfo.InvariantCulture, $"-restored-{time.GetUtcNow():yyyyMMddHHmm}");
        var id = $"{kept.Instance[..Math.Min(kept.Instance.Length, LongestId - ending.Length)].TrimEnd('-')}{ending}";
        if (await aws.Databases.Find(id, cancel).ConfigureAwait(false) is not null)
        {
            throw new PipelineException(ExitCode.Refused, $"REFUSED: database {id} is there already: it was restored within this minute.", new Detail(_environment.Name, "untouched by this run"), new Detail("next", "the same command again in a minute, or take that one"));
        }

        var placement = (await aws.Databases.Find(kept.Instance, cancel).ConfigureAwait(false))?.Placement ?? kept.Placement;
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["system"] = configuration.Name, ["environment"] = _environment.Name, ["owner"] = configuration.Owner, ["pipeline:restored-from"] = backup.Id,
        };
        var made = await Polling.Until(async () =>
        {
            try
            {
                await aws.Databases.Restore(id, kept.Snapshot, placement, tags, cancel).ConfigureAwait(false);
            }
            catch (AwsRefusedException e) when (e.Code == "DBInstanceAlreadyExists")
            {
                // It was not there before, and the environment is locked: the answer to our own request was lost.
            }

            return (true, id);
        }, aws.PollInterval, _environment.StackDeadline, () => Late(id, "was not asked for with an answer"), cancel).ConfigureAwait(false);
        var ready = await Wait(made, say, cancel).ConfigureAwait(false);
        return new RestoredDatabase(kept.Instance, id, kept.Snapshot, ready, await Answers(id, ready, cancel).ConfigureAwait(false));
    }

    private Task<DatabaseEndpoint> Wait(string id, Action<string> say, CancellationToken cancel)
    {
        var said = "";
        return Polling.Until(async () =>
        {
            var now = await aws.Databases.Find(id, cancel).ConfigureAwait(false);
            if ((now?.Status ?? "not there yet") is var status && status != said)
            {
                said = status;
                say($"{id}: {status}");
            }

            return now is { Status: "failed" or "incompatible-restore" or "incompatible-network" or "incompatible-parameters" or "deleting" }
                ? throw new PipelineException(ExitCode.Failed, $"Database {id} was restored and is {now.Status}.", new Detail(_environment.Name, "untouched: what runs there is another database"), new Detail("next", $"aws rds describe-events --source-type db-instance --source-identifier {id}; then delete it"))
                : (now is { Status: "available", Endpoint: not null }, now?.Endpoint!);
        }, aws.PollInterval, _environment.StackDeadline, () => Late(id, $"is {said}"), cancel);
    }

    private PipelineException Late(string id, string status) => new(ExitCode.Unknown, $"Database {id} {status} after {Durations.Text(_environment.StackDeadline)}.",
        new Detail(_environment.Name, "untouched: what runs there is another database"), new Detail("next", $"aws rds wait db-instance-available --db-instance-identifier {id}"));

    /// <summary>A database in a network of AWS is out of reach from here; one of the embedded cloud is not.</summary>
    private async Task<bool?> Answers(string id, DatabaseEndpoint endpoint, CancellationToken cancel)
    {
        if (aws.IsAws || endpoint.Host.EndsWith(".invalid", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(endpoint.Host, endpoint.Port, cancel).ConfigureAwait(false);
            return true;
        }
        catch (SocketException e)
        {
            throw new PipelineException(ExitCode.Failed, $"Database {id} is available, but does not answer at {endpoint}: {e.Message}",
                new Detail(_environment.Name, "untouched: what runs there is another database"), new Detail("next", "./build.sh --target=StartCloud, then look at it again"));
        }
    }
}
