using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Rds;

/// <summary>Instances in the form of the public API, and for templates.</summary>
internal static class DatabaseAnswers
{
    public static Dictionary<string, string> Attributes(this DatabaseRecord database) => new()
    {
        ["Endpoint.Address"] = database.Address,
        ["Endpoint.Port"] = database.Port.ToString(CultureInfo.InvariantCulture),
        ["DBInstanceArn"] = database.Arn,
        ["DbiResourceId"] = database.ResourceId,
    };

    /// <param name="status">if it is another than the record's</param>
    public static JsonObject Shown(this DatabaseRecord database, string? status = null) => new()
    {
        ["DBInstanceIdentifier"] = database.Id,
        ["DBInstanceArn"] = database.Arn,
        ["DbiResourceId"] = database.ResourceId,
        ["DBInstanceStatus"] = status ?? database.Status,
        ["DBInstanceClass"] = database.Text("DBInstanceClass"),
        ["Engine"] = database.Text("Engine"),
        ["EngineVersion"] = database.Text("EngineVersion"),
        ["MasterUsername"] = database.User,
        ["DBName"] = database.Text("DBName"),
        ["Endpoint"] = database.Address.Length == 0 ? null : new JsonObject { ["Address"] = database.Address, ["Port"] = database.Port },
        ["AllocatedStorage"] = database.Properties.Int("AllocatedStorage"),
        ["StorageType"] = database.Text("StorageType"),
        ["StorageEncrypted"] = database.Properties.Flag("StorageEncrypted") ?? false,
        ["InstanceCreateTime"] = Time.Iso(database.Created),
        ["BackupRetentionPeriod"] = database.Properties.Int("BackupRetentionPeriod") ?? 1,
        ["MultiAZ"] = database.Properties.Flag("MultiAZ") ?? false,
        ["PubliclyAccessible"] = database.Properties.Flag("PubliclyAccessible") ?? false,
        ["DeletionProtection"] = database.DeletionProtection,
        ["VpcSecurityGroups"] = new JsonArray([.. database.Properties.Texts("VPCSecurityGroups").Select(group => new JsonObject { ["VpcSecurityGroupId"] = group, ["Status"] = "active" })]),
        ["DBSubnetGroup"] = database.Text("DBSubnetGroupName") is { } subnets ? new JsonObject { ["DBSubnetGroupName"] = subnets } : null,
        ["DBParameterGroups"] = new JsonArray([.. database.Text("DBParameterGroupName") is { } group ? [new JsonObject { ["DBParameterGroupName"] = group, ["ParameterApplyStatus"] = "in-sync" }] : Array.Empty<JsonNode>()]),
        ["CopyTagsToSnapshot"] = database.Properties.Flag("CopyTagsToSnapshot") ?? false,
        ["TagList"] = new JsonArray([.. database.Tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]),
    };
}
