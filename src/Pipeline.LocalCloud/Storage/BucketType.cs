using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Storage;

/// <summary>AWS::S3::Bucket. Settings that no reader or writer would notice on one machine are accepted, versioning is not.</summary>
internal static class BucketType
{
    public static ResourceType Of(ObjectStore store) => new("AWS::S3::Bucket")
    {
        Properties = "BucketName! BucketEncryption(*) PublicAccessBlockConfiguration(*) OwnershipControls(*) LifecycleConfiguration(*) Tags(Key Value)",
        Create = request => Task.FromResult(Create(store, request)),
        Update = request => Task.FromResult(Made(request.PhysicalId, request.Stack.Region)),
        Delete = request => Task.Run(() => Delete(store, request.PhysicalId), request.Cancel),
    };

    private static Resource Create(ObjectStore store, ResourceRequest request)
    {
        var name = request.Properties.Text("BucketName") ?? request.GeneratedName(63).ToLowerInvariant();
        try
        {
            store.CreateBucket(name, request.Stack.Region);
            return Made(name, request.Stack.Region);
        }
        catch (AwsException refusal)
        {
            throw new ResourceFailure($"{name}: {refusal.Message}");
        }
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
        ["RegionalDomainName"] = $"{name}.s3.{region}.amazonaws.com",
    });
}
