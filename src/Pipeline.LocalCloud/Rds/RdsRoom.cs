using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Rds;

/// <summary>Something of RDS that is only described: a subnet group, a parameter group.</summary>
internal sealed record RdsThing(string Name, JsonObject Properties, IReadOnlyDictionary<string, string> Tags);

/// <summary>RDS: instances with a real PostgreSQL behind them where one is installed.</summary>
internal sealed class RdsRoom : IAsyncDisposable
{
    private readonly Table<DatabaseRecord> _instances;
    private readonly Table<RdsThing> _groups;
    private readonly DatabaseServers _servers;
    private readonly DatabaseSnapshots _snapshots;
    private readonly DatabaseRestores _restores;
    private readonly RoomWork _work = new();
    private readonly TimeProvider _time;

    /// <param name="programs">usually <see cref="PostgresPrograms.Find"/>; <c>null</c> for metadata only</param>
    public RdsRoom(Database database, TimeProvider time, PostgresPrograms? programs, Faults faults)
    {
        _instances = database.Table<DatabaseRecord>("rds/instances");
        _groups = database.Table<RdsThing>("rds/groups");
        _servers = new DatabaseServers(_instances, Path.Combine(database.Folder, "rds"), programs);
        _snapshots = new DatabaseSnapshots(database.Table<SnapshotRecord>("rds/snapshots"), _servers, _work, time, faults);
        _restores = new DatabaseRestores(_instances, _snapshots, _servers, _work, time);
        _time = time;
        ResourceTypes =
        [
            new ResourceType("AWS::RDS::DBInstance")
            {
                Properties = "DBInstanceIdentifier! Engine! EngineVersion DBInstanceClass AllocatedStorage MaxAllocatedStorage StorageType StorageEncrypted! DBName! MasterUsername! MasterUserPassword DBSubnetGroupName! "
                    + "DBParameterGroupName VPCSecurityGroups PubliclyAccessible MultiAZ AvailabilityZone! DeletionProtection BackupRetentionPeriod PreferredBackupWindow PreferredMaintenanceWindow CopyTagsToSnapshot "
                    + "AutoMinorVersionUpgrade AllowMajorVersionUpgrade EnableCloudwatchLogsExports EnablePerformanceInsights Tags(Key Value)",
                Required = "DBInstanceClass Engine",
                Attributes = "Endpoint.Address Endpoint.Port DBInstanceArn DbiResourceId",
                Create = Create,
                Update = Update,
                Snapshot = Snapshot,
                DefaultDeletionPolicy = "Snapshot",
                Delete = request => Delete(request.PhysicalId, request.Cancel),
            },
            Group("DBSubnetGroup", "DBSubnetGroupName! DBSubnetGroupDescription SubnetIds Tags(Key Value)", "DBSubnetGroupDescription SubnetIds"),
            Group("DBParameterGroup", "DBParameterGroupName! Family! Description! Parameters(*) Tags(Key Value)", "Family Description"),
        ];
        Service = new AwsService("rds", Wire.Query)
        {
            XmlNamespace = "http://rds.amazonaws.com/doc/2014-10-31/",
            ListItemNames = ItemNames(),
        }
        .On("DescribeDBInstances", Describe)
        .On("ModifyDBInstance", Modify)
        .On("DeleteDBInstance", DeleteCall)
        .On("CreateDBSnapshot", request => Member("DBSnapshot", CreateSnapshot(request).Shown()))
        .On("DescribeDBSnapshots", request => SnapshotQueries.Answer(request, _snapshots))
        .On("DeleteDBSnapshot", request => Member("DBSnapshot", _snapshots.Delete(request.Required("DBSnapshotIdentifier")).Shown()))
        .On("RestoreDBInstanceFromDBSnapshot", request => Member("DBInstance", Restore(request).Shown()));
        new DatabaseTags(_instances, _snapshots).AddTo(Service);
    }

