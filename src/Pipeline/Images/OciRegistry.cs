using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Pipeline.Outcomes;

namespace Pipeline.Images;

/// <summary>A manifest as a registry gave it.</summary>
internal sealed record FetchedManifest(string MediaType, byte[] Content)
{
    public string Digest => ImageManifest.DigestOf(Content);
}

/// <summary>A client of one registry (OCI distribution API). Connection failures and answers 429 and 5xx are tried again, four times in all.</summary>
/// <param name="endpoint">where, and as whom</param>
/// <param name="retryDelay">before the second try; doubled before each next</param>
public sealed class OciRegistry(RegistryEndpoint endpoint, TimeSpan? retryDelay = null) : IDisposable
{
    private const int Tries = 4;
    private static readonly string[] ManifestTypes =
    [
        ImageManifest.MediaType, "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json", "application/vnd.docker.distribution.manifest.list.v2+json",
    ];

    private readonly Connection _connection = new(endpoint, retryDelay ?? TimeSpan.FromMilliseconds(250));

    /// <summary>Digest of what a tag points to; <c>null</c> where there is no such tag or repository.</summary>
    /// <exception cref="PipelineException">the registry refuses or cannot be reached</exception>
    public async Task<string?> FindDigest(string repository, string tag, CancellationToken cancel)
    {
        using var response = await _connection.Send(repository, () => Manifest(HttpMethod.Head, repository, tag), cancel).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await Expect(response, $"look up {repository}:{tag}", cancel).ConfigureAwait(false);
        return response.Headers.TryGetValues("Docker-Content-Digest", out var digests)
            ? digests.First()
            : (await GetManifest(repository, tag, cancel).ConfigureAwait(false)).Digest;
    }

    /// <summary>Whether the repository has a blob.</summary>
    /// <exception cref="PipelineException">the registry refuses or cannot be reached</exception>
    public async Task<bool> HasBlob(string repository, string digest, CancellationToken cancel)
    {
        using var response = await _connection.Send(repository, () => new HttpRequestMessage(HttpMethod.Head, Path(repository, $"blobs/{digest}")), cancel).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }

