using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Pipeline.Cake.Docker;
using Pipeline.Changes;
using Pipeline.Images;
using Pipeline.Outcomes;
using Pipeline.Tests.Checks;

namespace Pipeline.Tests.Images;

/// <summary>Real images of a small service.</summary>
internal sealed class DotnetImageBuilderTests
{
    private static readonly ServiceInputs Inputs = new(new string('a', 64), new Dictionary<string, string>());

    [Test]
    public async Task Equal_sources_give_the_same_digest_in_another_folder_and_after_an_unrelated_commit()
    {
        await using var first = await TestRegistry.Start();
        await using var second = await TestRegistry.Start();
        using var here = new DotnetRepository();
        using var there = new DotnetRepository();
        Commit(here, "first");
        Commit(there, "first");
        there.Write("README.md", "unrelated");
        Commit(there, "unrelated");
        // What an ordinary build left behind must not get in, nor the time at which the work tree was written.
        there.Write("api/obj/Debug/net10.0/Left.cs", "this does not compile");
        File.SetLastWriteTimeUtc(Path.Combine(there.Root, "api/wwwroot/index.html"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        var one = await Build(here, first);
        var two = await Build(there, second);

        Assert.That(one.Tag, Is.EqualTo("in-" + new string('a', 32)));
        Assert.That(Files(second, two.Digest), Is.EqualTo(Files(first, one.Digest)));
        Assert.That(two.Digest, Is.EqualTo(one.Digest));
        Assert.That(one.Reference, Is.EqualTo($"{new Uri(first.Address).Authority}/shop/api@{one.Digest}"));
    }

    [Test]
    public async Task An_image_of_these_inputs_is_not_built_again()
    {
        await using var registry = await TestRegistry.Start();
        using var repository = new DotnetRepository();
        registry.Manifests["shop/api@" + ImageBuilding.ContentTag(Inputs)] = TestRegistry.Bytes("{}");

        var image = await Build(repository, registry);

        Assert.That((image.Reused, image.Digest), Is.EqualTo((true, TestRegistry.Digest(TestRegistry.Bytes("{}")))));
        Assert.That(registry.Blobs, Is.Empty);
    }

    [Test]
    public async Task The_image_runs_and_lies_on_its_base()
    {
        await using var registry = await TestRegistry.Start();
        using var repository = new DotnetRepository();
        var (reference, baseLayer) = PutBase(registry);

        var image = await Build(repository, registry, reference);

        var manifest = JsonNode.Parse(registry.Manifests[$"shop/api@{image.Digest}"])!;
        var configuration = JsonNode.Parse(registry.Blobs[$"shop/api@{manifest["config"]!["digest"]}"])!;
        Assert.That(manifest["layers"]!.AsArray().Select(l => (string)l!["digest"]!).First(), Is.EqualTo(baseLayer));
        Assert.That(registry.Blobs.Keys, Does.Contain($"shop/api@{baseLayer}"), "mounted");
        Assert.That(configuration["rootfs"]!["diff_ids"]!.AsArray(), Has.Count.EqualTo(2));
        Assert.That(configuration["created"], Is.Null);
        Assert.That(configuration["config"]!["Entrypoint"]!.ToJsonString(), Is.EqualTo("""["dotnet","/app/Api.dll"]"""));
        Assert.That(configuration["config"]!["Env"]!.AsArray().Select(e => (string)e!), Is.EqualTo(new[] { "PATH=/bin", "ASPNETCORE_HTTP_PORTS=8080" }));
        Assert.That((string?)configuration["config"]!["User"], Is.EqualTo("1654"));
        await Runs(repository, Layer(registry, manifest));
    }

    [Test]
    public async Task A_service_that_does_not_compile_is_a_sentence_with_the_place()
    {
        await using var registry = await TestRegistry.Start();
        using var repository = new DotnetRepository();
        repository.Write("api/Program.cs", "nonsense();\n");

        Assert.That(
            async () => await Build(repository, registry),
            Throws.TypeOf<PipelineException>().With.Property("Details").Some.Property("Text").Contains("api/Program.cs:1 CS0103"));
    }

    [TestCase("mcr.example.test/dotnet/aspnet:10.0")]
    [TestCase("dotnet/aspnet@sha256:12")]
    public void A_base_without_a_digest_is_refused(string name) =>
        Assert.That(() => ImageReference.Parse(name), Throws.TypeOf<UsageException>().With.Message.Contains(name));

    private static Task<BuiltImage> Build(DotnetRepository repository, TestRegistry registry, string? baseImage = null) =>
        new ImageBuilding(repository.Configuration, registry.Endpoint, new BuildTools(CakeDocker.Words)).Build(repository.Service with { BaseImage = baseImage }, Inputs, null, CancellationToken.None);

    private static void Commit(DotnetRepository repository, string subject)
    {
        if (!Directory.Exists(Path.Combine(repository.Root, ".git")))
        {
            repository.Git("init", "-q");
            repository.Git("remote", "add", "origin", "https://github.com/example/shop.git");
        }

        repository.Git("add", "-A");
        repository.Git("commit", "-q", "-m", subject);
    }

    private static (string Reference, string Layer) PutBase(TestRegistry registry)
    {
        var layer = TestRegistry.Bytes("a base layer");
        var configuration = TestRegistry.Bytes("""{"architecture":"amd64","os":"linux","created":"2026-01-01T00:00:00Z","config":{"Env":["PATH=/bin"],"User":"1654","Cmd":["sh"]},"rootfs":{"type":"layers","diff_ids":["sha256:00"]}}""");
        var manifest = TestRegistry.Bytes($$"""
            {"schemaVersion":2,"config":{"mediaType":"x","digest":"{{TestRegistry.Digest(configuration)}}","size":1},
             "layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","digest":"{{TestRegistry.Digest(layer)}}","size":{{layer.Length}}}]}
            """);
        registry.Blobs[$"base/aspnet@{TestRegistry.Digest(layer)}"] = layer;
        registry.Blobs[$"base/aspnet@{TestRegistry.Digest(configuration)}"] = configuration;
        registry.Manifests[$"base/aspnet@{TestRegistry.Digest(manifest)}"] = manifest;
        return ($"{new Uri(registry.Address).Authority}/base/aspnet@{TestRegistry.Digest(manifest)}", TestRegistry.Digest(layer));
    }

    private static byte[] Layer(TestRegistry registry, JsonNode manifest) =>
        registry.Blobs[$"shop/api@{manifest["layers"]!.AsArray().Last()!["digest"]}"];

    /// <summary>Name, time and hash of each file, so that a difference shows where it is.</summary>
    private static List<string> Files(TestRegistry registry, string digest)
    {
        var files = new List<string>();
        using var tar = new TarReader(new GZipStream(new MemoryStream(Layer(registry, JsonNode.Parse(registry.Manifests[$"shop/api@{digest}"])!)), CompressionMode.Decompress));
        while (tar.GetNextEntry(copyData: true) is { } entry)
        {
            using var content = new MemoryStream();
            entry.DataStream?.CopyTo(content);
            files.Add($"{entry.Name} {entry.Mode} {entry.Uid} {entry.ModificationTime:O} {TestRegistry.Digest(content.ToArray())}");
        }

        return files;
    }

    private static async Task Runs(DotnetRepository repository, byte[] layer)
    {
        var folder = Path.Combine(repository.Root, ".pipeline", "run");
        Directory.CreateDirectory(folder);
        await TarFile.ExtractToDirectoryAsync(new GZipStream(new MemoryStream(layer), CompressionMode.Decompress), folder, overwriteFiles: false);
        var port = FreePort.Next();
        using var service = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(folder, "app", "Api.dll")])
        {
            WorkingDirectory = Path.Combine(folder, "app"),
            Environment = { ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}" },
            RedirectStandardOutput = true,
        })!;
        service.OutputDataReceived += (_, _) => { };
        service.BeginOutputReadLine();
        try
        {
            using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            await Poll.Until(
                async () =>
                {
                    try
                    {
                        return await client.GetStringAsync(new Uri("/health", UriKind.Relative)) == "3";
                    }
                    catch (HttpRequestException) when (!service.HasExited)
                    {
                        return false;
                    }
                },
                "the service answers");
            Assert.That(await client.GetStringAsync(new Uri("/index.html", UriKind.Relative)), Does.StartWith("<p>hello"));
        }
        finally
        {
            service.Kill(entireProcessTree: true);
        }
    }
}
