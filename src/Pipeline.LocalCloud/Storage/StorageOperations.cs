namespace Pipeline.LocalCloud.Storage;

/// <summary>What S3's requests are called in the public service model; on the wire an operation is only method, path and query.</summary>
internal static class StorageOperations
{
    public const string Service = "s3";

    private static readonly Dictionary<(string Method, string SubResource), string> OfBucket = new()
    {
        [("PUT", "")] = "CreateBucket",
        [("HEAD", "")] = "HeadBucket",
        [("DELETE", "")] = "DeleteBucket",
        [("GET", "")] = "ListObjects",
        [("GET", "location")] = "GetBucketLocation",
        [("GET", "versions")] = "ListObjectVersions",
        [("GET", "versioning")] = "GetBucketVersioning",
        [("PUT", "versioning")] = "PutBucketVersioning",
        [("GET", "encryption")] = "GetBucketEncryption",
        [("PUT", "encryption")] = "PutBucketEncryption",
        [("DELETE", "encryption")] = "DeleteBucketEncryption",
        [("GET", "publicAccessBlock")] = "GetPublicAccessBlock",
        [("PUT", "publicAccessBlock")] = "PutPublicAccessBlock",
        [("DELETE", "publicAccessBlock")] = "DeletePublicAccessBlock",
        [("GET", "ownershipControls")] = "GetBucketOwnershipControls",
        [("PUT", "ownershipControls")] = "PutBucketOwnershipControls",
        [("DELETE", "ownershipControls")] = "DeleteBucketOwnershipControls",
        [("GET", "lifecycle")] = "GetBucketLifecycleConfiguration",
        [("PUT", "lifecycle")] = "PutBucketLifecycleConfiguration",
        [("DELETE", "lifecycle")] = "DeleteBucketLifecycle",
        [("GET", "tagging")] = "GetBucketTagging",
        [("PUT", "tagging")] = "PutBucketTagging",
        [("DELETE", "tagging")] = "DeleteBucketTagging",
        [("GET", "policy")] = "GetBucketPolicy",
        [("PUT", "policy")] = "PutBucketPolicy",
        [("DELETE", "policy")] = "DeleteBucketPolicy",
        [("POST", "delete")] = "DeleteObjects",
    };

    private static readonly Dictionary<(string Method, string SubResource), string> OfObject = new()
    {
        [("GET", "")] = "GetObject",
        [("HEAD", "")] = "HeadObject",
        [("PUT", "")] = "PutObject",
        [("DELETE", "")] = "DeleteObject",
        [("GET", "tagging")] = "GetObjectTagging",
        [("POST", "uploads")] = "CreateMultipartUpload",
        [("PUT", "partNumber")] = "UploadPart",
        [("POST", "uploadId")] = "CompleteMultipartUpload",
        [("DELETE", "uploadId")] = "AbortMultipartUpload",
        [("GET", "uploadId")] = "ListParts",
    };

    public static IEnumerable<string> Names => [.. OfBucket.Values, .. OfObject.Values, "ListBuckets", "ListObjectsV2", "CopyObject"];

    /// <summary>The operation's name; empty for a request that is none of them.</summary>
    public static string NameOf(StorageRequest request) => (request.Bucket, request.Key) switch
    {
        ("", _) => "ListBuckets",
        (_, "") when request is { Method: "GET", SubResource: "" } && request.Query("list-type") == "2" => "ListObjectsV2",
        (_, "") => OfBucket.GetValueOrDefault((request.Method, request.SubResource), ""),
        _ when request is { Method: "PUT", SubResource: "" } && request.Header("x-amz-copy-source") is not null => "CopyObject",
        _ => OfObject.GetValueOrDefault((request.Method, request.SubResource), ""),
    };
}
