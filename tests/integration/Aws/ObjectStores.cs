using Pipeline.Aws;

namespace Pipeline.Tests.Aws;

[TestFixture(AnyCloud.Moto), TestFixture(AnyCloud.Embedded)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ObjectStores(AnyCloud cloud)
{
    private AwsConnection _aws = null!;
    private ObjectStore _store = null!;

    private sealed record Lease(string Owner, int Fence, Phase Phase);

    private enum Phase
    {
        Taken,
        GivenBack,
    }

    [SetUp]
    public async Task A_bucket_of_its_own()
    {
        _aws = cloud.Connect();
        _store = new ObjectStore(_aws, $"bucket-{Guid.NewGuid():N}");
        await _store.EnsureBucket(CancellationToken.None);
    }

    [TearDown]
    public void Disconnect() => _aws?.Dispose();

    [Test]
    public async Task A_document_comes_back_with_its_version()
    {
        var etag = await _store.Put("leases/dev", new Lease("ann", 7, Phase.GivenBack), CancellationToken.None);

        Assert.That(await _store.Get<Lease>("leases/dev", CancellationToken.None), Is.EqualTo(new StoredObject<Lease>(new Lease("ann", 7, Phase.GivenBack), etag)));
    }

    [Test]
    public async Task A_missing_document_is_null() => Assert.That(await _store.Get<Lease>("nothing", CancellationToken.None), Is.Null);

    [Test]
    public async Task A_missing_bucket_holds_nothing() =>
        Assert.That(await new ObjectStore(_aws, "no-such-bucket").Get<Lease>("nothing", CancellationToken.None), Is.Null);

    [Test]
    public async Task Only_the_first_of_two_can_create()
    {
        var first = await _store.PutIfAbsent("leases/dev", new Lease("ann", 1, Phase.Taken), CancellationToken.None);
        var second = await _store.PutIfAbsent("leases/dev", new Lease("bob", 1, Phase.Taken), CancellationToken.None);

        Assert.Multiple(() =>
        {
            Assert.That(first, Is.Not.Null);
            Assert.That(second, Is.Null);
        });
        Assert.That((await _store.Get<Lease>("leases/dev", CancellationToken.None))!.Value.Owner, Is.EqualTo("ann"));
    }

    [Test]
    public async Task A_stale_version_does_not_replace()
    {
        var first = await _store.Put("leases/dev", new Lease("ann", 1, Phase.Taken), CancellationToken.None);
        var second = await _store.PutIfMatch("leases/dev", new Lease("ann", 2, Phase.Taken), first, CancellationToken.None);
        var stale = await _store.PutIfMatch("leases/dev", new Lease("bob", 2, Phase.Taken), first, CancellationToken.None);

        Assert.Multiple(() =>
        {
            Assert.That(second, Is.Not.Null.And.Not.EqualTo(first));
            Assert.That(stale, Is.Null);
        });
    }

    [Test]
    public async Task A_document_that_is_gone_is_not_replaced() =>
        Assert.That(await _store.PutIfMatch("nothing", new Lease("ann", 1, Phase.Taken), "\"d41d8cd98f00b204e9800998ecf8427e\"", CancellationToken.None), Is.Null);

    [Test]
    public async Task A_document_is_deleted_by_its_version()
    {
        var etag = await _store.Put("leases/dev", new Lease("ann", 1, Phase.Taken), CancellationToken.None);

        Assert.That(await _store.Delete("leases/dev", etag, CancellationToken.None), Is.True);
        Assert.That(await _store.Get<Lease>("leases/dev", CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task A_listing_has_the_keys_below_a_prefix_in_order()
    {
        foreach (var key in new[] { "releases/2", "releases/1", "audit/1" })
        {
            await _store.Put(key, new Lease("ann", 1, Phase.Taken), CancellationToken.None);
        }

        var keys = new List<string>();
        await foreach (var entry in _store.List("releases/", CancellationToken.None))
        {
            keys.Add(entry.Key);
        }

        Assert.That(keys, Is.EqualTo(new[] { "releases/1", "releases/2" }));
    }

    [Test]
    public async Task A_bucket_that_is_there_stays()
    {
        await _store.Put("kept", new Lease("ann", 1, Phase.Taken), CancellationToken.None);
        await _store.EnsureBucket(CancellationToken.None);

        Assert.That(await _store.Get<Lease>("kept", CancellationToken.None), Is.Not.Null);
    }
}
