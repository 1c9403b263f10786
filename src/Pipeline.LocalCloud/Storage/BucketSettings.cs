using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Storage;

/// <summary>One document that can be put on a bucket.</summary>
/// <param name="Query">the query key that names it</param>
/// <param name="Root">the document's root element; <c>null</c> for JSON</param>
/// <param name="Default">what a bucket has without it; <c>null</c>: the absence is told by <paramref name="AbsentCode"/></param>
internal sealed record BucketSetting(string Query, string? Root, string? Default, string AbsentCode, string AbsentMessage);

/// <summary>
/// The settings of a bucket that are kept and told again. Only its policy is asked (<see cref="BucketAccess"/>): disks are the machine's own, and
/// what S3 expires during the night a rehearsal does not live to see.
/// </summary>
internal static class BucketSettings
{
    private static readonly string Namespace = StorageRoom.Namespace.NamespaceName;

    private static readonly BucketSetting[] All =
    [
        new("encryption", "ServerSideEncryptionConfiguration",
            $"<ServerSideEncryptionConfiguration xmlns=\"{Namespace}\"><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>",
            "ServerSideEncryptionConfigurationNotFoundError", "The server side encryption configuration was not found"),
        new("publicAccessBlock", "PublicAccessBlockConfiguration",
            $"<PublicAccessBlockConfiguration xmlns=\"{Namespace}\"><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>",
            "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"),
        new("ownershipControls", "OwnershipControls",
            $"<OwnershipControls xmlns=\"{Namespace}\"><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>",
            "OwnershipControlsNotFoundError", "The bucket ownership controls were not found"),
        new("lifecycle", "LifecycleConfiguration", null, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"),
        new("tagging", "Tagging", null, "NoSuchTagSet", "The TagSet does not exist"),
        new("policy", null, null, "NoSuchBucketPolicy", "The bucket policy does not exist"),
    ];

    public static BucketSetting? Find(string query) => All.FirstOrDefault(setting => setting.Query == query);

    /// <param name="status"><c>Enabled</c>, <c>Suspended</c>, or <c>null</c> for a bucket that shall keep none: once it has, it can only be suspended</param>
    public static void SetVersioning(ObjectStore store, string bucket, string? status)
    {
        if (status is not (null or "Enabled" or "Suspended"))
        {
            throw new AwsException("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema");
        }

        store.ChangeBucket(bucket, current => current with { Versioning = status ?? (current.Versioning is null ? null : "Suspended") });
    }

    /// <param name="document"><c>null</c> removes it</param>
    public static void Set(ObjectStore store, string bucket, BucketSetting setting, string? document)
    {
        if (document is not null)
        {
            Check(bucket, setting, document);
        }

        store.ChangeBucket(bucket, current =>
        {
            var settings = current.Settings.Where(known => known.Key != setting.Query).ToDictionary();
            if (document is not null)
            {
                settings[setting.Query] = document;
            }

            return current with { Settings = settings };
        });
    }

    private static void Check(string bucket, BucketSetting setting, string document)
    {
        try
        {
            if (setting.Root is null && JsonNode.Parse(document) is JsonObject policy && policy.ContainsKey("Statement"))
            {
                BucketPolicy.Check(bucket, policy);
                return;
            }

            if (setting.Root is not null && XElement.Parse(document).Name.LocalName == setting.Root)
            {
                return;
            }
        }
        catch (Exception broken) when (broken is XmlException or JsonException)
        {
        }

        throw setting.Root is null
            ? new AwsException("MalformedPolicy", "Policies must be valid JSON and have a Statement")
            : new AwsException("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema");
    }
}