        await Expect(response, $"look up {digest} in {repository}", cancel).ConfigureAwait(false);
        return true;
    }

    /// <summary>Uploads a blob unless the repository has it: in one request, or in two where the registry does not take one.</summary>
    /// <param name="open">opens the content anew for each try</param>
    /// <param name="mountFrom">a repository of the same registry that may have it already</param>
    /// <exception cref="PipelineException">the registry refuses or cannot be reached</exception>
    public async Task PushBlob(string repository, string digest, Func<CancellationToken, Task<Stream>> open, string? mountFrom, CancellationToken cancel)
    {
        if (await HasBlob(repository, digest, cancel).ConfigureAwait(false))
        {
            return;
        }

        var mount = mountFrom is null ? "" : $"?mount={Uri.EscapeDataString(digest)}&from={Uri.EscapeDataString(mountFrom)}";
        var (location, mounted) = await StartUpload(repository, mount, cancel).ConfigureAwait(false);
        if (mounted)
        {
            return;
        }

        using var single = await _connection.Send(repository, token => Upload(HttpMethod.Put, WithDigest(location, digest), open, token), cancel).ConfigureAwait(false);
        if (!single.IsSuccessStatusCode && (int)single.StatusCode is < 500 and not 401 and not 403)
        {
            await PushInTwo(repository, digest, open, cancel).ConfigureAwait(false);
            return;
        }

        await Expect(single, $"upload {digest} to {repository}", cancel).ConfigureAwait(false);
    }

    /// <summary>Puts a manifest under an immutable tag: the same digest under it is a success, another one is not.</summary>
    /// <returns>its digest</returns>
    /// <exception cref="PipelineException">the tag points to another digest, the registry refuses or cannot be reached</exception>
    public async Task<string> PushManifest(string repository, string tag, byte[] manifest, CancellationToken cancel)
    {
        var digest = ImageManifest.DigestOf(manifest);
        if (await FindDigest(repository, tag, cancel).ConfigureAwait(false) is { } existing)
        {
            return Same(repository, tag, existing, digest);
        }

        using var response = await PutManifest(repository, tag, new FetchedManifest(ImageManifest.MediaType, manifest), cancel).ConfigureAwait(false);
        // Somebody else may have pushed the tag meanwhile; registries with immutable tags then refuse.
        if (!response.IsSuccessStatusCode && await FindDigest(repository, tag, cancel).ConfigureAwait(false) is { } meanwhile)
        {
            return Same(repository, tag, meanwhile, digest);
        }

        await Expect(response, $"push {repository}:{tag}", cancel).ConfigureAwait(false);
        return digest;
    }

    /// <summary>Gives an image another tag. One that another image has stays there.</summary>
    /// <returns>whether the tag is this image's now</returns>
    /// <exception cref="PipelineException">the registry refuses or cannot be reached</exception>
    public async Task<bool> AddTag(string repository, string digest, string tag, CancellationToken cancel)
    {
        if (await FindDigest(repository, tag, cancel).ConfigureAwait(false) is { } existing)
        {
            return existing == digest;
        }

        using var response = await PutManifest(repository, tag, await GetManifest(repository, digest, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode && await FindDigest(repository, tag, cancel).ConfigureAwait(false) is { } meanwhile)
        {
            return meanwhile == digest;
        }

        await Expect(response, $"tag {repository}@{digest} as {tag}", cancel).ConfigureAwait(false);
        return true;
    }

    /// <summary>Processors that an image is for, as images call them: <c>amd64</c>, <c>arm64</c>. None: it does not say.</summary>
    /// <param name="reference">digest or tag</param>
    /// <exception cref="PipelineException">the registry refuses or cannot be reached</exception>
    public async Task<IReadOnlyList<string>> Architectures(string repository, string reference, CancellationToken cancel)
    {
        var manifest = JsonNode.Parse((await GetManifest(repository, reference, cancel).ConfigureAwait(false)).Content);
        if (manifest?["manifests"] is JsonArray platforms)
        {
            return [.. platforms.Select(p => (string?)p?["platform"]?["architecture"]).OfType<string>().Where(a => a != "unknown")];
        }

        var digest = (string?)manifest?["config"]?["digest"] ?? "";
        using var response = await _connection.Send(repository, () => new HttpRequestMessage(HttpMethod.Get, Path(repository, $"blobs/{digest}")), cancel).ConfigureAwait(false);
        await Expect(response, $"read {digest} of {repository}", cancel).ConfigureAwait(false);
        var configuration = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false));
        return (string?)configuration?["architecture"] is { Length: > 0 } architecture and not "any" ? [architecture] : [];
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _connection.Dispose();

    internal async Task<FetchedManifest> GetManifest(string repository, string reference, CancellationToken cancel)
    {
        using var response = await _connection.Send(repository, () => Manifest(HttpMethod.Get, repository, reference), cancel).ConfigureAwait(false);
        await Expect(response, $"read the manifest {repository}@{reference}", cancel).ConfigureAwait(false);
        var fetched = new FetchedManifest(
            response.Content.Headers.ContentType?.MediaType ?? ImageManifest.MediaType, await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false));
        return reference.StartsWith("sha256:", StringComparison.Ordinal) && fetched.Digest != reference
            ? throw new PipelineException(ExitCode.Failed, $"The registry {endpoint.Host} gave {fetched.Digest} when asked for {repository}@{reference}")
            : fetched;
    }

    internal async Task DownloadBlob(string repository, string digest, string file, CancellationToken cancel)
    {
        using var response = await _connection.Send(repository, () => new HttpRequestMessage(HttpMethod.Get, Path(repository, $"blobs/{digest}")), cancel).ConfigureAwait(false);
        await Expect(response, $"read {digest} of {repository}", cancel).ConfigureAwait(false);
        using var target = File.Create(file);
        await response.Content.CopyToAsync(target, cancel).ConfigureAwait(false);
        target.Position = 0;
        var got = ImageLayer.ToDigest(await System.Security.Cryptography.SHA256.HashDataAsync(target, cancel).ConfigureAwait(false));
        if (got != digest)
        {
            throw new PipelineException(ExitCode.Failed, $"The registry {endpoint.Host} gave {got} when asked for {digest} of {repository}");
        }
    }

    private async Task PushInTwo(string repository, string digest, Func<CancellationToken, Task<Stream>> open, CancellationToken cancel)
    {
        var (location, _) = await StartUpload(repository, "", cancel).ConfigureAwait(false);
        using var sent = await _connection.Send(repository, token => Upload(HttpMethod.Patch, location, open, token), cancel).ConfigureAwait(false);
        await Expect(sent, $"upload {digest} to {repository}", cancel).ConfigureAwait(false);
        var next = sent.Headers.Location is { } moved ? _connection.Absolute(moved) : location;
        using var ended = await _connection.Send(repository, () => new HttpRequestMessage(HttpMethod.Put, WithDigest(next, digest)), cancel).ConfigureAwait(false);
        await Expect(ended, $"upload {digest} to {repository}", cancel).ConfigureAwait(false);
    }

    private async Task<(Uri Location, bool Mounted)> StartUpload(string repository, string query, CancellationToken cancel)
    {
        using var response = await _connection.Send(repository, () => new HttpRequestMessage(HttpMethod.Post, Path(repository, "blobs/uploads/" + query)), cancel).ConfigureAwait(false);
        await Expect(response, $"start an upload to {repository}", cancel).ConfigureAwait(false);
        return response.StatusCode == HttpStatusCode.Created
            ? (endpoint.Address, true)
            : response.Headers.Location is { } location
                ? (_connection.Absolute(location), false)
                : throw new PipelineException(ExitCode.Failed, $"The registry {endpoint.Host} does not say where to upload to");
    }

    private static async Task<HttpRequestMessage> Upload(HttpMethod method, Uri location, Func<CancellationToken, Task<Stream>> open, CancellationToken cancel)
    {
        var content = new StreamContent(await open(cancel).ConfigureAwait(false));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return new HttpRequestMessage(method, location) { Content = content };
    }

    private string Same(string repository, string tag, string existing, string digest) => existing == digest
        ? digest
        : throw new PipelineException(
            ExitCode.Failed,
            $"The tag '{repository}:{tag}' on {endpoint.Host} is {existing}, but this build made {digest}",
            new Detail("why", "a content tag never moves: equal inputs gave two different images, or somebody else pushed it"),
            new Detail("next", "find out which one is right, then delete the tag"));

    private async Task Expect(HttpResponseMessage response, string what, CancellationToken cancel)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        var body = await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false);
        throw new PipelineException(
            ExitCode.Failed,
            $"The registry {endpoint.Host} refused to {what}: {(int)response.StatusCode} {Processes.TerminalText.Echo(body.ReplaceLineEndings(" "))}".TrimEnd());
    }

    private Uri Path(string repository, string rest) => new(endpoint.Address, $"/v2/{repository}/{rest}");

    private HttpRequestMessage Manifest(HttpMethod method, string repository, string reference)
    {
        var request = new HttpRequestMessage(method, Path(repository, $"manifests/{reference}"));
        foreach (var type in ManifestTypes)
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        }

        return request;
    }

    private Task<HttpResponseMessage> PutManifest(string repository, string tag, FetchedManifest manifest, CancellationToken cancel) => _connection.Send(repository, () =>
    {
        var request = Manifest(HttpMethod.Put, repository, tag);
        request.Content = new ByteArrayContent(manifest.Content) { Headers = { ContentType = new MediaTypeHeaderValue(manifest.MediaType) } };
        return request;
    }, cancel);

    private static Uri WithDigest(Uri location, string digest) =>
        new($"{location}{(location.Query.Length == 0 ? "?" : "&")}digest={Uri.EscapeDataString(digest)}");

    private sealed class Connection : IDisposable
    {
        private readonly HttpClient _client = new() { Timeout = TimeSpan.FromMinutes(10) };
        private readonly RegistryEndpoint _endpoint;
        private readonly RegistryAuthentication _authentication;
        private readonly TimeSpan _retryDelay;

        public Connection(RegistryEndpoint endpoint, TimeSpan retryDelay)
        {
            _endpoint = endpoint;
            _retryDelay = retryDelay;
            _authentication = new RegistryAuthentication(_client, endpoint);
        }

        public Uri Absolute(Uri location) => location.IsAbsoluteUri ? location : new Uri(_endpoint.Address, location);

        public Task<HttpResponseMessage> Send(string repository, Func<HttpRequestMessage> create, CancellationToken cancel) =>
            Send(repository, _ => Task.FromResult(create()), cancel);

        public async Task<HttpResponseMessage> Send(string repository, Func<CancellationToken, Task<HttpRequestMessage>> create, CancellationToken cancel)
        {
            var delay = _retryDelay;
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    var response = await SendOnce(repository, create, cancel).ConfigureAwait(false);
                    if ((int)response.StatusCode is not (429 or >= 500) || attempt == Tries)
                    {
                        return response;
                    }

                    response.Dispose();
                }
                catch (HttpRequestException e) when (attempt == Tries)
                {
                    throw new PipelineException(ExitCode.Failed, $"The registry {_endpoint.Host} cannot be reached: {e.Message}");
                }
                catch (HttpRequestException)
                {
                    // The next try may meet it again.
                }
                catch (TaskCanceledException) when (!cancel.IsCancellationRequested)
                {
                    throw new PipelineException(ExitCode.Failed, $"The registry {_endpoint.Host} did not answer within {_client.Timeout.TotalMinutes:0} minutes");
                }

                await Task.Delay(delay, cancel).ConfigureAwait(false);
                delay *= 2;
            }
        }

        public void Dispose() => _client.Dispose();

        private async Task<HttpResponseMessage> SendOnce(string repository, Func<CancellationToken, Task<HttpRequestMessage>> create, CancellationToken cancel)
        {
            var response = await SendAs(repository, create, cancel).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.Unauthorized || !await _authentication.Answer(response, repository, cancel).ConfigureAwait(false))
            {
                return response;
            }

            response.Dispose();
            return await SendAs(repository, create, cancel).ConfigureAwait(false);
        }

        private async Task<HttpResponseMessage> SendAs(string repository, Func<CancellationToken, Task<HttpRequestMessage>> create, CancellationToken cancel)
        {
            using var request = await create(cancel).ConfigureAwait(false);
            // An upload may be sent to a storage host, which is no business of the password.
            if (request.RequestUri!.Authority == _endpoint.Address.Authority)
            {
                request.Headers.Authorization = _authentication.For(repository);
            }

            return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        }
    }
}
