using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Rds;

/// <summary>New instances made of snapshots: with their rows, their master user and its password, at an address of their own.</summary>
internal sealed class DatabaseRestores(Table<DatabaseRecord> instances, DatabaseSnapshots snapshots, DatabaseServers servers, RoomWork work, TimeProvider time)
{
    /// <summary>What a restored instance does not take over from the one that was copied; who restores says it anew.</summary>
    private static readonly string[] NotInherited = ["DBSubnetGroupName", "DBParameterGroupName", "VPCSecurityGroups", "MultiAZ", "PubliclyAccessible", "DeletionProtection", "CopyTagsToSnapshot", "AvailabilityZone", "Tags"];

    private static readonly string[] Settable =
    [
        "DBInstanceClass", "AvailabilityZone", "DBSubnetGroupName", "MultiAZ", "PubliclyAccessible", "AutoMinorVersionUpgrade", "StorageType", "CopyTagsToSnapshot", "DBParameterGroupName",
        "DeletionProtection", "AllocatedStorage", "BackupRetentionPeriod", "PreferredBackupWindow",
    ];

    private static readonly string[] Read = ["Action", "Version", "DBInstanceIdentifier", "DBSnapshotIdentifier", "Engine", "VpcSecurityGroupIds", "Tags"];

    /// <summary>Notes the instance and begins to make it.</summary>
    /// <param name="id">of the new instance, valid and free</param>
    /// <exception cref="AwsException">no such snapshot, it is not available, or a member cannot be said here</exception>
    public DatabaseRecord Begin(AwsRequest request, string id)
    {
        var snapshot = snapshots.Get(request.Required("DBSnapshotIdentifier"));
        if (snapshot.Status != SnapshotRecord.Available)
        {
            throw new AwsException("InvalidDBSnapshotState", $"Cannot restore from the snapshot {snapshot.Id} because it is not available: it is {snapshot.Status}.");
        }

        if (request.Text("Engine") is { Length: > 0 } engine && engine != snapshot.Instance.Text("Engine"))
        {
            throw new AwsException("InvalidParameterCombination", $"The snapshot is of engine {snapshot.Instance.Text("Engine")}, not {engine}.");
        }

        if (request.Body.Select(member => member.Key).FirstOrDefault(name => !Settable.Contains(name) && !Read.Contains(name)) is { } unknown)
        {
            throw new AwsException("InvalidParameterValue", $"{unknown} cannot be said of a restored instance on the embedded cloud.");
        }

        var record = snapshot.Instance with
        {
            Id = id,
            Arn = request.Arn("rds", $"db:{id}"),
            Properties = Properties(request, snapshot.Instance, id),
            Tags = DatabaseTags.Of(request.Body),
            ResourceId = DatabaseRecord.NewResourceId(),
            Status = "creating",
            Created = time.GetUtcNow(),
            Address = "",
            Port = 0,
            RestoringFrom = snapshot.Folder,
        };
        instances.Put(id, record);
        Make(record);
        return record;
    }

    /// <summary>Takes up what the end of the cloud interrupted.</summary>
    public void Resume()
    {
        foreach (var record in instances.All.Where(record => record is { Status: "creating", RestoringFrom: not null }).ToList())
        {
            Make(record);
        }
    }

    private static JsonObject Properties(AwsRequest request, DatabaseRecord copied, string id)
    {
        var properties = (JsonObject)copied.Properties.DeepClone();
        foreach (var name in NotInherited)
        {
            properties.Remove(name);
        }

        properties["DBInstanceIdentifier"] = id;
        foreach (var name in Settable.Where(name => request.Text(name) is { Length: > 0 }))
        {
            properties[name] = request.Text(name);
        }

        if (request.Body.Texts("VpcSecurityGroupIds") is { Count: > 0 } groups)
        {
            properties["VPCSecurityGroups"] = new JsonArray([.. groups.Select(group => JsonValue.Create(group))]);
        }

        return properties;
    }

    private void Make(DatabaseRecord record) => work.Start(DatabaseServers.Restoring(record.Id), async cancel =>
    {
        try
        {
            instances.Put(record.Id, await servers.Restore(record, cancel) with { RestoringFrom = null });
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            instances.Put(record.Id, record with { Status = "failed", RestoringFrom = null });
        }
    });
}
