using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;
using Pipeline.Changes;
using Pipeline.Images;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Images;

/// <summary>Real images of a folder as it is in git.</summary>
[Platform(Exclude = "Win", Reason = "modes and links")]
internal sealed class FilesImageBuilderTests
{
    private static readonly ServiceInputs Inputs = new(new string('b', 64), new Dictionary<string, string>());

    [Test]
    public async Task Equal_files_give_the_same_digest_in_another_folder_and_on_another_day()
    {
        await using var registry = await TestRegistry.Start();
        using var here = new SmallRepository();
        using var there = new SmallRepository();
        here.Commit("first");
        there.Commit("first");
        there.Write("README.md", "unrelated");
        there.Commit("unrelated");
        // What git does not know, other times, other rights for the group.
        there.Write("worker/token.secret", "not to be shipped");
        there.Write("worker/__pycache__/worker.pyc", "left by a run");
        File.SetLastWriteTimeUtc(Path.Combine(there.Root, "worker/worker.py"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Combine(there.Root, "worker/lib/text.py"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var one = await Build(here, registry);
        var two = await Build(there, registry, 'c');

        Assert.That(two.Digest, Is.EqualTo(one.Digest));
        Assert.That(Files(registry, one.Digest), Is.EqualTo(new[]
        {
            "app/ d 755", "app/lib/ d 755", "app/lib/text.py - 644", "app/link.py l lib/text.py", "app/run.sh - 755", "app/worker.py - 644",
        }));
    }

    [Test]
    public async Task A_version_is_another_tag_of_the_same_image_and_never_moves()
    {
        await using var registry = await TestRegistry.Start();
        using var repository = new SmallRepository();
        repository.Commit("first");
        var plain = await Build(repository, registry);
        Assert.That(registry.Manifests.Keys, Has.None.Contains("@v"));

        var released = await Build(repository, registry, 'b', "v1.3.0");
        repository.Write("worker/worker.py", "print('other')");
        var other = await Build(repository, registry, 'c', "v1.3.0");

        var own = new SourceRevision(new string('1', 40), "main", "change", false, new string('2', 40)) { ReleasedServices = new Dictionary<string, string> { ["worker"] = "v7.0.0" } };
        await Build(repository, registry, own);

        using var client = new OciRegistry(registry.Endpoint);
        Assert.That(await client.FindDigest("shop/worker", "v7.0.0", CancellationToken.None), Is.EqualTo(plain.Digest), "a version of its own");
        Assert.That(released, Has.Property("Digest").EqualTo(plain.Digest).And.Property("Reused").True);
        Assert.That(other.Digest, Is.Not.EqualTo(plain.Digest));
        Assert.That(await client.FindDigest("shop/worker", "v1.3.0", CancellationToken.None), Is.EqualTo(plain.Digest));
    }

    [Test]
    public async Task It_runs_its_entry_point_in_its_folder()
    {
        await using var registry = await TestRegistry.Start();
        using var repository = new SmallRepository();
        repository.Commit("first");

        var run = Configuration(registry, (await Build(repository, registry)).Digest)["config"]!;

        Assert.That(run["Entrypoint"]!.ToJsonString(), Is.EqualTo("""["python3","worker.py"]"""));
        Assert.That((string?)run["WorkingDir"], Is.EqualTo("/app"));
        Assert.That(run["ExposedPorts"], Is.Null);
    }

    [Test]
    public async Task A_changed_file_or_mode_is_another_image_before_it_is_committed_too()
    {
        await using var registry = await TestRegistry.Start();
        using var repository = new SmallRepository();
        repository.Commit("first");
        var first = await Build(repository, registry);
        repository.Write("worker/worker.py", "print('HELLO')\n");
        var second = await Build(repository, registry, 'c');
        repository.MakeRunnable("worker/lib/text.py");
        var third = await Build(repository, registry, 'd');

        Assert.That(new[] { first.Digest, second.Digest, third.Digest }, Is.Unique);
        Assert.That(Files(registry, third.Digest), Does.Contain("app/lib/text.py - 755"));
    }

    [Test]
    public async Task What_ignore_and_dockerignore_leave_out_stays_behind_unless_the_inputs_name_it()
    {
        await using var registry = await TestRegistry.Start();
        using var repository = new SmallRepository { Ignored = ["**/*.md"] };
        repository.Service = repository.Service with { Inputs = ["worker/NOTICE.md"] };
        repository.Write("worker/README.md", "for people");
        repository.Write("worker/NOTICE.md", "for the service");
        repository.Write("worker/tests/test_worker.py", "def test(): pass\n");
        repository.Write("worker/.dockerignore", "tests\n.dockerignore\n*.sh\n!run.sh\n");
        repository.Commit("first");

        var image = await Build(repository, registry);

        Assert.That(Files(registry, image.Digest).Select(f => f.Split(' ')[0]), Is.EqualTo(new[] { "app/", "app/NOTICE.md", "app/lib/", "app/lib/text.py", "app/link.py", "app/run.sh", "app/worker.py" }));
    }

    [Test]
    public async Task A_folder_without_a_file_in_git_is_a_sentence()
    {
        await using var registry = await TestRegistry.Start();
        using var repository = new SmallRepository { Ignored = ["worker/**"] };
        repository.Commit("first");

        Assert.That(async () => await Build(repository, registry), Throws.TypeOf<PipelineException>().With.Message.Contains("git knows no file in 'worker'"));
    }

    private static Task<BuiltImage> Build(SmallRepository repository, TestRegistry registry, char inputs = 'b', string? released = null) =>
        Build(repository, registry, new SourceRevision(new string('1', 40), "main", "change", false, new string('2', 40)) { Released = released }, inputs);

    private static Task<BuiltImage> Build(SmallRepository repository, TestRegistry registry, SourceRevision source, char inputs = 'b') =>
        new ImageBuilding(repository.Configuration, registry.Endpoint, new BuildTools(_ => throw new InvalidOperationException("needs no Docker")) { Source = source })
            .Build(repository.Service, Inputs with { Hash = new string(inputs, 64) }, null, CancellationToken.None);

    private static JsonNode Configuration(TestRegistry registry, string digest) =>
        JsonNode.Parse(registry.Blobs[$"shop/worker@{JsonNode.Parse(registry.Manifests[$"shop/worker@{digest}"])!["config"]!["digest"]}"])!;

    private static List<string> Files(TestRegistry registry, string digest)
    {
        var layer = registry.Blobs[$"shop/worker@{JsonNode.Parse(registry.Manifests[$"shop/worker@{digest}"])!["layers"]![0]!["digest"]}"];
        using var tar = new TarReader(new GZipStream(new MemoryStream(layer), CompressionMode.Decompress));
        var files = new List<string>();
        while (tar.GetNextEntry() is { } entry)
        {
            files.Add(entry.EntryType switch
            {
                TarEntryType.SymbolicLink => $"{entry.Name} l {entry.LinkName}",
                TarEntryType.Directory => $"{entry.Name} d {Convert.ToString((int)entry.Mode, 8)}",
                _ => $"{entry.Name} - {Convert.ToString((int)entry.Mode, 8)}",
            });
        }

        return files;
    }
}
