namespace Pipeline.LocalCloud.Storage;

/// <summary>What policies call S3's operations.</summary>
internal static class StorageActions
{
    private static readonly Dictionary<string, string> Otherwise = new(StringComparer.Ordinal)
    {
        ["HeadBucket"] = "ListBucket",
        ["ListObjects"] = "ListBucket",
        ["ListObjectsV2"] = "ListBucket",
        ["ListObjectVersions"] = "ListBucketVersions",
        ["GetBucketEncryption"] = "GetEncryptionConfiguration",
        ["PutBucketEncryption"] = "PutEncryptionConfiguration",
        ["DeleteBucketEncryption"] = "PutEncryptionConfiguration",
        ["GetPublicAccessBlock"] = "GetBucketPublicAccessBlock",
        ["PutPublicAccessBlock"] = "PutBucketPublicAccessBlock",
        ["DeletePublicAccessBlock"] = "PutBucketPublicAccessBlock",
        ["DeleteBucketOwnershipControls"] = "PutBucketOwnershipControls",
        ["GetBucketLifecycleConfiguration"] = "GetLifecycleConfiguration",
        ["PutBucketLifecycleConfiguration"] = "PutLifecycleConfiguration",
        ["DeleteBucketLifecycle"] = "PutLifecycleConfiguration",
        ["DeleteBucketTagging"] = "PutBucketTagging",
        ["HeadObject"] = "GetObject",
        ["CopyObject"] = "PutObject",
        ["CreateMultipartUpload"] = "PutObject",
        ["UploadPart"] = "PutObject",
        ["CompleteMultipartUpload"] = "PutObject",
        ["ListParts"] = "ListMultipartUploadParts",
    };

    /// <summary>The action of an operation; <c>null</c>: what it does is asked for item by item, or it needs no bucket.</summary>
    public static string? Of(string operation, StorageRequest request) => (operation, request.SubResource) switch
    {
        ("DeleteObjects" or "ListBuckets", _) => null,
        ("GetObject" or "HeadObject", "versionId") => "s3:GetObjectVersion",
        ("DeleteObject", "versionId") => "s3:DeleteObjectVersion",
        _ => $"s3:{Otherwise.GetValueOrDefault(operation, operation)}",
    };
}
