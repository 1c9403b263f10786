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
    private readonly DatabaseInstances _present;
    private readonly RoomWork _work = new();
    private readonly TimeProvider _time;

    /// <param name="programs">usually <see cref="PostgresPrograms.Find"/>; <c>null</c> for metadata only</param>
    public RdsRoom(Database database, TimeProvider time, PostgresPrograms? programs, Faults faults)
    {
        _instances = database.Table<DatabaseRecord>("rds/instances");
        _groups = database.Table<RdsThing>("rds/groups");
        _servers = new DatabaseServers(_instances, Path.Combine(database.Folder, "rds"), programs);
        _snapshots = new DatabaseSnapshots(database.Table<SnapshotRecord>("rds/snapshots"), _servers, _work, time, faults);
        _present = new DatabaseInstances(_instances, _servers, _snapshots, _work, time, name => _groups.Find($"DBSubnetGroup/{name}") is not null);
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
                Delete = request => _present.Delete(request.PhysicalId, request.Cancel),
            },
            Group("DBSubnetGroup", "DBSubnetGroupName! DBSubnetGroupDescription SubnetIds Tags(Key Value)", "DBSubnetGroupDescription SubnetIds"),
            Group("DBParameterGroup", "DBParameterGroupName! Family! Description! Parameters(*) Tags(Key Value)", "Family Description"),
        ];
        Service = new AwsService("rds", Wire.Query)
        {
            XmlNamespace = "http://rds.amazonaws.com/doc/2014-10-31/",
            ListItemNames = ItemNames(),
        };
        _present.AddTo(Service);
        new DatabaseTags(_instances, _snapshots).AddTo(Service);
    }

    public AwsService Service { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    public DatabaseRecord? Find(string id) => _instances.Find(id.Split(':')[^1]);

    /// <summary>The room's loop: brings the servers back, and takes them down with the cloud.</summary>
    public async Task Run(CancellationToken stopping)
    {
        try
        {
            await _servers.StartAll(stopping);
            _present.Resume();
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
        var id = DatabaseInstances.Identifier(request.Properties.Text("DBInstanceIdentifier") ?? request.GeneratedName(63));
        if (request.Properties.Text("Engine") != "postgres")
        {
            throw new AwsException("InvalidParameterValue", $"The embedded cloud has no engine {request.Properties.Text("Engine")}; it has postgres.");
        }

        if (request.Properties.Text("MasterUserPassword") is not { Length: >= 8 } || request.Properties.Text("MasterUsername") is not { Length: > 0 })
        {
            throw new AwsException("InvalidParameterValue", "MasterUsername and a MasterUserPassword of at least 8 characters are required.");
        }

        _present.RefuseUnknownGroup(request.Properties.Text("DBSubnetGroupName"));
        _present.RefuseTaken(id);
        var record = DatabaseRecord.New(request, id, _time.GetUtcNow());
        _instances.Put(id, record);
        request.Initiated(id);
        record = await _servers.Create(record, request.Cancel);
        _instances.Put(id, record);
        return new Resource(id, record.Attributes(), record.IsReal ? null : DatabaseServers.NotInstalled);
    }

    private async Task<Resource> Update(ResourceRequest request)
    {
        var record = await _present.Change(_present.Get(request.PhysicalId), DatabaseRecord.WithoutPassword(request.Properties), request.Properties.Text("MasterUserPassword"), request.Cancel);
        record = record with { Tags = request.AllTags() };
        _instances.Put(record.Id, record);
        return new Resource(record.Id, record.Attributes());
    }

    /// <summary>Named as CloudFormation names it; the same one when an interrupted step is taken again.</summary>
    private async Task Snapshot(ResourceRequest request)
    {
        if (_instances.Find(request.PhysicalId) is { } record)
        {
            DatabaseInstances.RefuseProtected(record);
            var name = request.GeneratedName(255);
            await _snapshots.Make(record, $"{request.Stack.Name}-snapshot-{request.LogicalId}{name[name.LastIndexOf('-')..]}", request.Cancel);
        }
    }

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
