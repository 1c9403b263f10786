using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Storage;

/// <summary>AWS::S3::Bucket and AWS::S3::BucketPolicy.</summary>
internal static class BucketType
{
    public static IReadOnlyList<ResourceType> Of(ObjectStore store) =>
    [
        new("AWS::S3::Bucket")
        {
            Properties = "BucketName! AccessControl VersioningConfiguration(Status) BucketEncryption(ServerSideEncryptionConfiguration(ServerSideEncryptionByDefault(SSEAlgorithm KMSMasterKeyID) BucketKeyEnabled))"
                + " PublicAccessBlockConfiguration(BlockPublicAcls IgnorePublicAcls BlockPublicPolicy RestrictPublicBuckets) OwnershipControls(Rules(ObjectOwnership))"
                + " LifecycleConfiguration(Rules(Id Status Prefix ExpirationInDays ExpiredObjectDeleteMarker NoncurrentVersionExpiration(NoncurrentDays NewerNoncurrentVersions) AbortIncompleteMultipartUpload(DaysAfterInitiation)))"
                + " Tags(Key Value)",
            Create = request => Try(request.LogicalId, () => Create(store, request)),
            Update = request => Try(request.PhysicalId, () => Settle(store, request, request.PhysicalId)),
            Delete = request => Task.Run(() => Delete(store, request.PhysicalId), request.Cancel),
        },
        new("AWS::S3::BucketPolicy")
        {
            Properties = "Bucket! PolicyDocument(*)",
            Required = "Bucket PolicyDocument",
            Create = request => Try(request.LogicalId, () => SetPolicy(store, request)),
            Update = request => Try(request.LogicalId, () => SetPolicy(store, request)),
            Delete = request => Try(request.LogicalId, () => ClearPolicy(store, request)),
        },
    ];

    private static Task<Resource> Try(string subject, Func<Resource> step)
    {
        try
        {
            return Task.FromResult(step());
        }
        catch (AwsException refusal)
        {
            throw new ResourceFailure($"{subject}: {refusal.Message} (Service: S3, Error Code: {refusal.Code})");
        }
    }

    private static Resource Create(ObjectStore store, ResourceRequest request)
    {
        var name = request.Properties.Text("BucketName") ?? request.GeneratedName(63).ToLowerInvariant();
        store.CreateBucket(name, request.Stack.Region);
        request.Initiated(name);
        return Settle(store, request, name);
    }

    private static Resource Settle(ObjectStore store, ResourceRequest request, string name)
    {
        if (request.Properties.Text("AccessControl") is { } acl and not "Private")
        {
            throw new AwsException("AccessControlListNotSupported", $"The bucket does not allow ACLs: the embedded cloud has no AccessControl '{acl}'.");
        }

        var status = request.Properties.Object("VersioningConfiguration")?.Text("Status");
        BucketSettings.SetVersioning(store, name, status);
        foreach (var (query, document) in BucketDocuments.Of(request.Properties, request.AllTags()))
        {
            BucketSettings.Set(store, name, BucketSettings.Find(query)!, document);
        }

        return Made(name, request.Stack.Region);
    }

    private static Resource SetPolicy(ObjectStore store, ResourceRequest request)
    {
        var bucket = request.Properties.Text("Bucket")!;
        BucketSettings.Set(store, bucket, BucketSettings.Find("policy")!, request.Properties["PolicyDocument"]!.ToJsonString());
        return new Resource(bucket);
    }

    private static Resource ClearPolicy(ObjectStore store, ResourceRequest request)
    {
        if (store.Buckets.Any(bucket => bucket.Name == request.PhysicalId))
        {
            BucketSettings.Set(store, request.PhysicalId, BucketSettings.Find("policy")!, null);
        }

        return new Resource(request.PhysicalId);
    }

    private static void Delete(ObjectStore store, string name)
    {
        try
        {
            store.DeleteBucket(name);
        }
        catch (AwsException refusal) when (refusal.Code != "NoSuchBucket")
        {
            throw new ResourceFailure($"{name}: {refusal.Message}");
        }
        catch (AwsException)
        {
            // It is gone already.
        }
    }

    private static Resource Made(string name, string region) => new(name, new Dictionary<string, string>
    {
        ["Arn"] = $"arn:aws:s3:::{name}",
        ["DomainName"] = $"{name}.s3.amazonaws.com",
        ["DualStackDomainName"] = $"{name}.s3.dualstack.{region}.amazonaws.com",
        ["RegionalDomainName"] = $"{name}.s3.{region}.amazonaws.com",
    });
}
