using System.Globalization;
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
    private readonly TimeProvider _time;

    /// <param name="programs">usually <see cref="PostgresPrograms.Find"/>; <c>null</c> for metadata only</param>
    public RdsRoom(Database database, TimeProvider time, PostgresPrograms? programs)
    {
        _instances = database.Table<DatabaseRecord>("rds/instances");
        _groups = database.Table<RdsThing>("rds/groups");
        _servers = new DatabaseServers(_instances, Path.Combine(database.Folder, "rds"), programs);
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
                Delete = request => Delete(request.PhysicalId),
            },
            Group("DBSubnetGroup", "DBSubnetGroupName! DBSubnetGroupDescription SubnetIds Tags(Key Value)", "DBSubnetGroupDescription SubnetIds"),
            Group("DBParameterGroup", "DBParameterGroupName! Family! Description! Parameters(*) Tags(Key Value)", "Family Description"),
        ];
        Service = new AwsService("rds", Wire.Query)
        {
            XmlNamespace = "http://rds.amazonaws.com/doc/2014-10-31/",
            ListItemNames = new Dictionary<string, string>
            {
                ["DBInstances"] = "DBInstance",
                ["DBInstances.VpcSecurityGroups"] = "VpcSecurityGroupMembership",
                ["DBInstances.TagList"] = "Tag",
                ["DBInstance.VpcSecurityGroups"] = "VpcSecurityGroupMembership",
                ["DBInstance.TagList"] = "Tag",
            },
        }
        .On("DescribeDBInstances", Describe)
        .On("ModifyDBInstance", Modify)
        .On("DeleteDBInstance", DeleteCall);
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
            await Task.Delay(Timeout.Infinite, stopping);
        }
        catch (OperationCanceledException)
        {
            await DisposeAsync();
        }
    }

    public ValueTask DisposeAsync() => _servers.DisposeAsync();

    private async Task<Resource> Create(ResourceRequest request)
    {
        var id = (request.Properties.Text("DBInstanceIdentifier") ?? request.GeneratedName(63)).ToLowerInvariant();
        if (id.Length > 63 || !char.IsAsciiLetter(id[0]) || !id.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            throw new AwsException("InvalidParameterValue", $"The parameter DBInstanceIdentifier is not a valid identifier: {id}");
        }

        if (request.Properties.Text("Engine") != "postgres")
        {
            throw new AwsException("InvalidParameterValue", $"The embedded cloud has no engine {request.Properties.Text("Engine")}; it has postgres.");
        }

        if (request.Properties.Text("MasterUserPassword") is not { Length: >= 8 } || request.Properties.Text("MasterUsername") is not { Length: > 0 })
        {
            throw new AwsException("InvalidParameterValue", "MasterUsername and a MasterUserPassword of at least 8 characters are required.");
        }

        if (request.Properties.Text("DBSubnetGroupName") is { } subnets && _groups.Find($"DBSubnetGroup/{subnets}") is null)
        {
            throw new AwsException("DBSubnetGroupNotFoundFault", $"DB subnet group '{subnets}' does not exist.", 404);
        }

        if (_instances.Find(id) is not null)
        {
            throw new AwsException("DBInstanceAlreadyExists", $"DB instance already exists: {id}");
        }

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

    private async Task Snapshot(ResourceRequest request)
    {
        if (_instances.Find(request.PhysicalId) is { } record)
        {
            RefuseProtected(record);
            await _servers.Keep(record.Id, string.Create(CultureInfo.InvariantCulture, $"{record.Id}-{_time.GetUtcNow():yyyyMMdd-HHmmss}"));
        }
    }

    private async Task Delete(string id)
    {
        if (_instances.Find(id) is not { } record)
        {
            return;
        }

        RefuseProtected(record);
        _instances.Put(id, record with { Status = "deleting" });
        await _servers.Delete(id);
        _instances.Remove(id);
    }

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
        return new JsonObject { ["DBInstances"] = new JsonArray([.. found.Select(record => record.Shown())]) };
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
        if (request.Body.Flag("SkipFinalSnapshot") != true)
        {
            throw new AwsException("InvalidParameterCombination", "The embedded cloud makes no final snapshot by this call: give SkipFinalSnapshot.");
        }

        await Delete(record.Id);
        return new JsonObject { ["DBInstance"] = (record with { Status = "deleting" }).Shown() };
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
