using System.Globalization;
using System.Xml.Linq;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Storage;

/// <summary>Requests to one object.</summary>
internal sealed class ObjectRequests(ObjectStore store)
{
    private static readonly XNamespace Ns = StorageRoom.Namespace;
    private static readonly string[] KeptHeaders = ["Cache-Control", "Content-Disposition", "Content-Language", "Content-Type", "Expires"];

    public Task Answer(StorageRequest request) => (request.Method, request.SubResource) switch
    {
        ("GET" or "HEAD", "" or "versionId") => Read(request),
        ("PUT", "") when request.Header("x-amz-copy-source") is { } source => Copy(request, source),
        ("PUT", "") => Write(request),
        ("DELETE", "") => Delete(request),
        ("DELETE", "versionId") => DeleteVersion(request),
        ("GET", "tagging") => Tagging(request),
        _ => throw StorageRequest.NotImplemented($"{request.Method} {request.SubResource} of an object"),
    };

    /// <summary>The headers that a reader of the object will get back.</summary>
    internal static Dictionary<string, string> HeadersOf(StorageRequest request)
    {
        var headers = KeptHeaders.Where(name => request.Header(name) is not null).ToDictionary(name => name, name => request.Header(name)!);
        headers.TryAdd("Content-Type", "binary/octet-stream");
        // aws-chunked is how it travels, not what it is.
        var encoding = string.Join(',', (request.Header("Content-Encoding") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(e => e != "aws-chunked"));
        if (encoding.Length > 0)
        {
            headers["Content-Encoding"] = encoding;
        }

        foreach (var (name, value) in request.Http.Request.Headers.Where(h => h.Key.StartsWith("x-amz-meta-", StringComparison.OrdinalIgnoreCase)))
        {
            headers[name.ToLowerInvariant()] = value.ToString();
        }

        return headers;
    }

    internal static Task<Blob> Receive(ObjectStore store, StorageRequest request)
    {
        var expected = request.Http.Request.Headers
            .Where(h => h.Key.Equals("Content-MD5", StringComparison.OrdinalIgnoreCase) || h.Key.StartsWith(Checksums.HeaderPrefix, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString());
        var algorithms = expected.Keys.Concat((request.Header("x-amz-trailer") ?? "").Split(',', StringSplitOptions.TrimEntries))
            .Where(name => name.StartsWith(Checksums.HeaderPrefix, StringComparison.OrdinalIgnoreCase)).Select(name => name[Checksums.HeaderPrefix.Length..].ToLowerInvariant())
            .Append(request.Header("x-amz-sdk-checksum-algorithm")?.ToLowerInvariant() ?? "");
        return store.Blobs.Receive(request.Signed.Body.CopyTo, expected, algorithms, request.Cancel);
    }

    private async Task Write(StorageRequest request)
    {
        store.GetBucket(request.Bucket);
        if (request.Header("If-None-Match") is { } none && none != "*")
        {
            throw StorageRequest.NotImplemented("If-None-Match with anything but * when writing");
        }

        var blob = await Receive(store, request);
        var draft = new StoredObject(request.Bucket, request.Key, blob.Id, blob.Size, blob.Md5, default, HeadersOf(request), blob.Checksums);
        var written = store.Put(draft, request.Condition);
        request.Http.Response.Headers.ETag = $"\"{written.ETag}\"";
        WriteVersion(store, request, written);
        WriteChecksums(request, written);
    }

    private async Task Read(StorageRequest request)
    {
        var (found, bytes) = store.Open(request.Bucket, request.Key, request.Query("versionId"));
        await using (bytes)
        {
            var response = request.Http.Response;
            WriteVersion(store, request, found);
            response.Headers.ETag = $"\"{found.ETag}\"";
            response.Headers.LastModified = found.Modified.ToString("R", CultureInfo.InvariantCulture);
            if (IsUnchanged(request, found))
            {
                response.StatusCode = 304;
                return;
            }

            foreach (var (name, value) in found.Headers)
            {
                response.Headers[name] = value;
            }

            foreach (var name in KeptHeaders.Append("Content-Encoding").Where(n => request.Query($"response-{n.ToLowerInvariant()}") is not null))
            {
                response.Headers[name] = request.Query($"response-{name.ToLowerInvariant()}");
            }

            response.Headers.AcceptRanges = "bytes";
            var (start, length) = ByteRange.Of(request.Header("Range"), found.Size);
            if (length != found.Size)
            {
                response.StatusCode = 206;
                response.Headers.ContentRange = $"bytes {start}-{start + length - 1}/{found.Size}";
            }
            else if (string.Equals(request.Header("x-amz-checksum-mode"), "ENABLED", StringComparison.OrdinalIgnoreCase))
            {
                WriteChecksums(request, found);
            }

            response.ContentLength = length;
            if (request.Method == "GET")
            {
                bytes.Position = start;
                await CopyExactly(bytes, response.Body, length, request.Cancel);
            }
        }
    }

    private async Task Copy(StorageRequest request, string source)
    {
        var path = Uri.UnescapeDataString(source.Split('?', 2)[0]).TrimStart('/');
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        if (slash < 1)
        {
            throw new AwsException("InvalidArgument", "Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
        }

        var version = source.Split("?versionId=", 2) is [_, var given] ? given : null;
        var (from, bytes) = store.Open(path[..slash], path[(slash + 1)..], version);
        await using (bytes)
        {
            if (request.Header("x-amz-copy-source-if-match") is { } match && !ObjectStore.Names(match, from.ETag))
            {
                throw new AwsException("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412);
            }

            var blob = await store.Blobs.Receive(async (target, cancel) =>
            {
                await bytes.CopyToAsync(target, cancel);
                return new Dictionary<string, string>();
            }, from.Checksums, from.Checksums.Keys.Select(name => name[Checksums.HeaderPrefix.Length..]), request.Cancel);
            var headers = request.Header("x-amz-metadata-directive") == "REPLACE" ? HeadersOf(request) : from.Headers;
            var written = store.Put(new StoredObject(request.Bucket, request.Key, blob.Id, blob.Size, blob.Md5, default, headers, blob.Checksums), request.Condition);
            WriteVersion(store, request, written);
            await request.Xml(new XElement(Ns + "CopyObjectResult", new XElement(Ns + "LastModified", BucketRequests.Time(written.Modified)), new XElement(Ns + "ETag", $"\"{written.ETag}\"")));
        }
    }

    private Task Delete(StorageRequest request)
    {
        var marker = store.Delete(request.Bucket, request.Key, request.Condition with { IfNoneMatch = null });
        return Deleted(request, marker);
    }

    private Task DeleteVersion(StorageRequest request) => Deleted(request, store.DeleteVersion(request.Bucket, request.Key, request.Query("versionId")!));

    private Task Deleted(StorageRequest request, StoredObject? version)
    {
        request.Http.Response.StatusCode = 204;
        if (version is not null)
        {
            WriteVersion(store, request, version);
        }

        if (version is { IsDeleteMarker: true })
        {
            request.Http.Response.Headers["x-amz-delete-marker"] = "true";
        }

        return Task.CompletedTask;
    }

    private Task Tagging(StorageRequest request)
    {
        store.Get(request.Bucket, request.Key);
        return request.Xml(new XElement(Ns + "Tagging", new XElement(Ns + "TagSet")));
    }

    private static bool IsUnchanged(StorageRequest request, StoredObject found)
    {
        // S3 knows seconds only.
        var modified = DateTimeOffset.FromUnixTimeSeconds(found.Modified.ToUnixTimeSeconds());
        if (request.Header("If-Match") is { } match ? !ObjectStore.Names(match, found.ETag) : TimeOf(request, "If-Unmodified-Since") is { } until && modified > until)
        {
            throw new AwsException("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412);
        }

        return request.Header("If-None-Match") is { } none ? ObjectStore.Names(none, found.ETag) : TimeOf(request, "If-Modified-Since") is { } since && modified <= since;
    }

    private static DateTimeOffset? TimeOf(StorageRequest request, string header) =>
        DateTimeOffset.TryParse(request.Header(header), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>Only a bucket that keeps, or once kept, versions tells them.</summary>
    internal static void WriteVersion(ObjectStore store, StorageRequest request, StoredObject item)
    {
        if (store.GetBucket(item.Bucket).Versioning is not null)
        {
            request.Http.Response.Headers["x-amz-version-id"] = item.Version ?? "null";
        }
    }

    private static void WriteChecksums(StorageRequest request, StoredObject item)
    {
        foreach (var (name, value) in item.Checksums)
        {
            request.Http.Response.Headers[name] = value;
        }

        if (item.Checksums.Count > 0)
        {
            request.Http.Response.Headers["x-amz-checksum-type"] = "FULL_OBJECT";
        }
    }

    private static async Task CopyExactly(FileStream source, Stream target, long length, CancellationToken cancel)
    {
        var buffer = new byte[64 << 10];
        while (length > 0)
        {
            var read = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length)), cancel);
            if (read == 0)
            {
                throw new EndOfStreamException($"The file of an object is shorter than the object: {source.Name}");
            }

            await target.WriteAsync(buffer.AsMemory(0, read), cancel);
            length -= read;
        }
    }
}
