using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Deployments;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.Reporting;

namespace Pipeline.Backups;

/// <summary>An environment's backups: snapshots of its databases, each proven before anything is changed, and its configuration.</summary>
/// <param name="store">the ledger's bucket</param>
/// <param name="time">when backups are taken, and how old they are</param>
public sealed class BackupRoom(PipelineConfiguration configuration, AwsAccount aws, ObjectStore store, TimeProvider time)
{
    private const int Known = 50;
    private readonly ReleaseLedger _ledger = new(store, configuration.Environment.Name);

    private string Prefix => $"environments/{configuration.Environment.Name}/backups/";

    /// <summary>A person goes without snapshots this time; the configuration is kept all the same.</summary>
    public bool WithoutDatabases { get; init; }

    /// <summary>What a release runs before its first change, see <see cref="ReleaseRun.Before"/>.</summary>
    /// <param name="say">one line a step, for people</param>
    public Func<DeploymentOrder, CancellationToken, Task> Before(Action<string> say) =>
        (order, cancel) => Take(new Wanted(order.Record.Id, order.Record.Id, order.Record.Commit), say, cancel);

    /// <summary>Takes the backup of a release, under the environment's lock. The same release again goes on where a run before has stopped.</summary>
    /// <param name="release">its id, which becomes the backup's</param>
    /// <param name="say">one line a step, for people</param>
    /// <exception cref="PipelineException">it is not to be had: nothing may be changed (3)</exception>
    public Task<BackupRecord> Take(string release, Action<string> say, CancellationToken cancel) => Take(new Wanted(release, release, release[(release.LastIndexOf('-') + 1)..]), say, cancel);

    /// <summary>Takes a backup of what runs, for no release; takes the environment's lock for it.</summary>
    /// <param name="say">one line a step, for people</param>
    /// <exception cref="PipelineException">somebody changes the environment, or a backup is not to be had (3); the lock was lost (6)</exception>
    public Task<BackupRecord> TakeNow(Action<string> say, CancellationToken cancel) => Held.Run(store, configuration.Environment.Name, "taking a backup", async alive =>
    {
        var state = await _ledger.State(alive).ConfigureAwait(false);
        var running = state.Release is { } id ? await _ledger.Release(id, alive).ConfigureAwait(false) : null;
        return await Take(new Wanted($"{configuration.Environment.Name}-{time.GetUtcNow():yyyyMMdd-HHmmss}-backup", null, running?.Commit ?? ""), say, alive).ConfigureAwait(false);
    }, cancel);

    /// <summary>The newest backup whose snapshots are kept; <c>null</c>: there is none.</summary>
    public async Task<BackupRecord?> Latest(CancellationToken cancel) => (await List(cancel).ConfigureAwait(false)).FirstOrDefault(b => b.Pruned is null);

    /// <summary>The newest fifty backups, newest first.</summary>
    public async Task<IReadOnlyList<BackupRecord>> List(CancellationToken cancel)
    {
        var keys = new List<string>();
        await foreach (var entry in store.List(Prefix, cancel).ConfigureAwait(false))
        {
            keys.Add(entry.Key);
        }

        var found = await Task.WhenAll(keys.OrderDescending(StringComparer.Ordinal).Take(Known).Select(key => store.Get<BackupManifest>(key, cancel))).ConfigureAwait(false);
        return [.. found.OfType<StoredObject<BackupManifest>>().Select(f => f.Value.Record).OrderByDescending(r => r.At)];
    }

    /// <summary>All that is stored of a backup; <c>null</c>: there is none of that id.</summary>
    public async Task<BackupManifest?> Find(string id, CancellationToken cancel) => (await store.Get<BackupManifest>(Key(id), cancel).ConfigureAwait(false))?.Value;

    /// <summary>What is no longer true of a backup, a line each; none: it can be restored.</summary>
    public async Task<IReadOnlyList<string>> Check(BackupRecord backup, CancellationToken cancel)
    {
        var wrong = new List<string>();
        foreach (var kept in backup.Snapshots)
        {
            var now = await aws.Databases.Snapshot(kept.Snapshot, cancel).ConfigureAwait(false);
            if (now is null)
            {
                wrong.Add($"snapshot {kept.Snapshot} of database {kept.Instance} is gone{(backup.Pruned is { } at ? $": it was deleted for its age on {at:yyyy-MM-dd}" : "")}");
            }
            else if (!now.IsAvailable)
            {
                wrong.Add($"snapshot {kept.Snapshot} of database {kept.Instance} is {now.Status}");
            }
            else if (now.Instance != kept.Instance || now.ResourceId != kept.ResourceId || now.SizeGiB != kept.SizeGiB || now.Encrypted != kept.Encrypted)
            {
                wrong.Add($"snapshot {kept.Snapshot} is another one now: of {now.Instance}, {now.SizeGiB} GiB, {(now.Encrypted ? "encrypted" : "not encrypted")}; it was of {kept.Instance}, {kept.SizeGiB} GiB, {(kept.Encrypted ? "encrypted" : "not encrypted")}");
            }
        }

        if (await Find(backup.Id, cancel).ConfigureAwait(false) is not { } manifest)
        {
            return [.. wrong, $"its record {Key(backup.Id)} is gone"];
        }

        if (!manifest.IsWhole || manifest.Record.Hash != backup.Hash)
        {
            wrong.Add($"its record {Key(backup.Id)} was changed after it was written");
        }

        foreach (var stack in manifest.Configuration.Stacks)
        {
            if ((await _ledger.Snapshot(stack.Stack, stack.Hash, cancel).ConfigureAwait(false))?.Hash() != stack.Hash)
            {
                wrong.Add($"what stack {stack.StackName} was given ({stack.Hash[..12]}…) is gone from the ledger, or was changed there");
            }
        }

        return wrong;
    }

