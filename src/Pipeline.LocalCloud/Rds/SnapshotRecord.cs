using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Rds;

/// <summary>A snapshot, with what the instance was like when it was asked for.</summary>
/// <param name="Folder">name of the copy's folder; empty: the instance was a description only, and so is its snapshot</param>
internal sealed record SnapshotRecord(string Id, string Arn, DatabaseRecord Instance, string Folder, IReadOnlyDictionary<string, string> Tags)
{
    public const string Creating = "creating";
    public const string Available = "available";
    public const string Failed = "failed";

    public string Status { get; init; } = Creating;

    /// <summary>Of the data that is copied.</summary>
    public int Percent { get; init; }

    /// <summary>Its data is the instance's at this moment; <c>null</c> while it is being made.</summary>
    public DateTimeOffset? Created { get; init; }

    public JsonObject Shown() => new()
    {
        ["DBSnapshotIdentifier"] = Id,
        ["DBSnapshotArn"] = Arn,
        ["DBInstanceIdentifier"] = Instance.Id,
        ["DbiResourceId"] = Instance.ResourceId,
        ["SnapshotCreateTime"] = Created is { } created ? Time.Iso(created) : null,
        ["OriginalSnapshotCreateTime"] = Created is { } original ? Time.Iso(original) : null,
        ["SnapshotType"] = "manual",
        [nameof(Status)] = Status,
        ["PercentProgress"] = Percent,
        ["Engine"] = Instance.Text("Engine"),
        ["EngineVersion"] = Instance.Text("EngineVersion"),
        ["AllocatedStorage"] = Instance.Properties.Int("AllocatedStorage"),
        ["StorageType"] = Instance.Text("StorageType"),
        ["Encrypted"] = Instance.Properties.Flag("StorageEncrypted") ?? false,
        ["Port"] = Instance.Port,
        ["MasterUsername"] = Instance.User,
        ["InstanceCreateTime"] = Time.Iso(Instance.Created),
        ["TagList"] = new JsonArray([.. Tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]),
    };

    /// <summary>An identifier as RDS takes it, in lower case.</summary>
    /// <exception cref="AwsException">InvalidParameterValue</exception>
    public static string Identifier(string text)
    {
        var id = text.ToLowerInvariant();
        return id.Length is > 0 and <= 255 && char.IsAsciiLetter(id[0]) && id[^1] != '-' && !id.Contains("--", StringComparison.Ordinal) && id.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? id
            : throw new AwsException("InvalidParameterValue", string.Create(CultureInfo.InvariantCulture, $"The parameter DBSnapshotIdentifier is not a valid identifier: {text}"));
    }
}
