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
        ("GET", "versions") => VersionListing.Answer(store, request),
        ("GET", "versioning") => Versioning(request),
        ("PUT", "versioning") => SetVersioning(request),
        ("GET", var setting) when BucketSettings.Find(setting) is { } kind => Show(request, kind),
        ("PUT", var setting) when BucketSettings.Find(setting) is { } kind => Set(request, kind),
        ("DELETE", var setting) when BucketSettings.Find(setting) is { } kind => Clear(request, kind),
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
        var status = store.GetBucket(request.Bucket).Versioning;
        return request.Xml(new XElement(Ns + "VersioningConfiguration", status is null ? null : new XElement(Ns + "Status", status)));
    }

    private async Task SetVersioning(StorageRequest request)
    {
        store.GetBucket(request.Bucket);
        var body = await request.Body();
        string? Member(string name) => body.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value;
        if (Member("MfaDelete") == "Enabled")
        {
            throw StorageRequest.NotImplemented("MFA delete");
        }

        BucketSettings.SetVersioning(store, request.Bucket, Member("Status"));
    }

    private Task Show(StorageRequest request, BucketSetting kind)
    {
        var document = store.GetBucket(request.Bucket).Settings.GetValueOrDefault(kind.Query) ?? kind.Default
            ?? throw new AwsException(kind.AbsentCode, kind.AbsentMessage, 404);
        if (kind.Root is not null)
        {
            return request.Xml(XElement.Parse(document));
        }

        request.Http.Response.ContentType = "application/json";
        return request.Http.Response.WriteAsync(document, request.Cancel);
    }

    private async Task Set(StorageRequest request, BucketSetting kind)
    {
        store.GetBucket(request.Bucket);
        var text = System.Text.Encoding.UTF8.GetString(await request.Signed.Body.ReadAll(4 << 20, request.Cancel));
        BucketSettings.Set(store, request.Bucket, kind, text);
        request.Http.Response.StatusCode = kind.Query is "policy" or "tagging" ? 204 : 200;
    }

    private Task Clear(StorageRequest request, BucketSetting kind)
    {
        BucketSettings.Set(store, request.Bucket, kind, null);
        request.Http.Response.StatusCode = 204;
        return Task.CompletedTask;
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
                var version = Value(item, "VersionId") is { Length: > 0 } given ? given : null;
                BucketAccess.Demand(store, request, version is null ? "s3:DeleteObject" : "s3:DeleteObjectVersion", request.Bucket, key);
                var gone = version is null ? store.Delete(request.Bucket, key, new Condition(Value(item, "ETag"), null)) : store.DeleteVersion(request.Bucket, key, version);
                if (!quiet)
                {
                    result.Add(new XElement(Ns + "Deleted", new XElement(Ns + "Key", key),
                        version is null ? null : new XElement(Ns + "VersionId", version),
                        gone is { IsDeleteMarker: true } ? new XElement(Ns + "DeleteMarker", true) : null,
                        gone is { IsDeleteMarker: true } ? new XElement(Ns + "DeleteMarkerVersionId", gone.Version ?? "null") : null));
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
