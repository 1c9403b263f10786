using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Tests.Changes;

namespace Pipeline.Tests.Versions;

/// <summary>What a deployment calls what it deploys.</summary>
public sealed class TravellingVersionTests
{
    private Shop shop = null!;

    [SetUp]
    public void Create() => shop = new Shop();

    [TearDown]
    public void Remove() => shop.Dispose();

    [Test]
    public async Task Where_nothing_was_released_it_is_the_commit()
    {
        shop.Git("tag", "nightly");

        var source = await Source();

        Assert.That((source.Version, source.VersionOf("api")), Is.EqualTo((source.Commit[..7], source.Commit[..7])));
    }

    [Test]
    public async Task A_released_commit_is_its_release_and_what_follows_is_on_the_way_to_the_next()
    {
        shop.Git("tag", "v1.2.9");
        shop.Git("tag", "v1.3.0");
        Assert.That((await Source()).Version, Is.EqualTo("v1.3.0"));

        shop.Commit("docs: a");
        Assert.That((await Source()).Version, Is.EqualTo("v1.3.1-1"));

        shop.Commit("feat: b");
        Assert.That((await Source()).Version, Is.EqualTo("v1.4.0-2"));

        shop.Git("tag", "v1.4.0-rc.1");
        Assert.That((await Source()).Version, Is.EqualTo("v1.4.0-rc.1"));

        shop.Write("api/Program.cs", "return ;\n");
        var source = await Source();
        Assert.That(source.Version, Is.EqualTo($"v1.4.0-rc.1-{source.Tree[..7]}"), "not committed");
    }

    [Test]
    public async Task A_service_with_versions_of_its_own_is_called_by_them()
    {
        shop.Git("tag", "v1.0.0");
        shop.Git("tag", "api-v3.1.0");
        shop.Write("web/Program.cs", "return ;\n");
        shop.Commit("feat: the web alone");

        var source = await Source(new VersionSettings { PerService = true });

        Assert.That((source.VersionOf("api"), source.VersionOf("web"), source.Version), Is.EqualTo(("v3.1.0", "v1.1.0-1", "v1.1.0-1")), "web was never released by itself");

        shop.Write("shared/Product.cs", "class Product { }\n");
        shop.Commit("fix: products");

        Assert.That((await Source(new VersionSettings { PerService = true })).VersionOf("api"), Is.EqualTo("v3.1.1-1"));
    }

    [Test]
    public async Task A_tag_that_HEAD_does_not_hold_names_nothing()
    {
        shop.Git("switch", "-qc", "side");
        shop.Commit("feat: a");
        shop.Git("tag", "v1.3.0");
        shop.Git("switch", "-q", "main");

        var source = await Source();

        Assert.That(source.Version, Is.EqualTo(source.Commit[..7]));
    }

    [Test]
    public async Task A_shallow_clone_that_can_not_tell_calls_it_by_the_commit()
    {
        shop.Git("tag", "v1.3.0");
        shop.Commit("feat: a");
        shop.Commit("feat: b");
        using var clone = new Shop(shop.Root, "--depth=1");
        using var released = new Shop(shop.Root, "--depth=1", "--branch=v1.3.0");

        var source = (await clone.Detect()).Source;

        Assert.That(source.Version, Is.EqualTo(source.Commit[..7]));
        Assert.That((await released.Detect()).Source.Version, Is.EqualTo("v1.3.0"), "the tag is there");
        Assert.That(clone.Git("rev-parse", "--is-shallow-repository").Trim(), Is.EqualTo("true"), "nothing was fetched for a name");
    }

    private async Task<SourceRevision> Source(VersionSettings? settings = null) =>
        (await ChangeDetector.Detect(shop.Configuration() with { Versions = settings ?? new() }, new Dictionary<string, RunningService>(), refuseUncommitted: false, CancellationToken.None)).Source;
}