    /// <summary>Deletes snapshots of ours that are older than <see cref="BackupSettings.Keep"/>, see <see cref="Retention"/>; those of the current and the last good release stay.</summary>
    /// <returns>what was deleted</returns>
    public async Task<IReadOnlyList<string>> Prune(CancellationToken cancel)
    {
        var needed = new HashSet<string>(StringComparer.Ordinal);
        needed.UnionWith(new[] { (await _ledger.State(cancel).ConfigureAwait(false)).Release, (await _ledger.Releases(Known, cancel).ConfigureAwait(false)).FirstOrDefault(r => r.Outcome == ReleaseOutcome.Succeeded)?.Id }.OfType<string>());
        var ours = (await aws.Databases.Snapshots(cancel).ConfigureAwait(false)).Where(s => BackupTags.AreOf(s, configuration)).ToList();
        var expired = Retention.Expired(ours, configuration.Environment.Backup.Keep, time.GetUtcNow(), needed);
        foreach (var snapshot in expired)
        {
            await aws.Databases.DeleteSnapshot(snapshot.Id, cancel).ConfigureAwait(false);
        }

        foreach (var id in expired.Select(s => BackupTags.BackupOf(s)!).Distinct(StringComparer.Ordinal))
        {
            if (await Find(id, cancel).ConfigureAwait(false) is { } manifest)
            {
                await store.Put(Key(id), manifest with { Record = manifest.Record with { Pruned = time.GetUtcNow() } }, cancel).ConfigureAwait(false);
            }
        }

        return [.. expired.Select(s => s.Id)];
    }

    private string Key(string id) => $"{Prefix}{id}.json";

    private async Task<BackupRecord> Take(Wanted wanted, Action<string> say, CancellationToken cancel)
    {
        if (await Find(wanted.Id, cancel).ConfigureAwait(false) is { } there && await Check(there.Record, cancel).ConfigureAwait(false) is [])
        {
            say($"{wanted.Id} is there already, {Durations.Age(time.GetUtcNow() - there.Record.At)} old, and holds");
            return there.Record;
        }

        var by = (await aws.Identity.Caller(cancel).ConfigureAwait(false)).Arn;
        try
        {
            var taken = await Make(wanted, by, say, cancel).ConfigureAwait(false);
            await Tidy(say, cancel).ConfigureAwait(false);
            return taken;
        }
        catch (PipelineException e)
        {
            await _ledger.Audit.Append(new AuditEvent("backup", e.ExitCode == ExitCode.Refused ? "refused" : "failed", by, e.Message) { Deployment = wanted.Release }, cancel).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<BackupRecord> Make(Wanted wanted, string by, Action<string> say, CancellationToken cancel)
    {
        var state = await _ledger.State(cancel).ConfigureAwait(false);
        var made = await StackContents.Of(configuration, aws.Stacks, cancel).ConfigureAwait(false);
        var draft = new BackupRecord(wanted.Id, wanted.Release, time.GetUtcNow(), [], "") { Commit = wanted.Commit, Of = state.Release, By = by };
        var snapshots = await Databases(draft, made, say, cancel).ConfigureAwait(false);
        var copy = await new ConfigurationCopier(configuration, aws, _ledger).Take(state, made, cancel).ConfigureAwait(false);
        var record = (draft with { Snapshots = snapshots }).Sealed(copy);
        await store.Put(Key(record.Id), new BackupManifest(record, copy), cancel).ConfigureAwait(false);
        say($"configuration kept: {copy.Summary}");
        await _ledger.Audit.Append(new AuditEvent("backup", "done", by, $"Backup {record.Id}: {Words.Count(snapshots.Count, "snapshot")}, {copy.Summary}.")
        {
            Deployment = wanted.Release,
            Facts = new SortedDictionary<string, string>(snapshots.ToDictionary(s => $"snapshot of {s.Instance}", s => s.Arn), StringComparer.Ordinal) { ["backup"] = record.Id, ["hash"] = record.Hash },
        }, cancel).ConfigureAwait(false);
        return record;
    }

    private async Task<IReadOnlyList<DatabaseBackup>> Databases(BackupRecord draft, IReadOnlyList<MadeResource> made, Action<string> say, CancellationToken cancel)
    {
        if (!configuration.Environment.Backup.Database || WithoutDatabases)
        {
            return [];
        }

        if (made.FirstOrDefault(r => r.Type.EndsWith("::DBCluster", StringComparison.Ordinal)) is { } cluster)
        {
            throw SnapshotTaker.Clusters($"stack {cluster.StackName} has {cluster.Type} {cluster.Id}", configuration.Environment.Name);
        }

        var taker = new SnapshotTaker(aws, configuration.Environment, time);
        var tags = BackupTags.Of(configuration, draft);
        return await Task.WhenAll(made.Where(r => r.Type == "AWS::RDS::DBInstance").Select(r => taker.Take(r.Id, draft.Id, tags, say, cancel))).ConfigureAwait(false);
    }

    /// <summary>The backup is there; what is old may also go the next time.</summary>
    private async Task Tidy(Action<string> say, CancellationToken cancel)
    {
        try
        {
            foreach (var old in await Prune(cancel).ConfigureAwait(false))
            {
                say($"snapshot {old} is older than {configuration.Environment.Backup.Keep.TotalDays:0.#} d and deleted");
            }
        }
        catch (PipelineException e)
        {
            say($"old snapshots could not be deleted: {e.Message}");
        }
    }

    /// <param name="Release">for which it is taken; <c>null</c>: for none</param>
    private sealed record Wanted(string Id, string? Release, string Commit);
}
