using Amazon.RDS.Model;

namespace Pipeline.Aws;

/// <summary>RDS: database instances and their snapshots. Instances are read and made of snapshots, never changed or deleted.</summary>
/// <remarks>Every member throws <see cref="AwsRefusedException"/> or <see cref="AwsUnreachableException"/>.</remarks>
public sealed class Databases(AwsConnection aws)
{
    /// <summary>AWS's word for an instance or a snapshot that is just not in the right state.</summary>
    public const string Busy = "InvalidDBInstanceState";

    /// <summary>AWS's word for a snapshot that is there already.</summary>
    public const string SnapshotExists = "DBSnapshotAlreadyExists";

    /// <summary>The instance; <c>null</c>: there is none.</summary>
    public async Task<DatabaseState?> Find(string id, CancellationToken cancel)
    {
        try
        {
            var answer = await aws.AskRepeatedly($"describe database '{id}'", () => aws.Rds.DescribeDBInstancesAsync(new DescribeDBInstancesRequest { DBInstanceIdentifier = id }, cancel), cancel).ConfigureAwait(false);
            return answer.DBInstances?.Select(State).FirstOrDefault();
        }
        catch (AwsRefusedException e) when (e.Code == "DBInstanceNotFound")
        {
            return null;
        }
    }

    /// <summary>The snapshot; <c>null</c>: there is none.</summary>
    public async Task<DatabaseSnapshotState?> Snapshot(string id, CancellationToken cancel)
    {
        try
        {
            var answer = await aws.AskRepeatedly($"describe snapshot '{id}'", () => aws.Rds.DescribeDBSnapshotsAsync(new DescribeDBSnapshotsRequest { DBSnapshotIdentifier = id }, cancel), cancel).ConfigureAwait(false);
            return answer.DBSnapshots?.Select(State).FirstOrDefault();
        }
        catch (AwsRefusedException e) when (e.Code == "DBSnapshotNotFound")
        {
            return null;
        }
    }

    /// <summary>Every snapshot of the region that a person or a program made.</summary>
    public async Task<IReadOnlyList<DatabaseSnapshotState>> Snapshots(CancellationToken cancel) =>
        [.. (await aws.AskAll(
            "list database snapshots",
            marker => aws.Rds.DescribeDBSnapshotsAsync(new DescribeDBSnapshotsRequest { SnapshotType = "manual", Marker = marker }, cancel),
            page => (page.DBSnapshots, page.Marker),
            cancel).ConfigureAwait(false)).Select(State)];

    /// <summary>Begins a snapshot.</summary>
    /// <param name="instance">what of</param>
    /// <param name="id">its identifier: lower case letters, digits and single hyphens</param>
    public Task CreateSnapshot(string instance, string id, IReadOnlyDictionary<string, string> tags, CancellationToken cancel) => aws.Ask(
        $"create snapshot '{id}' of database '{instance}'",
        () => aws.Rds.CreateDBSnapshotAsync(new CreateDBSnapshotRequest { DBInstanceIdentifier = instance, DBSnapshotIdentifier = id, Tags = Of(tags) }, cancel),
        cancel);

    /// <summary>Deletes a snapshot; one that is gone counts as deleted.</summary>
    public async Task DeleteSnapshot(string id, CancellationToken cancel)
    {
        try
        {
            await aws.AskRepeatedly($"delete snapshot '{id}'", () => aws.Rds.DeleteDBSnapshotAsync(new DeleteDBSnapshotRequest { DBSnapshotIdentifier = id }, cancel), cancel).ConfigureAwait(false);
        }
        catch (AwsRefusedException e) when (e.Code == "DBSnapshotNotFound")
        {
            // Somebody was quicker.
        }
    }

    /// <summary>Begins to make a new instance of a snapshot.</summary>
    /// <param name="instance">identifier of the new one</param>
    /// <param name="snapshot">identifier of an available snapshot</param>
    public Task Restore(string instance, string snapshot, DatabasePlacement placement, IReadOnlyDictionary<string, string> tags, CancellationToken cancel) => aws.Ask(
        $"restore snapshot '{snapshot}' as database '{instance}'",
        () => aws.Rds.RestoreDBInstanceFromDBSnapshotAsync(
            new RestoreDBInstanceFromDBSnapshotRequest
            {
                DBInstanceIdentifier = instance,
                DBSnapshotIdentifier = snapshot,
                DBInstanceClass = placement.Class,
                DBSubnetGroupName = placement.SubnetGroup,
                VpcSecurityGroupIds = placement.SecurityGroups.Count > 0 ? [.. placement.SecurityGroups] : null,
                DBParameterGroupName = placement.ParameterGroup,
                MultiAZ = placement.MultiAz,
                PubliclyAccessible = false,
                DeletionProtection = placement.DeletionProtection,
                CopyTagsToSnapshot = true,
                Tags = Of(tags),
            },
            cancel),
        cancel);

    private static List<Tag> Of(IReadOnlyDictionary<string, string> tags) => [.. tags.Select(t => new Tag { Key = t.Key, Value = t.Value })];

    private static DatabaseState State(DBInstance instance) => new(
        instance.DBInstanceIdentifier, instance.DbiResourceId ?? "", instance.DBInstanceStatus ?? "", instance.AllocatedStorage ?? 0, instance.StorageEncrypted ?? false)
    {
        Placement = new(
            instance.DBInstanceClass,
            instance.DBSubnetGroup?.DBSubnetGroupName,
            [.. (instance.VpcSecurityGroups ?? []).Select(g => g.VpcSecurityGroupId)],
            instance.DBParameterGroups?.FirstOrDefault()?.DBParameterGroupName,
            instance.MultiAZ ?? false,
            instance.DeletionProtection ?? false),
        Endpoint = instance.Endpoint is { Address: { Length: > 0 } host } endpoint ? new(host, endpoint.Port ?? 0) : null,
        Cluster = string.IsNullOrEmpty(instance.DBClusterIdentifier) ? null : instance.DBClusterIdentifier,
    };

    private static DatabaseSnapshotState State(DBSnapshot snapshot) => new(snapshot.DBSnapshotIdentifier, snapshot.DBSnapshotArn, snapshot.DBInstanceIdentifier, snapshot.DbiResourceId ?? "", snapshot.Status ?? "")
    {
        Percent = snapshot.PercentProgress ?? 0,
        SizeGiB = snapshot.AllocatedStorage ?? 0,
        Encrypted = snapshot.Encrypted ?? false,
        Created = AwsTime.Optional(snapshot.SnapshotCreateTime),
        Tags = (snapshot.TagList ?? []).ToDictionary(t => t.Key, t => t.Value ?? "", StringComparer.Ordinal),
    };
}
