using System.Text;
using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.Registry;

/// <summary>The OCI distribution API under <c>/v2/</c>, as ECR answers it: what image builders and container engines push to and pull from.</summary>
internal sealed class DistributionApi(ImageStore store, RegistryPassword password)
{
    private const int LargestManifest = 4 * 1024 * 1024;

    public async Task Answer(HttpContext http)
    {
        http.Response.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        try
        {
            await Route(http);
        }
        catch (DistributionRefusal refusal)
        {
            http.Response.StatusCode = refusal.Status;
            http.Response.ContentType = "application/json";
            if (refusal.Status == 401)
            {
                http.Response.Headers.WWWAuthenticate = "Basic realm=\"embedded cloud\",service=\"ecr.amazonaws.com\"";
            }

            var error = new JsonObject { ["code"] = refusal.Code, ["message"] = refusal.Message };
            await http.Response.WriteAsync(new JsonObject { ["errors"] = new JsonArray(error) }.ToJsonString(), http.RequestAborted);
        }
    }

    private async Task Route(HttpContext http)
    {
        if (!IsAuthorized(http.Request.Headers.Authorization.ToString()))
        {
            throw new DistributionRefusal(401, "UNAUTHORIZED", "authentication required: user AWS, password from ecr:GetAuthorizationToken");
        }

        var path = http.Request.Path.Value!["/v2".Length..].Trim('/');
        if (path.Length == 0)
        {
            return;
        }

        var verb = http.Request.Method;
        if (Parse(path, "/blobs/uploads") is (var uploads, var upload))
        {
            await Upload(http, verb, Repository(uploads), upload.Trim('/'));
        }
        else if (verb is "GET" or "HEAD" && Parse(path, "/blobs/") is (var blobs, var digest))
        {
            await SendBlob(http, Repository(blobs), digest);
        }
        else if (Parse(path, "/manifests/") is (var manifests, var reference))
        {
            await Manifest(http, verb, Repository(manifests), reference);
        }
        else if (Parse(path, "/tags/list") is (var tags, "") && verb == "GET")
        {
            var list = new JsonArray([.. store.TagsOf(Repository(tags).Name).Select(t => JsonValue.Create(t.Tag))]);
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(new JsonObject { ["name"] = tags, ["tags"] = list }.ToJsonString(), http.RequestAborted);
        }
        else
        {
            throw new DistributionRefusal(405, "UNSUPPORTED", $"{verb} {http.Request.Path} is not supported by the embedded cloud's registry");
        }
    }

    private async Task Upload(HttpContext http, string verb, RepositoryRecord repository, string id)
    {
        var query = http.Request.Query;
        switch (verb)
        {
            // Blobs are shared by all repositories, so a mount needs only the content.
            case "POST" when id.Length == 0 && query["mount"].ToString() is { Length: > 0 } mount && store.Blobs.Find(mount) is not null:
                Created(http, $"/v2/{repository.Name}/blobs/{mount}", mount);
                break;
            case "POST" when id.Length == 0 && query["digest"].ToString() is { Length: > 0 } digest:
                await Finish(http, repository, store.Blobs.StartUpload(), digest);
                break;
            case "POST" when id.Length == 0:
                Accepted(http, repository, store.Blobs.StartUpload(), 0);
                break;
            case "GET" when Received(id) is var received:
                Accepted(http, repository, id, received);
                http.Response.StatusCode = 204;
                break;
            case "PATCH" when Received(id) is var received:
                if (http.Request.Headers.ContentRange.ToString() is { Length: > 0 } range && range.Split('-')[0].Replace("bytes ", "", StringComparison.Ordinal) != $"{received}")
                {
                    throw new DistributionRefusal(416, "BLOB_UPLOAD_INVALID", $"the upload continues at {received}, not at {range}");
                }

                Accepted(http, repository, id, await store.Blobs.Append(id, http.Request.Body, http.RequestAborted));
                break;
            case "PUT" when Received(id) is var _:
                await Finish(http, repository, id, query["digest"].ToString());
                break;
            case "DELETE" when Received(id) is var _:
                store.Blobs.Cancel(id);
                http.Response.StatusCode = 204;
                break;
            default:
                throw new DistributionRefusal(405, "UNSUPPORTED", $"{verb} is not supported on uploads");
        }
    }

    private long Received(string upload) => store.Blobs.Received(upload) ?? throw new DistributionRefusal(404, "BLOB_UPLOAD_UNKNOWN", $"there is no upload '{upload}'");

    private async Task Finish(HttpContext http, RepositoryRecord repository, string upload, string digest)
    {
        if (!BlobFolder.IsDigest(digest))
        {
            throw new DistributionRefusal(400, "DIGEST_INVALID", $"'{digest}' is not a sha256 digest");
        }

        await store.Blobs.Append(upload, http.Request.Body, http.RequestAborted);
        if (!await store.Blobs.Commit(upload, digest, http.RequestAborted))
        {
            throw new DistributionRefusal(400, "DIGEST_INVALID", $"the uploaded content does not have the digest {digest}");
        }

        Created(http, $"/v2/{repository.Name}/blobs/{digest}", digest);
    }