    public AwsService Service { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    public IEnumerable<DatabaseRecord> Instances => _instances.All;

    public DatabaseRecord? Find(string id) => _instances.Find(id.Split(':')[^1]);

    /// <summary>The room's loop: brings the servers back, and takes them down with the cloud.</summary>
    public async Task Run(CancellationToken stopping)
    {
        try
        {
            await _servers.StartAll(stopping);
            _restores.Resume();
            _snapshots.Resume();
            await Task.Delay(Timeout.Infinite, stopping);
        }
        catch (OperationCanceledException)
        {
            await DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _work.DisposeAsync();
        await _servers.DisposeAsync();
    }

    private static JsonObject Member(string name, JsonObject shown) => new() { [name] = shown };

    /// <summary>The items of RDS's lists have names of their own.</summary>
    private static Dictionary<string, string> ItemNames()
    {
        var names = new Dictionary<string, string> { ["DBInstances"] = "DBInstance", ["DBSnapshots"] = "DBSnapshot", ["TagList"] = "Tag" };
        foreach (var instance in (string[])["DBInstances", "DBInstance"])
        {
            names[$"{instance}.VpcSecurityGroups"] = "VpcSecurityGroupMembership";
            names[$"{instance}.DBParameterGroups"] = "DBParameterGroup";
            names[$"{instance}.TagList"] = "Tag";
        }

        names["DBSnapshots.TagList"] = names["DBSnapshot.TagList"] = "Tag";
        return names;
    }

    private async Task<Resource> Create(ResourceRequest request)
    {
        var id = Identifier(request.Properties.Text("DBInstanceIdentifier") ?? request.GeneratedName(63));
        if (request.Properties.Text("Engine") != "postgres")
        {
            throw new AwsException("InvalidParameterValue", $"The embedded cloud has no engine {request.Properties.Text("Engine")}; it has postgres.");
        }

        if (request.Properties.Text("MasterUserPassword") is not { Length: >= 8 } || request.Properties.Text("MasterUsername") is not { Length: > 0 })
        {
            throw new AwsException("InvalidParameterValue", "MasterUsername and a MasterUserPassword of at least 8 characters are required.");
        }

        RefuseUnknownGroup(request.Properties.Text("DBSubnetGroupName"));
        RefuseTaken(id);
        var record = DatabaseRecord.New(request, id, _time.GetUtcNow());
        _instances.Put(id, record);
        request.Initiated(id);
        record = await _servers.Create(record, request.Cancel);
        _instances.Put(id, record);
        return new Resource(id, record.Attributes(), record.IsReal ? null : DatabaseServers.NotInstalled);
    }

    private async Task<Resource> Update(ResourceRequest request)
    {
        var record = await Change(Get(request.PhysicalId), DatabaseRecord.WithoutPassword(request.Properties), request.Properties.Text("MasterUserPassword"), request.Cancel);
        record = record with { Tags = request.AllTags() };
        _instances.Put(record.Id, record);
        return new Resource(record.Id, record.Attributes());
    }

    private async Task<DatabaseRecord> Change(DatabaseRecord record, JsonObject properties, string? password, CancellationToken cancel)
    {
        if (password is { Length: > 0 } && password != record.Password)
        {
            await _servers.ChangePassword(record, password, cancel);
            record = record with { Password = password };
        }

        record = record with { Properties = properties };
        _instances.Put(record.Id, record);
        return record;
    }

    /// <summary>Named as CloudFormation names it; the same one when an interrupted step is taken again.</summary>
    private async Task Snapshot(ResourceRequest request)
    {
        if (_instances.Find(request.PhysicalId) is { } record)
        {
            RefuseProtected(record);
            var name = request.GeneratedName(255);
            await _snapshots.Make(record, $"{request.Stack.Name}-snapshot-{request.LogicalId}{name[name.LastIndexOf('-')..]}", request.Cancel);
        }
    }

    private SnapshotRecord CreateSnapshot(AwsRequest request)
    {
        var record = Get(request.Required("DBInstanceIdentifier"));
        RefuseBusy(record, "create a snapshot");
        return _snapshots.Begin(record, request.Required("DBSnapshotIdentifier"), DatabaseTags.Of(request.Body));
    }

    private DatabaseRecord Restore(AwsRequest request)
    {
        var id = Identifier(request.Required("DBInstanceIdentifier"));
        RefuseTaken(id);
        RefuseUnknownGroup(request.Text("DBSubnetGroupName"));
        return _restores.Begin(request, id);
    }

    private async Task Delete(string id, CancellationToken cancel)
    {
        if (_instances.Find(id) is not { } record)
        {
            return;
        }

        RefuseProtected(record);
        await _snapshots.Quiet(id, cancel);
        await _work.End(DatabaseServers.Restoring(id), cancel);
        _instances.Put(id, (_instances.Find(id) ?? record) with { Status = "deleting" });
        await _servers.Delete(id);
        _instances.Remove(id);
    }

    private static string Identifier(string text)
    {
        var id = text.ToLowerInvariant();
        return id.Length <= 63 && char.IsAsciiLetter(id[0]) && id.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? id
            : throw new AwsException("InvalidParameterValue", $"The parameter DBInstanceIdentifier is not a valid identifier: {id}");
    }

    private void RefuseTaken(string id)
    {
        if (_instances.Find(id) is not null)
        {
            throw new AwsException("DBInstanceAlreadyExists", $"DB instance already exists: {id}");
        }
    }

    private void RefuseUnknownGroup(string? subnets)
    {
        if (subnets is { Length: > 0 } && _groups.Find($"DBSubnetGroup/{subnets}") is null)
        {
            throw new AwsException("DBSubnetGroupNotFoundFault", $"DB subnet group '{subnets}' does not exist.", 404);
        }
    }

    private void RefuseBusy(DatabaseRecord record, string what)
    {
        if (StatusOf(record) is not "available" and var status)
        {
            throw new AwsException("InvalidDBInstanceState", $"Cannot {what} because the database instance {record.Id} is not currently in the available state: it is {status}.");
        }
    }

    private string StatusOf(DatabaseRecord record) => record.Status == "available" && _snapshots.IsCopying(record.Id) ? "backing-up" : record.Status;

    private static void RefuseProtected(DatabaseRecord record)
    {
        if (record.DeletionProtection)
        {
            throw new AwsException("InvalidParameterCombination", "Cannot delete protected DB Instance, please disable deletion protection and try again.");
        }
    }

    private JsonObject Describe(AwsRequest request)
    {
        if (request.Body["Filters"] is JsonArray { Count: > 0 })
        {
            throw new AwsException("InvalidParameterValue", "Filters are not supported by the embedded cloud.");
        }

        var found = request.Text("DBInstanceIdentifier") is { Length: > 0 } id ? [Get(id)] : _instances.All.OrderBy(record => record.Id, StringComparer.Ordinal).ToList();
        SnapshotQueries.RefuseSize(request);
        return Pages.Of(request, "DBInstances", found.Select(record => record.Shown(StatusOf(record))), SnapshotQueries.Pages);
    }

    private async Task<JsonObject> Modify(AwsRequest request)
    {
        var record = Get(request.Required("DBInstanceIdentifier"));
        var properties = (JsonObject)record.Properties.DeepClone();
        foreach (var (name, value) in request.Body.Where(member => member.Key is not ("Action" or "Version" or "DBInstanceIdentifier" or "ApplyImmediately" or "MasterUserPassword")))
        {
            properties[name] = name is "DBInstanceClass" or "AllocatedStorage" or "MultiAZ" or "DeletionProtection" or "BackupRetentionPeriod" or "EngineVersion"
                ? value?.DeepClone()
                : throw new AwsException("InvalidParameterValue", $"{name} cannot be modified on the embedded cloud.");
        }

        return new JsonObject { ["DBInstance"] = (await Change(record, properties, request.Text("MasterUserPassword"), request.Cancel)).Shown() };
    }

    private async Task<JsonObject> DeleteCall(AwsRequest request)
    {
        var record = Get(request.Required("DBInstanceIdentifier"));
        var final = request.Text("FinalDBSnapshotIdentifier") is { Length: > 0 } text ? SnapshotRecord.Identifier(text) : null;
        if ((request.Body.Flag("SkipFinalSnapshot") ?? false) == final is not null)
        {
            throw new AwsException("InvalidParameterCombination", final is null
                ? "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
                : "FinalDBSnapshotIdentifier can not be specified when deleting an instance with SkipFinalSnapshot.");
        }

        RefuseProtected(record);
        if (final is null)
        {
            await Delete(record.Id, request.Cancel);
            return Member("DBInstance", record.Shown("deleting"));
        }

        RefuseBusy(record, "create a final snapshot");
        _snapshots.Begin(record, final, new Dictionary<string, string>());
        _instances.Put(record.Id, record with { Status = "deleting" });
        _work.Start($"delete/{record.Id}", cancel => DeleteBehind(record, final, cancel));
        return Member("DBInstance", record.Shown("deleting"));
    }

    /// <summary>Without its final snapshot the instance stays.</summary>
    private async Task DeleteBehind(DatabaseRecord record, string final, CancellationToken cancel)
    {
        await _snapshots.Quiet(record.Id, cancel);
        if (_snapshots.Find(final) is { Status: SnapshotRecord.Available })
        {
            await Delete(record.Id, cancel);
        }
        else
        {
            _instances.Put(record.Id, record);
        }
    }

    private DatabaseRecord Get(string id) => Find(id) ?? throw new AwsException("DBInstanceNotFound", $"DBInstance {id} not found.", 404);

    private ResourceType Group(string name, string properties, string required)
    {
        return new ResourceType($"AWS::RDS::{name}")
        {
            Properties = properties,
            Required = required,
            Create = request => Task.FromResult(Put(request, request.Properties.Text($"{name}Name") ?? request.GeneratedName().ToLowerInvariant())),
            Update = request => Task.FromResult(Put(request, request.PhysicalId)),
            Delete = request => Task.FromResult(_groups.Remove($"{name}/{request.PhysicalId}")),
        };

        Resource Put(ResourceRequest request, string own)
        {
            _groups.Put($"{name}/{own}", new RdsThing(own, request.Properties, request.AllTags()));
            return new Resource(own);
        }
    }
}
