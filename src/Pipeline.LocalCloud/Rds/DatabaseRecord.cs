using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Rds;

/// <summary>A database instance as RDS describes it.</summary>
internal sealed record DatabaseRecord(string Id, string Arn, JsonObject Properties, IReadOnlyDictionary<string, string> Tags)
{
    public required string ResourceId { get; init; }

    public required string Status { get; init; }

    public DateTimeOffset Created { get; init; }

    public string Address { get; init; } = "";

    public int Port { get; init; }

    /// <summary>A server really runs; else this is a description only.</summary>
    public bool IsReal { get; init; }

    /// <summary>Kept to start the server again; the state folder is the cloud's own.</summary>
    public string Password { get; init; } = "";

    /// <summary>Of an instance that is being made of a snapshot: the copy's folder, see <see cref="SnapshotRecord.Folder"/>.</summary>
    public string? RestoringFrom { get; init; }

    public string User => Text("MasterUsername") ?? "postgres";

    public string DatabaseName => Text("DBName") ?? "postgres";

    public bool DeletionProtection => Properties.Flag("DeletionProtection") ?? false;

    public string? Text(string property) => Properties.Text(property);

    public static DatabaseRecord New(ResourceRequest request, string id, DateTimeOffset now) => new(id, request.Arn("rds", $"db:{id}"), WithoutPassword(request.Properties), request.AllTags())
    {
        ResourceId = NewResourceId(),
        Status = "creating",
        Created = now,
        Password = request.Properties.Text("MasterUserPassword") ?? "",
    };

    public static string NewResourceId() => $"db-{Convert.ToHexString(Guid.NewGuid().ToByteArray())[..26]}";

    public static JsonObject WithoutPassword(JsonObject properties)
    {
        var copy = (JsonObject)properties.DeepClone();
        copy.Remove("MasterUserPassword");
        return copy;
    }
}
