using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Pipeline.LocalCloud.Registry;
using Pipeline.LocalCloud.State;

namespace Pipeline.Tests.LocalCloud;

/// <summary>The registry as image builders meet it: over HTTP, with a password of ECR's.</summary>
[TestFixture]
internal sealed class RegistryTests
{
    private string _folder = "";
    private Database _database = null!;
    private RegistryService _registry = null!;
    private WebApplication _app = null!;
    private HttpClient _http = null!;

    [SetUp]
    public async Task Start()
    {
        _folder = Directory.CreateTempSubdirectory("registry-").FullName;
        _database = new Database(_folder);
        _registry = new RegistryService(_database, TimeProvider.System, () => "127.0.0.1:4510");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(_registry.Distribution.Answer);
        await _app.StartAsync();
        await Ecr("CreateRepository", """{"repositoryName":"storefront/api","imageTagMutability":"IMMUTABLE"}""");
        var token = (await Ecr("GetAuthorizationToken", "{}"))["authorizationData"]![0]!["authorizationToken"]!.GetValue<string>();
        _http = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", token);
    }

    [TearDown]
    public async Task Stop()
    {
        _http.Dispose();
        await _app.DisposeAsync();
        _database.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task An_image_that_is_pushed_is_there_by_tag_and_by_digest_and_can_be_unpacked()
    {
        var layer = ComputeCloud.Layer([("app/hello.txt", "hello"u8.ToArray(), false)]);
        using var pushed = await Push("v1", layer);
        Assert.That(pushed.StatusCode, Is.EqualTo(HttpStatusCode.Created), await pushed.Content.ReadAsStringAsync());
        var digest = pushed.Headers.GetValues("Docker-Content-Digest").Single();

        using var byTag = await _http.GetAsync(Path("manifests/v1"));
        using var head = await _http.SendAsync(new HttpRequestMessage(HttpMethod.Head, Path($"manifests/{digest}")));
        var tags = await _http.GetStringAsync(Path("tags/list"));
        var image = _registry.Images.Resolve($"127.0.0.1:4510/storefront/api@{digest}");
        var files = await _registry.Images.Unpack(image, CancellationToken.None);
        var described = (await Ecr("DescribeImages", """{"repositoryName":"storefront/api","imageIds":[{"imageTag":"v1"}]}"""))["imageDetails"]![0]!;

        Assert.Multiple(() =>
        {
            Assert.That(byTag.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/vnd.oci.image.manifest.v1+json"));
            Assert.That(head.Headers.GetValues("Docker-Content-Digest"), Is.EqualTo(new[] { digest }));
            Assert.That(tags, Is.EqualTo("""{"name":"storefront/api","tags":["v1"]}"""));
            Assert.That(image.Config.Command!.EntryPoint, Is.EqualTo(new[] { "dotnet", "/app/Api.dll" }));
            Assert.That(File.ReadAllText(System.IO.Path.Combine(files, "app", "hello.txt")), Is.EqualTo("hello"));
            Assert.That((string?)described["imageDigest"], Is.EqualTo(digest));
        });
    }

    [Test]
    public async Task A_tag_cannot_be_moved_but_the_same_image_can_be_pushed_again()
    {
        using var first = await Push("v1", ComputeCloud.Layer([("a", "1"u8.ToArray(), false)]));
        using var again = await Push("v1", ComputeCloud.Layer([("a", "1"u8.ToArray(), false)]), first.Headers.GetValues("Docker-Content-Digest").Single());
        using var other = await Push("v1", ComputeCloud.Layer([("a", "2"u8.ToArray(), false)]));

        Assert.That(other.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await other.Content.ReadAsStringAsync(), Does.Contain("TAG_INVALID").And.Contain("cannot be overwritten because the tag is immutable"));
    }

    [Test]
    public async Task Content_must_have_the_digest_it_claims()
    {
        using var wrong = await _http.PostAsync(Path($"blobs/uploads/?digest={BlobFolder.DigestOf("other"u8)}"), new ByteArrayContent("content"u8.ToArray()));

        Assert.That(wrong.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await wrong.Content.ReadAsStringAsync(), Does.Contain("DIGEST_INVALID"));
        using var head = await _http.SendAsync(new HttpRequestMessage(HttpMethod.Head, Path($"blobs/{BlobFolder.DigestOf("content"u8)}")));
        Assert.That(head.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task A_blob_can_be_sent_in_pieces()
    {
        using var started = await _http.PostAsync(Path("blobs/uploads/"), null);
        var location = started.Headers.Location!;
        using var one = await _http.PatchAsync(location, new ByteArrayContent("con"u8.ToArray()));
        using var two = await _http.PatchAsync(location, new ByteArrayContent("tent"u8.ToArray()));
        var digest = BlobFolder.DigestOf("content"u8);
        using var done = await _http.PutAsync(new Uri($"{location}?digest={digest}", UriKind.Relative), null);

        Assert.That(two.Headers.GetValues("Range"), Is.EqualTo(new[] { "0-6" }));
        Assert.That(done.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        Assert.That(await _http.GetStringAsync(Path($"blobs/{digest}")), Is.EqualTo("content"));
    }

    [Test]
    public async Task Nobody_gets_in_without_the_password()
    {
        using var stranger = new HttpClient { BaseAddress = _http.BaseAddress };
        using var none = await stranger.GetAsync(new Uri("/v2/", UriKind.Relative));
        stranger.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("AWS:9999999999.00"u8));
        using var wrong = await stranger.GetAsync(new Uri("/v2/", UriKind.Relative));
        using var right = await _http.GetAsync(new Uri("/v2/", UriKind.Relative));

        Assert.That(new[] { none.StatusCode, wrong.StatusCode, right.StatusCode }, Is.EqualTo(new[] { HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.OK }));
        Assert.That(none.Headers.WwwAuthenticate.ToString(), Does.StartWith("Basic realm="));
    }

    [Test]
    public async Task A_repository_that_is_not_there_is_named()
    {
        using var answer = await _http.PostAsync(new Uri("/v2/absent/blobs/uploads/", UriKind.Relative), null);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["errors"]![0]!;
        Assert.That((string?)error["code"], Is.EqualTo("NAME_UNKNOWN"));
        Assert.That((string?)error["message"], Does.Contain("'absent'"));
    }

    [TestCase("../outside"), TestCase("app/../../outside")]
    public async Task A_layer_cannot_write_outside_of_its_folder(string name)
    {
        using var pushed = await Push("v1", Archive(tar => tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream("x"u8.ToArray()) })));

        Assert.That(Unpack, Throws.InstanceOf<ImageUnavailable>().With.Message.Contains("leaves the image's folder"));
        Assert.That(Directory.EnumerateFiles(_folder, "outside", SearchOption.AllDirectories), Is.Empty);
    }

    [Test, Platform(Exclude = "Win")]
    public async Task A_link_cannot_lead_outside_of_its_folder()
    {
        using var pushed = await Push("v1", Archive(tar =>
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "way") { LinkName = "../../.." });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "way/outside") { DataStream = new MemoryStream("x"u8.ToArray()) });
        }));

        Assert.That(Unpack, Throws.InstanceOf<ImageUnavailable>().With.Message.Contains("leaves the image's folder"));
    }

    [Test, Platform(Exclude = "Win")]
    public async Task An_absolute_link_means_the_root_of_the_image()
    {
        using var pushed = await Push("v1", Archive(tar =>
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "usr/bin/tool") { DataStream = new MemoryStream("tool"u8.ToArray()) });
            tar.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "bin") { LinkName = "/usr/bin" });
        }));

        Assert.That(await File.ReadAllTextAsync(System.IO.Path.Combine(await Unpack(), "bin", "tool")), Is.EqualTo("tool"));
    }

    private Task<string> Unpack() => _registry.Images.Unpack(_registry.Images.Resolve("storefront/api:v1"), CancellationToken.None);

    private static byte[] Archive(Action<TarWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var zip = new GZipStream(bytes, CompressionMode.Compress))
        using (var tar = new TarWriter(zip))
        {
            write(tar);
        }

        return bytes.ToArray();
    }

    private async Task<HttpResponseMessage> Push(string tag, byte[] layer, string? digest = null)
    {
        if (digest is not null)
        {
            var known = await _http.GetByteArrayAsync(Path($"manifests/{digest}"));
            return await PutManifest(tag, known);
        }

        var config = Encoding.UTF8.GetBytes("""{"os":"linux","architecture":"amd64","config":{"Entrypoint":["dotnet","/app/Api.dll"]}}""");
        var manifest = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["config"] = await Blob(config, "application/vnd.oci.image.config.v1+json"),
            ["layers"] = new JsonArray(await Blob(layer, "application/vnd.oci.image.layer.v1.tar+gzip")),
        };
        return await PutManifest(tag, Encoding.UTF8.GetBytes(manifest.ToJsonString()));
    }

    private async Task<HttpResponseMessage> PutManifest(string tag, byte[] manifest)
    {
        using var content = new ByteArrayContent(manifest);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/vnd.oci.image.manifest.v1+json");
        return await _http.PutAsync(Path($"manifests/{tag}"), content);
    }

    private async Task<JsonObject> Blob(byte[] bytes, string mediaType)
    {
        var digest = BlobFolder.DigestOf(bytes);
        using var content = new ByteArrayContent(bytes);
        using var uploaded = await _http.PostAsync(Path($"blobs/uploads/?digest={digest}"), content);
        Assert.That(uploaded.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        return new JsonObject { ["mediaType"] = mediaType, ["digest"] = digest, ["size"] = bytes.Length };
    }

    private Task<JsonObject> Ecr(string operation, string body) => ComputeCloud.Call(_registry.Service, operation, body);

    private static Uri Path(string rest) => new($"/v2/storefront/api/{rest}", UriKind.Relative);
}