    private async Task SendBlob(HttpContext http, RepositoryRecord repository, string digest)
    {
        var file = store.Blobs.Find(digest) ?? throw new DistributionRefusal(404, "BLOB_UNKNOWN", $"the repository '{repository.Name}' has no blob {digest}");
        http.Response.ContentType = "application/octet-stream";
        http.Response.Headers["Docker-Content-Digest"] = digest;
        http.Response.ContentLength = file.Length;
        if (http.Request.Method == "GET")
        {
            await http.Response.SendFileAsync(file.FullName, http.RequestAborted);
        }
    }

    private async Task Manifest(HttpContext http, string verb, RepositoryRecord repository, string reference)
    {
        if (verb == "PUT")
        {
            await PutManifest(http, repository, reference);
            return;
        }

        var image = verb is "GET" or "HEAD" ? store.FindImage(repository.Name, reference) : throw new DistributionRefusal(405, "UNSUPPORTED", "images are deleted with ecr:BatchDeleteImage");
        image = image ?? throw new DistributionRefusal(404, "MANIFEST_UNKNOWN", $"Requested image not found: {repository.Name} has no '{reference}'");
        var bytes = store.ReadManifest(image);
        http.Response.ContentType = image.MediaType;
        http.Response.Headers["Docker-Content-Digest"] = image.Digest;
        http.Response.ContentLength = bytes.Length;
        if (verb == "GET")
        {
            await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
        }
    }

    private async Task PutManifest(HttpContext http, RepositoryRecord repository, string reference)
    {
        using var content = new MemoryStream();
        await http.Request.Body.CopyToAsync(content, http.RequestAborted);
        var bytes = content.Length <= LargestManifest ? content.ToArray() : throw new DistributionRefusal(413, "MANIFEST_INVALID", "the manifest is larger than 4 MiB");
        var digest = BlobFolder.DigestOf(bytes);
        var byDigest = BlobFolder.IsDigest(reference);
        if (byDigest && reference != digest)
        {
            throw new DistributionRefusal(400, "DIGEST_INVALID", $"the manifest has the digest {digest}, not {reference}");
        }

        var manifest = ImageStore.ParseManifest(bytes) is { } parsed && (parsed.Manifests ?? parsed.Layers) is not null && (parsed.Manifests is not null || parsed.Config is not null)
            ? parsed
            : throw new DistributionRefusal(400, "MANIFEST_INVALID", "the manifest is neither an image nor an index");
        IReadOnlyList<Descriptor> parts = manifest.Manifests ?? [manifest.Config!, .. manifest.Layers!];
        if (parts.FirstOrDefault(p => store.Blobs.Find(p.Digest) is null) is { } missing)
        {
            throw new DistributionRefusal(400, "MANIFEST_BLOB_UNKNOWN", $"the manifest refers to {missing.Digest}, which was not uploaded");
        }

        await store.Blobs.Put(bytes, http.RequestAborted);
        var mediaType = http.Request.ContentType?.Split(';')[0] ?? manifest.MediaType ?? "application/vnd.oci.image.manifest.v1+json";
        if (store.AddImage(repository, digest, mediaType, parts.Sum(p => p.Size), byDigest ? null : reference) is not null)
        {
            throw new DistributionRefusal(400, "TAG_INVALID", $"The image tag '{reference}' already exists in the '{repository.Name}' repository and cannot be overwritten because the tag is immutable.");
        }

        Created(http, $"/v2/{repository.Name}/manifests/{digest}", digest);
    }

    private bool IsAuthorized(string header)
    {
        if (!header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var buffer = new byte[header.Length];
        return Convert.TryFromBase64String(header["Basic ".Length..].Trim(), buffer, out var length)
            && Encoding.UTF8.GetString(buffer, 0, length) is var text
            && text.StartsWith("AWS:", StringComparison.Ordinal)
            && password.IsValid(text["AWS:".Length..]);
    }

    private RepositoryRecord Repository(string name) => store.FindRepository(name)
        ?? throw new DistributionRefusal(404, "NAME_UNKNOWN", $"The repository with name '{name}' does not exist in the registry with id '123456789012'");

    /// <summary>A repository's name has slashes itself, so the last marker counts.</summary>
    private static (string Name, string Tail)? Parse(string path, string marker) =>
        path.LastIndexOf(marker, StringComparison.Ordinal) is var at and > 0 ? (path[..at], path[(at + marker.Length)..]) : null;

    private static void Created(HttpContext http, string location, string digest)
    {
        http.Response.StatusCode = 201;
        http.Response.Headers.Location = location;
        http.Response.Headers["Docker-Content-Digest"] = digest;
    }

    private static void Accepted(HttpContext http, RepositoryRecord repository, string upload, long received)
    {
        http.Response.StatusCode = 202;
        http.Response.Headers.Location = $"/v2/{repository.Name}/blobs/uploads/{upload}";
        http.Response.Headers["Docker-Upload-UUID"] = upload;
        http.Response.Headers.Range = $"0-{Math.Max(0, received - 1)}";
    }

    private sealed class DistributionRefusal(int status, string code, string message) : Exception(message)
    {
        public int Status { get; } = status;

        public string Code { get; } = code;
    }
}
