using System.Text.Json.Nodes;
using System.Xml.Linq;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Storage;

/// <summary>What a template says of a bucket, as the documents that S3's own operations put and get.</summary>
internal static class BucketDocuments
{
    private static readonly XNamespace Ns = StorageRoom.Namespace;
    private static readonly string[] AccessBlocks = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];

    /// <summary>Query key → document; <c>null</c> where the template is silent.</summary>
    public static IReadOnlyDictionary<string, string?> Of(JsonObject properties, IReadOnlyDictionary<string, string> tags) => new Dictionary<string, string?>
    {
        ["encryption"] = Document("ServerSideEncryptionConfiguration", properties.Object("BucketEncryption")?.Objects("ServerSideEncryptionConfiguration").Select(Encryption)),
        ["publicAccessBlock"] = Document("PublicAccessBlockConfiguration", properties.Object("PublicAccessBlockConfiguration") is { } block
            ? AccessBlocks.Select(name => new XElement(Ns + name, block.Flag(name) ?? false))
            : null),
        ["ownershipControls"] = Document("OwnershipControls", properties.Object("OwnershipControls")?.Objects("Rules").Select(rule => new XElement(Ns + "Rule", Member(rule, "ObjectOwnership")))),
        ["lifecycle"] = Document("LifecycleConfiguration", properties.Object("LifecycleConfiguration")?.Objects("Rules").Select(Rule)),
        ["tagging"] = tags.Count == 0 ? null : Document("Tagging",
            [new XElement(Ns + "TagSet", tags.Select(tag => new XElement(Ns + "Tag", new XElement(Ns + "Key", tag.Key), new XElement(Ns + "Value", tag.Value))))]),
    };

    private static XElement Encryption(JsonObject rule) => new(Ns + "Rule",
        rule.Object("ServerSideEncryptionByDefault") is { } chosen ? new XElement(Ns + "ApplyServerSideEncryptionByDefault", Member(chosen, "SSEAlgorithm"), Member(chosen, "KMSMasterKeyID")) : null,
        new XElement(Ns + "BucketKeyEnabled", rule.Flag("BucketKeyEnabled") ?? false));

    private static XElement Rule(JsonObject rule) => new(Ns + "Rule",
        Member(rule, "Id", "ID"),
        new XElement(Ns + "Filter", new XElement(Ns + "Prefix", rule.Text("Prefix") ?? "")),
        Member(rule, "Status"),
        Group("Expiration", Member(rule, "ExpirationInDays", "Days"), Member(rule, "ExpiredObjectDeleteMarker")),
        rule.Object("NoncurrentVersionExpiration") is { } noncurrent ? Group("NoncurrentVersionExpiration", Member(noncurrent, "NoncurrentDays"), Member(noncurrent, "NewerNoncurrentVersions")) : null,
        rule.Object("AbortIncompleteMultipartUpload") is { } abort ? Group("AbortIncompleteMultipartUpload", Member(abort, "DaysAfterInitiation")) : null);

    private static XElement? Group(string name, params XElement?[] members) => members.All(member => member is null) ? null : new XElement(Ns + name, members);

    private static XElement? Member(JsonObject from, string name, string? element = null) => from.Text(name) is { } value ? new XElement(Ns + (element ?? name), value) : null;

    private static string? Document(string root, IEnumerable<XElement>? content) => content is null ? null : new XElement(Ns + root, content).ToString(SaveOptions.DisableFormatting);
}
