using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Rds;

/// <summary>What callers ask of instances that are there, and of new ones made of snapshots.</summary>
/// <param name="hasSubnets">whether there is a subnet group of a name</param>
internal sealed class DatabaseInstances(Table<DatabaseRecord> instances, DatabaseServers servers, DatabaseSnapshots snapshots, RoomWork work, TimeProvider time, Func<string, bool> hasSubnets)
{
    private readonly DatabaseRestores _made = new(instances, snapshots, servers, work, time);

    public void AddTo(AwsService service) => service
        .On("DescribeDBInstances", Describe)
        .On("ModifyDBInstance", Modify)
        .On("DeleteDBInstance", DeleteCall)
        .On("CreateDBSnapshot", request => Member("DBSnapshot", CreateSnapshot(request).Shown()))
        .On("DescribeDBSnapshots", request => SnapshotQueries.Answer(request, snapshots))
        .On("DeleteDBSnapshot", request => Member("DBSnapshot", snapshots.Delete(request.Required("DBSnapshotIdentifier")).Shown()))
        .On("RestoreDBInstanceFromDBSnapshot", request => Member("DBInstance", Restore(request).Shown()));

    /// <summary>Takes up what the end of the cloud interrupted.</summary>
    public void Resume()
    {
        _made.Resume();
        snapshots.Resume();
    }

    public async Task<DatabaseRecord> Change(DatabaseRecord record, JsonObject properties, string? password, CancellationToken cancel)
    {
        if (password is { Length: > 0 } && password != record.Password)
        {
            await servers.ChangePassword(record, password, cancel);
            record = record with { Password = password };
        }

        record = record with { Properties = properties };
        instances.Put(record.Id, record);
        return record;
    }

    private SnapshotRecord CreateSnapshot(AwsRequest request)
    {
        var record = Get(request.Required("DBInstanceIdentifier"));
        RefuseBusy(record, "create a snapshot");
        return snapshots.Begin(record, request.Required("DBSnapshotIdentifier"), DatabaseTags.Of(request.Body));
    }

    private DatabaseRecord Restore(AwsRequest request)
    {
        var id = Identifier(request.Required("DBInstanceIdentifier"));
        RefuseTaken(id);
        RefuseUnknownGroup(request.Text("DBSubnetGroupName"));
        return _made.Begin(request, id);
    }

    public async Task Delete(string id, CancellationToken cancel)
    {
        if (instances.Find(id) is not { } record)
        {
            return;
        }

        RefuseProtected(record);
        await snapshots.Quiet(id, cancel);
        await work.End(DatabaseServers.Restoring(id), cancel);
        instances.Put(id, (instances.Find(id) ?? record) with { Status = "deleting" });
        await servers.Delete(id);
        instances.Remove(id);
    }

    public static string Identifier(string text)
    {
        var id = text.ToLowerInvariant();
        return id.Length <= 63 && char.IsAsciiLetter(id[0]) && id.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? id
            : throw new AwsException("InvalidParameterValue", $"The parameter DBInstanceIdentifier is not a valid identifier: {id}");
    }

    public void RefuseTaken(string id)
    {
        if (instances.Find(id) is not null)
        {
            throw new AwsException("DBInstanceAlreadyExists", $"DB instance already exists: {id}");
        }
    }

    public void RefuseUnknownGroup(string? subnets)
    {
        if (subnets is { Length: > 0 } && !hasSubnets(subnets))
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

    private string StatusOf(DatabaseRecord record) => record.Status == "available" && snapshots.IsCopying(record.Id) ? "backing-up" : record.Status;

    public static void RefuseProtected(DatabaseRecord record)
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

        var found = request.Text("DBInstanceIdentifier") is { Length: > 0 } id ? [Get(id)] : instances.All.OrderBy(record => record.Id, StringComparer.Ordinal).ToList();
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
        snapshots.Begin(record, final, new Dictionary<string, string>());
        instances.Put(record.Id, record with { Status = "deleting" });
        work.Start($"delete/{record.Id}", cancel => DeleteBehind(record, final, cancel));
        return Member("DBInstance", record.Shown("deleting"));
    }

    /// <summary>Without its final snapshot the instance stays.</summary>
    private async Task DeleteBehind(DatabaseRecord record, string final, CancellationToken cancel)
    {
        await snapshots.Quiet(record.Id, cancel);
        if (snapshots.Find(final) is { Status: SnapshotRecord.Available })
        {
            await Delete(record.Id, cancel);
        }
        else
        {
            instances.Put(record.Id, record);
        }
    }

    public DatabaseRecord Get(string id) => instances.Find(id.Split(':')[^1]) ?? throw new AwsException("DBInstanceNotFound", $"DBInstance {id} not found.", 404);

    private static JsonObject Member(string name, JsonObject shown) => new() { [name] = shown };
}
