using Pipeline.Ledger;
using Pipeline.LocalCloud.Protocols;
using Pipeline.Outcomes;
using Fault = Pipeline.LocalCloud.Protocols.Fault;

namespace Pipeline.Tests.Production;

/// <summary>An approved release whose run dies, at whatever moment, goes on to what was approved and to nothing else, without asking anybody again.</summary>
[Parallelizable(ParallelScope.All)]
public sealed class KilledProductionTests
{
    private const int Shares = 2;

    [TestCase(1)]
    [TestCase(2)]
    public async Task Killed_after_any_write_of_the_ledger_the_next_run_ends_as_an_uninterrupted_one(int first)
    {
        await using var shop = await Shop.Open();
        await shop.Prove("aaaaaaa");
        await shop.Vote("alice", await shop.Ask());
        await shop.Deploy();
        for (var (written, next) = (first, "bbbbbbb"); ; written += Shares, next = next == "bbbbbbb" ? "aaaaaaa" : "bbbbbbb")
        {
            await shop.Prove(next);
            var request = await shop.Ask();
            await shop.Vote("bob", request);
            // From this write on nothing of the run reaches the ledger any more, nor does it begin anything that it could not write down.
            shop.Staging.Cloud.Faults.Add(new Fault("s3", "PutObject", FaultKind.Refuse) { Call = written, Times = 1000, Refusal = new AwsException("AccessDenied", "The run is dead.", 403) });
            var ended = await Dies(shop);
            shop.Staging.Cloud.Faults.Clear();
            await LetTheLeaseRunOut(shop);

            await shop.Deploy();

            var releases = await (await shop.Ledger()).Releases(100, CancellationToken.None);
            var served = await shop.Get("/version");
            Assert.Multiple(() =>
            {
                Assert.That(served, Does.Contain(next), $"killed before write {written}");
                Assert.That(releases.Select(r => r.Outcome), Has.None.EqualTo(ReleaseOutcome.Running), $"killed before write {written}");
                Assert.That(releases.Count(r => r.Request == request.Id && r.Outcome == ReleaseOutcome.Succeeded), Is.EqualTo(1), $"killed before write {written}");
            });
            if (ended)
            {
                Assert.That(written, Is.GreaterThan(10), "audit, lock, journal, snapshots, stacks, state, record, request");
                return;
            }
        }
    }

    /// <returns>whether it came to its end all the same: no write was left to refuse</returns>
    private static async Task<bool> Dies(Shop shop)
    {
        try
        {
            await shop.Deploy();
            return true;
        }
        catch (PipelineException)
        {
            return false;
        }
    }

    /// <summary>This process lives on, but the one that it plays is dead.</summary>
    private static async Task LetTheLeaseRunOut(Shop shop)
    {
        var (store, key) = (await shop.Staging.Store(), "environments/prod/lock.json");
        if (await store.Get<LockRecord>(key, CancellationToken.None) is { } held)
        {
            await store.Put(key, held.Value with { Expires = DateTimeOffset.UnixEpoch }, CancellationToken.None);
        }
    }
}
