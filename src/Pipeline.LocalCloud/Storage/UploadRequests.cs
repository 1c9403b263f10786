using System.Globalization;
using System.Security.Cryptography;
using System.Xml.Linq;
using Pipeline.LocalCloud.Identity;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Storage;

/// <summary>A large object that arrives in parts.</summary>
internal sealed record Upload(string Id, string Bucket, string Key, DateTimeOffset Started, IReadOnlyDictionary<string, string> Headers, IReadOnlyDictionary<int, Blob> Parts);

/// <summary>Multipart uploads: begin, parts in any order, then all of them become one object.</summary>
internal sealed class UploadRequests
{
    private static readonly XNamespace Ns = StorageRoom.Namespace;
    private readonly ObjectStore _store;
    private readonly Table<Upload> _uploads;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();

    public UploadRequests(ObjectStore store, Table<Upload> uploads, TimeProvider time)
    {
        (_store, _uploads, _time) = (store, uploads, time);
        // The store has kept only the blobs of finished objects.
        foreach (var unfinished in _uploads.Keys.ToList())
        {
            _uploads.Remove(unfinished);
        }
    }

    public Task Answer(StorageRequest request) => (request.Method, request.Query("uploadId"), request.Query("partNumber")) switch
    {
        ("POST", null, null) => Begin(request),
        ("PUT", { } id, { } part) when request.Header("x-amz-copy-source") is null => TakePart(request, id, part),
        ("POST", { } id, null) => Complete(request, id),
        ("DELETE", { } id, null) => Abort(request, id),
        ("GET", { } id, null) => ListParts(request, id),
        _ => throw StorageRequest.NotImplemented($"{request.Method} {request.SubResource} of an object"),
    };

    private Upload Find(StorageRequest request, string id) => _uploads.Find(id) is { } upload && upload.Bucket == request.Bucket && upload.Key == request.Key
        ? upload
        : throw new AwsException("NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.", 404);

    private Task Begin(StorageRequest request)
    {
        _store.GetBucket(request.Bucket);
        var upload = new Upload(Guid.NewGuid().ToString("N"), request.Bucket, request.Key, _time.GetUtcNow(), ObjectRequests.HeadersOf(request), new Dictionary<int, Blob>());
        _uploads.Put(upload.Id, upload);
        return request.Xml(new XElement(Ns + "InitiateMultipartUploadResult",
            new XElement(Ns + "Bucket", upload.Bucket), new XElement(Ns + "Key", upload.Key), new XElement(Ns + "UploadId", upload.Id)));
    }

    private async Task TakePart(StorageRequest request, string id, string part)
    {
        Find(request, id);
        if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 10000)
        {
            throw new AwsException("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive");
        }

        var blob = await ObjectRequests.Receive(_store, request);
        lock (_lock)
        {
            var upload = Find(request, id);
            if (upload.Parts.TryGetValue(number, out var replaced))
            {
                _store.Blobs.Delete(replaced.Id);
            }

            _uploads.Put(id, upload with { Parts = new Dictionary<int, Blob>(upload.Parts) { [number] = blob } });
        }

        request.Http.Response.Headers.ETag = $"\"{blob.Md5}\"";
        foreach (var (name, value) in blob.Checksums)
        {
            request.Http.Response.Headers[name] = value;
        }
    }

    private async Task Complete(StorageRequest request, string id)
    {
        var upload = Find(request, id);
        var parts = (await request.Body()).Elements().Where(e => e.Name.LocalName == "Part").Select(e => PartOf(upload, e)).ToList();
        if (parts.Count == 0 || parts.Zip(parts.Skip(1)).Any(pair => pair.First.Number >= pair.Second.Number))
        {
            throw new AwsException("InvalidPartOrder", "The list of parts was not in ascending order.");
        }

        var blob = await _store.Blobs.Receive(async (target, cancel) =>
        {
            foreach (var (_, part) in parts)
            {
                await using var bytes = _store.Blobs.Open(part.Id);
                await bytes.CopyToAsync(target, cancel);
            }

            return new Dictionary<string, string>();
        }, new Dictionary<string, string>(), [], request.Cancel);
        // S3's entity tag of such an object: the hash of the parts' hashes and their number.
        var etag = $"{Convert.ToHexStringLower(Md5([.. parts.SelectMany(p => Convert.FromHexString(p.Part.Md5))]))}-{parts.Count}";
        var written = _store.Put(new StoredObject(upload.Bucket, upload.Key, blob.Id, blob.Size, etag, default, upload.Headers, blob.Checksums), request.Condition);
        Forget(upload);
        ObjectRequests.WriteVersion(_store, request, written);
        await request.Xml(new XElement(Ns + "CompleteMultipartUploadResult",
            new XElement(Ns + "Location", $"/{upload.Bucket}/{upload.Key}"), new XElement(Ns + "Bucket", upload.Bucket), new XElement(Ns + "Key", upload.Key), new XElement(Ns + "ETag", $"\"{etag}\"")));
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5351", Justification = "The wire says MD5; nothing is protected by it.")]
    private static byte[] Md5(byte[] bytes) => MD5.HashData(bytes);

    private static (int Number, Blob Part) PartOf(Upload upload, XElement element)
    {
        string Value(string name) => element.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value ?? "";
        return int.TryParse(Value("PartNumber"), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && upload.Parts.TryGetValue(number, out var part) && part.Md5 == Value("ETag").Trim('"')
            ? (number, part)
            : throw new AwsException("InvalidPart", "One or more of the specified parts could not be found. The part might not have been uploaded, or the specified entity tag might not have matched the part's entity tag.");
    }

    private Task Abort(StorageRequest request, string id)
    {
        Forget(Find(request, id));
        request.Http.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    private void Forget(Upload upload)
    {
        lock (_lock)
        {
            _uploads.Remove(upload.Id);
        }

        foreach (var part in upload.Parts.Values)
        {
            _store.Blobs.Delete(part.Id);
        }
    }

    private Task ListParts(StorageRequest request, string id)
    {
        var upload = Find(request, id);
        return request.Xml(new XElement(Ns + "ListPartsResult",
            new XElement(Ns + "Bucket", upload.Bucket), new XElement(Ns + "Key", upload.Key), new XElement(Ns + "UploadId", id), new XElement(Ns + "Owner", new XElement(Ns + "ID", Account.Id)),
            new XElement(Ns + "MaxParts", 10000), new XElement(Ns + "IsTruncated", false),
            upload.Parts.OrderBy(p => p.Key).Select(p => new XElement(Ns + "Part",
                new XElement(Ns + "PartNumber", p.Key), new XElement(Ns + "ETag", $"\"{p.Value.Md5}\""), new XElement(Ns + "Size", p.Value.Size), new XElement(Ns + "LastModified", BucketRequests.Time(upload.Started))))));
    }
}
