using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Rds;

/// <summary>Snapshots: copies of running servers, taken while they serve. One whose cloud ended is copied again at the next start.</summary>
internal sealed class DatabaseSnapshots
{
    /// <summary>As which faults strike the copying: <c>hang</c> does not become available before the faults are removed, <c>refuse</c> and <c>throttle</c> fail, <c>lose</c> is gone as soon as it is made.</summary>
    public const string FaultName = "AWS::RDS::DBSnapshot";

    private const int Quota = 100;
    private readonly Table<SnapshotRecord> _records;
    private readonly DatabaseServers _servers;
    private readonly RoomWork _work;
    private readonly TimeProvider _time;
    private readonly Faults _faults;
    private readonly Lock _lock = new();

    public DatabaseSnapshots(Table<SnapshotRecord> records, DatabaseServers servers, RoomWork work, TimeProvider time, Faults faults)
    {
        (_records, _servers, _work, _time, _faults) = (records, servers, work, time, faults);
        faults.Watch(FaultName, "Create");
    }

    public IEnumerable<SnapshotRecord> All => _records.All.OrderBy(s => s.Id, StringComparer.Ordinal);

    public SnapshotRecord? Find(string id) => _records.Find(id.ToLowerInvariant());

    public SnapshotRecord Get(string id) => Find(id) ?? throw new AwsException("DBSnapshotNotFound", $"DBSnapshot {id} not found.", 404);

    public void Put(SnapshotRecord snapshot) => _records.Put(snapshot.Id, snapshot);

    public bool IsCopying(string instance) => _records.All.Any(s => s.Instance.Id == instance && s.Status == SnapshotRecord.Creating);

    /// <summary>Ends when nothing of an instance is being copied any more.</summary>
    public Task Quiet(string instance, CancellationToken cancel) =>
        Task.WhenAll(_records.All.Where(s => s.Instance.Id == instance && s.Status == SnapshotRecord.Creating).Select(s => _work.End(Name(s), cancel)));

    /// <summary>Notes a snapshot and begins to copy.</summary>
    /// <param name="tags">its own; with <c>CopyTagsToSnapshot</c> those of the instance are below them, less AWS's own</param>
    /// <exception cref="AwsException">DBSnapshotAlreadyExists, SnapshotQuotaExceeded</exception>
    public SnapshotRecord Begin(DatabaseRecord instance, string id, IReadOnlyDictionary<string, string> tags)
    {
        id = SnapshotRecord.Identifier(id);
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var copied = instance.Properties.Flag("CopyTagsToSnapshot") == true ? instance.Tags.Where(tag => !tag.Key.StartsWith("aws:", StringComparison.Ordinal)) : [];
        foreach (var (key, value) in copied.Concat(tags))
        {
            all[key] = value;
        }

        SnapshotRecord snapshot;
        lock (_lock)
        {
            if (Find(id) is not null)
            {
                throw new AwsException("DBSnapshotAlreadyExists", $"Cannot create the snapshot because a snapshot with the identifier {id} already exists.");
            }

            if (_records.All.Count() >= Quota)
            {
                throw new AwsException("SnapshotQuotaExceeded", $"Cannot create more than {Quota} manual snapshots");
            }

            var folder = instance.IsReal ? $"{id}-{Convert.ToHexStringLower(Guid.NewGuid().ToByteArray())[..8]}" : "";
            snapshot = new SnapshotRecord(id, $"{instance.Arn[..instance.Arn.LastIndexOf(":db:", StringComparison.Ordinal)]}:snapshot:{id}", instance, folder, all);
            Put(snapshot);
        }

        Copy(snapshot);
        return snapshot;
    }

    /// <summary>Ends with a snapshot that is available; for policies and final snapshots. One of that name that is there already is waited for.</summary>
    /// <exception cref="ResourceFailure">it could not be made</exception>
    public async Task Make(DatabaseRecord instance, string id, CancellationToken cancel)
    {
        if (Find(id) is { Status: SnapshotRecord.Failed })
        {
            Remove(Get(id));
        }

        var snapshot = Find(id) ?? Begin(instance, id, new Dictionary<string, string>());
        await _work.End(Name(snapshot), cancel);
        if (Find(id) is not { Status: SnapshotRecord.Available })
        {
            throw new ResourceFailure($"Snapshot {id} could not be created");
        }
    }

    /// <exception cref="AwsException">InvalidDBSnapshotState</exception>
    public SnapshotRecord Delete(string id)
    {
        lock (_lock)
        {
            var snapshot = Get(id);
            if (snapshot.Status == SnapshotRecord.Creating)
            {
                throw new AwsException("InvalidDBSnapshotState", $"Cannot delete the snapshot because it is not currently in the available or failed state: {snapshot.Id} is {snapshot.Status}.");
            }

            Remove(snapshot);
            return snapshot with { Status = "deleted" };
        }
    }

    /// <summary>Takes up what the end of the cloud interrupted, and removes copies that no record knows.</summary>
    public void Resume()
    {
        foreach (var snapshot in _records.All.Where(s => s.Status == SnapshotRecord.Creating).ToList())
        {
            _servers.Forget(snapshot.Folder);
            Copy(snapshot);
        }

        var known = _records.All.Select(s => s.Folder).ToHashSet(StringComparer.Ordinal);
        foreach (var folder in _servers.Copies.Where(folder => !known.Contains(folder)))
        {
            ForgetLater(folder);
        }
    }

    private static string Name(SnapshotRecord snapshot) => $"snapshot/{snapshot.Id}";

    private void Copy(SnapshotRecord snapshot)
    {
        var cleared = _faults.Cleared;
        var fault = _faults.Strike(FaultName, "Create")?.Kind;
        _work.Start(Name(snapshot), async cancel =>
        {
            await (fault == FaultKind.Hang ? cleared.WaitAsync(cancel) : Task.CompletedTask);
            await Copy(snapshot, fault, cancel);
        });
    }

    private async Task Copy(SnapshotRecord snapshot, FaultKind? fault, CancellationToken cancel)
    {
        if (fault is FaultKind.Refuse or FaultKind.Throttle)
        {
            Put(snapshot with { Status = SnapshotRecord.Failed });
            return;
        }

        try
        {
            await _servers.Copy(snapshot, percent => Put(snapshot with { Percent = Math.Min(percent, 99) }), cancel);
            if (fault == FaultKind.Lose)
            {
                Remove(snapshot);
                return;
            }

            Put(snapshot with { Status = SnapshotRecord.Available, Percent = 100, Created = _time.GetUtcNow() });
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            _servers.Forget(snapshot.Folder);
            Put(snapshot with { Status = SnapshotRecord.Failed });
        }
    }

    private void Remove(SnapshotRecord snapshot)
    {
        _records.Remove(snapshot.Id);
        ForgetLater(snapshot.Folder);
    }

    /// <summary>An instance may just be made of it.</summary>
    private void ForgetLater(string folder) => _work.Start($"forget/{folder}", async cancel =>
    {
        await _servers.Unfolded(folder, _work, cancel);
        _servers.Forget(folder);
    });
}
