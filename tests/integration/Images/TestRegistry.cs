using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Pipeline.Images;
using Pipeline.Processes;

namespace Pipeline.Tests.Images;

/// <summary>The registry side of the OCI distribution API, in memory.</summary>
internal sealed class TestRegistry : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, byte[]> _uploads = new();
    private int _failures;

    private TestRegistry(WebApplication app) => _app = app;

    public ConcurrentDictionary<string, byte[]> Blobs { get; } = new();

    public ConcurrentDictionary<string, byte[]> Manifests { get; } = new();

    public ConcurrentQueue<string> Requests { get; } = new();

    public bool WantsToken { get; init; }

    public bool RefusesSingleUploads { get; init; }

    public string Address => _app.Urls.First();

    public RegistryEndpoint Endpoint => new(new Uri(Address), "AWS", new Secret("let-me-in"));

    public void FailNext(int requests) => _failures = requests;

    public static async Task<TestRegistry> Start(bool wantsToken = false, bool refusesSingleUploads = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var registry = new TestRegistry(app) { WantsToken = wantsToken, RefusesSingleUploads = refusesSingleUploads };
        app.Run(registry.Handle);
        await app.StartAsync();
        return registry;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task Handle(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        Requests.Enqueue($"{http.Request.Method} {path}{http.Request.QueryString}");
        var user = $"Basic {Convert.ToBase64String("AWS:let-me-in"u8)}";
        var given = http.Request.Headers.Authorization.ToString();
        if (path == "/token")
        {
            http.Response.StatusCode = given == user ? 200 : 401;
            await http.Response.WriteAsync($$"""{"token":"for {{http.Request.Query["scope"]}}"}""");
            return;
        }

        if (Interlocked.Decrement(ref _failures) >= 0)
        {
            http.Response.StatusCode = 503;
            return;
        }

        var name = path["/v2/".Length..path.LastIndexOf(path.Contains("/blobs/", StringComparison.Ordinal) ? "/blobs/" : "/manifests/", StringComparison.Ordinal)];
        if (given != (WantsToken ? $"Bearer for repository:{name}:pull,push" : user))
        {
            http.Response.StatusCode = 401;
            http.Response.Headers.WWWAuthenticate = WantsToken ? $"Bearer realm=\"{Address}/token\",service=\"test\",scope=\"repository:{name}:pull,push\"" : "Basic realm=\"test\"";
            return;
        }

        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var last = path[(path.LastIndexOf('/') + 1)..];
        http.Response.StatusCode = path.Contains("/blobs/uploads/", StringComparison.Ordinal) ? Upload(http, name, last, body.ToArray())
            : path.Contains("/blobs/", StringComparison.Ordinal) ? await Give(http, Blobs, $"{name}@{last}", last)
            : http.Request.Method == "PUT" ? PutManifest(name, last, body.ToArray())
            : await Give(http, Manifests, $"{name}@{last}", null);
    }

    private int Upload(HttpContext http, string name, string id, byte[] body)
    {
        if (http.Request.Method == "POST")
        {
            if (http.Request.Query["mount"].ToString() is { Length: > 0 } mount && Blobs.TryGetValue($"{http.Request.Query["from"]}@{mount}", out var known))
            {
                Blobs[$"{name}@{mount}"] = known;
                return 201;
            }

            http.Response.Headers.Location = $"/v2/{name}/blobs/uploads/{Guid.NewGuid():N}?state=x";
            return 202;
        }

        if (http.Request.Method == "PATCH")
        {
            _uploads[id] = body;
            http.Response.Headers.Location = http.Request.Path + "?state=y";
            return 202;
        }

        if (RefusesSingleUploads && body.Length > 0)
        {
            return 400;
        }

        var content = _uploads.GetValueOrDefault(id) ?? body;
        var digest = http.Request.Query["digest"].ToString();
        if (digest != Digest(content))
        {
            return 400;
        }

        Blobs[$"{name}@{digest}"] = content;
        return 201;
    }

    private int PutManifest(string name, string tag, byte[] body)
    {
        Manifests[$"{name}@{tag}"] = body;
        Manifests[$"{name}@{Digest(body)}"] = body;
        return 201;
    }

    private static async Task<int> Give(HttpContext http, ConcurrentDictionary<string, byte[]> from, string key, string? digest)
    {
        if (!from.TryGetValue(key, out var content))
        {
            return 404;
        }

        http.Response.StatusCode = 200;
        http.Response.ContentType = digest is null ? "application/vnd.oci.image.manifest.v1+json" : "application/octet-stream";
        http.Response.Headers["Docker-Content-Digest"] = Digest(content);
        http.Response.ContentLength = content.Length;
        if (http.Request.Method == "GET")
        {
            await http.Response.Body.WriteAsync(content);
        }

        return 200;
    }

    public static string Digest(byte[] content) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(content))}";

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
