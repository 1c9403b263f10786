using Pipeline.Images;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Tests.Images;

internal sealed class OciRegistryTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(1);

    [TestCase(false, false)]
    [TestCase(true, false)]
    [TestCase(false, true)]
    public async Task A_blob_and_a_manifest_arrive(bool token, bool chunked)
    {
        await using var server = await TestRegistry.Start(token, chunked);
        using var registry = new OciRegistry(server.Endpoint, Soon);
        var blob = TestRegistry.Bytes("content");

        await Push(registry, blob);
        await Push(registry, blob);
        var digest = await registry.PushManifest("shop/api", "in-1", TestRegistry.Bytes("{}"), CancellationToken.None);

        Assert.That(server.Blobs[$"shop/api@{TestRegistry.Digest(blob)}"], Is.EqualTo(blob));
        Assert.That(server.Requests.Count(r => r.StartsWith("POST ", StringComparison.Ordinal) && r.Contains("uploads", StringComparison.Ordinal)), Is.LessThanOrEqualTo(2), "the second push found it there");
        Assert.That(await registry.FindDigest("shop/api", "in-1", CancellationToken.None), Is.EqualTo(digest));
        Assert.That(await registry.FindDigest("shop/api", "in-2", CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task A_tag_that_exists_with_the_same_digest_is_a_success_and_with_another_an_error()
    {
        await using var server = await TestRegistry.Start();
        using var registry = new OciRegistry(server.Endpoint, Soon);
        var first = await registry.PushManifest("shop/api", "in-1", TestRegistry.Bytes("{}"), CancellationToken.None);

        Assert.That(await registry.PushManifest("shop/api", "in-1", TestRegistry.Bytes("{}"), CancellationToken.None), Is.EqualTo(first));
        Assert.That(
            async () => await registry.PushManifest("shop/api", "in-1", TestRegistry.Bytes("{ }"), CancellationToken.None),
            Throws.TypeOf<PipelineException>().With.Message.Contains(first).And.Message.Contains(TestRegistry.Digest(TestRegistry.Bytes("{ }"))));
    }

    [Test]
    public async Task Passing_trouble_is_tried_again_but_not_for_ever()
    {
        await using var server = await TestRegistry.Start();
        using var registry = new OciRegistry(server.Endpoint, Soon);

        server.FailNext(3);
        Assert.That(await registry.FindDigest("shop/api", "in-1", CancellationToken.None), Is.Null);
        server.FailNext(100);
        Assert.That(async () => await registry.FindDigest("shop/api", "in-1", CancellationToken.None), Throws.TypeOf<PipelineException>().With.Message.Contains("503"));
    }

    [Test]
    public async Task A_wrong_password_is_refused_and_never_shown()
    {
        await using var server = await TestRegistry.Start();
        var endpoint = server.Endpoint with { Password = new Secret("wrong-password") };
        using var registry = new OciRegistry(endpoint, Soon);

        Assert.That(async () => await registry.FindDigest("shop/api", "in-1", CancellationToken.None), Throws.TypeOf<PipelineException>().With.Message.Contains("401"));
        Assert.That(endpoint.ToString(), Does.Contain("***").And.Not.Contain("wrong-password"));
    }

    [Test]
    public void A_registry_that_is_not_there_is_a_sentence()
    {
        using var registry = new OciRegistry(new RegistryEndpoint(new Uri($"http://127.0.0.1:{FreePort.Next()}"), null, null), Soon);

        Assert.That(async () => await registry.HasBlob("a", "sha256:0", CancellationToken.None), Throws.TypeOf<PipelineException>().With.Message.Contains("cannot be reached"));
    }

    private static Task Push(OciRegistry registry, byte[] blob) =>
        registry.PushBlob("shop/api", TestRegistry.Digest(blob), _ => Task.FromResult<Stream>(new MemoryStream(blob)), null, CancellationToken.None);
}
