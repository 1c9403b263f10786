using Pipeline.Deployments;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.Watching;

namespace Pipeline.Tests.Production;

/// <summary>A release that turns out to be bad after it was deployed: real errors, measured, fire a trigger, and the last good release comes back.</summary>
public sealed class WatchedProductionTests
{
    [Test]
    public async Task Errors_bring_the_last_good_release_back_once()
    {
        await using var shop = await Shop.Open(watch: "{ duration: 1h, point: 1s, cpu: { above: 100 } }");
        var good = await Release(shop, "aaaaaaa");
        var bad = await Release(shop, "bbbbbbb");

        var looked = await Breach(shop);

        Assert.That(looked.State, Is.EqualTo(TickState.RolledBack), looked.Text);
        Assert.That(await shop.Get("/version"), Does.Contain("aaaaaaa"));
        var releases = await (await shop.Ledger()).Releases(10, CancellationToken.None);
        var back = releases.Single(r => r.Kind == ReleaseKind.Rollback);
        Assert.Multiple(() =>
        {
            Assert.That(back.BackTo, Is.EqualTo(good.Id));
            Assert.That(back.Incident, Does.StartWith(bad.Id));
            Assert.That(back.Reason, Does.Contain("error rate"));
        });
        Assert.That((await shop.Look()).State, Is.EqualTo(TickState.Idle));
        Assert.That(await (await shop.Ledger()).Releases(10, CancellationToken.None), Has.Count.EqualTo(releases.Count), "one rollback, however often somebody looks");
    }

    [Test]
    public async Task A_breach_while_the_next_request_waits_for_people_brings_it_back_all_the_same_and_voids_the_request()
    {
        await using var shop = await Shop.Open(watch: "{ duration: 1h, point: 1s, cpu: { above: 100 } }");
        await Release(shop, "aaaaaaa");
        await Release(shop, "bbbbbbb");
        await shop.Prove("ccccccc");
        var waiting = await shop.Ask();

        var looked = await Breach(shop);

        Assert.That(looked.State, Is.EqualTo(TickState.RolledBack), looked.Text);
        Assert.That(await shop.Get("/version"), Does.Contain("aaaaaaa"));
        await shop.Vote("alice", waiting);
        var refused = Assert.CatchAsync<PipelineException>(() => shop.Deploy(new Terms { Deployment = waiting.Id }))!;
        Assert.That(refused.ExitCode, Is.EqualTo(ExitCode.Refused), refused.Message);
        Assert.That((await (await shop.Requests()).Find(waiting.Id, CancellationToken.None))!.Closed, Is.EqualTo(Pipeline.Approvals.RequestEnd.Void));
        Assert.That(await shop.Get("/version"), Does.Contain("aaaaaaa"));
    }

    /// <summary>Every sixth request fails, until the watch has something to say.</summary>
    private static async Task<TickResult> Breach(Shop shop)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{shop.Port}") };
        var deadline = DateTimeOffset.UtcNow.AddMinutes(3);
        while (true)
        {
            Assert.That(DateTimeOffset.UtcNow, Is.LessThan(deadline), "a trigger fires");
            await Requests(http);
            if (await shop.Look() is { State: not TickState.Watching } looked)
            {
                return looked;
            }
        }
    }

    private static async Task<ReleaseRecord> Release(Shop shop, string version)
    {
        await shop.Prove(version);
        var request = await shop.Ask();
        await shop.Vote("alice", request);
        var released = (await shop.Deploy())!.Record;
        await shop.Care(released);
        return released;
    }

    private static async Task Requests(HttpClient http)
    {
        for (var i = 0; i < 48; i++)
        {
            using var answer = await http.GetAsync(new Uri(i % 6 == 0 ? "/status/500" : "/version", UriKind.Relative));
        }
    }
}
