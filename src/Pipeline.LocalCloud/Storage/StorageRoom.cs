using System.Xml.Linq;
using Microsoft.AspNetCore.Http.Features;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Identity;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Storage;

/// <summary>S3: buckets and objects by path, <c>/bucket/key</c>.</summary>
internal sealed class StorageRoom
{
    public static readonly XNamespace Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    /// <summary>Query keys that make a request another operation. One that is not handled must be refused, never taken for the plain request.</summary>
    private static readonly string[] SubResources =
    [
        "accelerate", "acl", "analytics", "attributes", "cors", "delete", "encryption", "intelligent-tiering", "inventory", "legal-hold", "lifecycle", "location", "logging", "metrics",
        "notification", "object-lock", "ownershipControls", "partNumber", "policy", "policyStatus", "publicAccessBlock", "replication", "requestPayment", "restore", "retention",
        "select", "session", "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning", "versions", "website",
    ];

    private readonly BucketRequests _buckets;
    private readonly ObjectRequests _objects;
    private readonly UploadRequests _uploads;

    public StorageRoom(Database database, TimeProvider time)
    {
        Store = new ObjectStore(database, time);
        _buckets = new BucketRequests(Store);
        _objects = new ObjectRequests(Store);
        _uploads = new UploadRequests(Store, database.Table<Upload>("s3/uploads"), time);
        ResourceTypes = BucketType.Of(Store);
    }

    public ObjectStore Store { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    /// <summary>An object's text by its URL on this cloud, path style; <c>null</c> when it is not there.</summary>
    public async Task<string?> ReadText(Uri url) =>
        url.AbsolutePath.Split('/', 3) is [_, var bucket, var key] && Store.Find(bucket, Uri.UnescapeDataString(key)) is { } found
            ? System.Text.Encoding.UTF8.GetString(await Store.ReadAll(found.Bucket, found.Key, CancellationToken.None))
            : null;

    public async Task Answer(HttpContext http, SignedRequest signed, Faults faults)
    {
        var id = WireRefusal.RequestId(http);
        http.Response.Headers["x-amz-id-2"] = id;
        var request = Read(http, signed);
        await faults.Around(http, StorageOperations.Service, StorageOperations.NameOf(request), () => Answer(request));
    }

    private Task Answer(StorageRequest request)
    {
        BucketAccess.Demand(Store, request);
        return Room(request);
    }

    private Task Room(StorageRequest request) =>
        request.Bucket.Length == 0 ? _buckets.List(request)
        : request.Key.Length == 0 ? _buckets.Answer(request)
        : request.SubResource is "uploads" or "uploadId" or "partNumber" ? _uploads.Answer(request)
        : _objects.Answer(request);

    private static StorageRequest Read(HttpContext http, SignedRequest signed)
    {
        // The raw path: a key may contain what the server's own path would have decoded or tidied away.
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.Split('?', 2)[0].TrimStart('/');
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var (bucket, key) = slash < 0 ? (path, "") : (path[..slash], path[(slash + 1)..]);
        return new StorageRequest(http, signed, Uri.UnescapeDataString(bucket), Uri.UnescapeDataString(key),
            SubResources.FirstOrDefault(name => http.Request.Query.ContainsKey(name)) ?? "");
    }
}

/// <summary>One request to S3.</summary>
/// <param name="SubResource">the query key that names what is asked of the bucket or object; empty for the thing itself</param>
internal sealed record StorageRequest(HttpContext Http, SignedRequest Signed, string Bucket, string Key, string SubResource)
{
    public string Method => Http.Request.Method;

    public CancellationToken Cancel => Http.RequestAborted;

    public static AwsException NotImplemented(string what) => new("NotImplemented", $"The embedded cloud does not implement {what}.", 501);

    public string? Header(string name) => Http.Request.Headers[name].ToString() is { Length: > 0 } value ? value : null;

    public string? Query(string name) => Http.Request.Query.TryGetValue(name, out var value) ? value.ToString() : null;

    public Condition Condition => new(Header("If-Match"), Header("If-None-Match"));

    public Task Xml(XElement root, int status = 200)
    {
        Http.Response.StatusCode = status;
        Http.Response.ContentType = "application/xml";
        return Http.Response.WriteAsync("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + root.ToString(SaveOptions.DisableFormatting), Cancel);
    }

    /// <summary>The XML that the request carries.</summary>
    public async Task<XElement> Body()
    {
        var bytes = await Signed.Body.ReadAll(4 << 20, Cancel);
        try
        {
            using var stream = new MemoryStream(bytes);
            return XElement.Load(stream);
        }
        catch (System.Xml.XmlException)
        {
            throw new AwsException("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema");
        }
    }
}
