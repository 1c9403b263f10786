using System.Globalization;
using System.Xml.Linq;
using Pipeline.LocalCloud.Identity;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Storage;

/// <summary>Requests to a bucket as a whole.</summary>
internal sealed class BucketRequests(ObjectStore store)
{
    private static readonly XNamespace Ns = StorageRoom.Namespace;

    public Task List(StorageRequest request) => request.Method == "GET"
        ? request.Xml(new XElement(Ns + "ListAllMyBucketsResult",
            new XElement(Ns + "Owner", new XElement(Ns + "ID", Account.Id)),
            new XElement(Ns + "Buckets", store.Buckets.Select(b => new XElement(Ns + "Bucket", new XElement(Ns + "Name", b.Name), new XElement(Ns + "CreationDate", Time(b.Created)))))))
        : throw new AwsException("MethodNotAllowed", "The specified method is not allowed against this resource.", 405);

    public Task Answer(StorageRequest request) => (request.Method, request.SubResource) switch
    {
        ("PUT", "") => Create(request),
        ("HEAD", "") => Head(request),
        ("DELETE", "") => Delete(request),
        ("GET", "") => Listing.Answer(store, request),
        ("GET", "location") => Location(request),
        ("GET", "versioning") => Versioning(request),
        ("GET", "encryption") => Absent(request, "ServerSideEncryptionConfigurationNotFoundError", "The server side encryption configuration was not found"),
        ("GET", "policy") => Absent(request, "NoSuchBucketPolicy", "The bucket policy does not exist"),
        ("GET", "tagging") => Absent(request, "NoSuchTagSet", "The TagSet does not exist"),
        ("GET", "lifecycle") => Absent(request, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"),
        ("GET", "publicAccessBlock") => Absent(request, "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"),
        ("POST", "delete") => DeleteObjects(request),
        _ => throw StorageRequest.NotImplemented($"{request.Method} {request.SubResource} of a bucket"),
    };

    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private async Task Create(StorageRequest request)
    {
        var body = await request.Signed.Body.ReadAll(64 << 10, request.Cancel);
        var region = body.Length == 0 ? null : XElement.Parse(System.Text.Encoding.UTF8.GetString(body)).Elements().FirstOrDefault(e => e.Name.LocalName == "LocationConstraint")?.Value;
        store.CreateBucket(request.Bucket, region is { Length: > 0 } ? region : request.Signed.Region);
        request.Http.Response.Headers.Location = $"/{request.Bucket}";
    }

    private Task Head(StorageRequest request)
    {
        request.Http.Response.Headers["x-amz-bucket-region"] = store.GetBucket(request.Bucket).Region;
        return Task.CompletedTask;
    }

    private Task Delete(StorageRequest request)
    {
        store.DeleteBucket(request.Bucket);
        request.Http.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private Task Location(StorageRequest request)
    {
        // The oldest region has no name here.
        var region = store.GetBucket(request.Bucket).Region;
        return request.Xml(new XElement(Ns + "LocationConstraint", region == "us-east-1" ? null : region));
    }

    private Task Versioning(StorageRequest request)
    {
        store.GetBucket(request.Bucket);
        return request.Xml(new XElement(Ns + "VersioningConfiguration"));
    }

    private Task Absent(StorageRequest request, string code, string message)
    {
        store.GetBucket(request.Bucket);
        throw new AwsException(code, message, 404);
    }

    private async Task DeleteObjects(StorageRequest request)
    {
        store.GetBucket(request.Bucket);
        var body = await request.Body();
        string? Value(XElement parent, string name) => parent.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value;
        var quiet = Value(body, "Quiet") == "true";
        var result = new XElement(Ns + "DeleteResult");
        foreach (var item in body.Elements().Where(e => e.Name.LocalName == "Object"))
        {
            var key = Value(item, "Key") ?? "";
            try
            {
                if (Value(item, "VersionId") is { Length: > 0 } and not "null")
                {
                    throw StorageRequest.NotImplemented("versions of objects");
                }

                store.Delete(request.Bucket, key, new Condition(Value(item, "ETag"), null));
                if (!quiet)
                {
                    result.Add(new XElement(Ns + "Deleted", new XElement(Ns + "Key", key)));
                }
            }
            catch (AwsException refusal)
            {
                result.Add(new XElement(Ns + "Error", new XElement(Ns + "Key", key), new XElement(Ns + "Code", refusal.Code), new XElement(Ns + "Message", refusal.Message)));
            }
        }

        await request.Xml(result);
    }
}
