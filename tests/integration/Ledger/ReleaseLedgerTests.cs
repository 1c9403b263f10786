using Pipeline.Aws;
using Pipeline.Changes;
using Pipeline.Ledger;
using Pipeline.LocalCloud;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.Ledger;

public sealed class ReleaseLedgerTests
{
    private CloudServer _cloud = null!;
    private ReleaseLedger _ledger = null!;

    [SetUp]
    public async Task Start()
    {
        _cloud = await CheckedCloud.Start();
        var account = new AwsAccount(AwsConnection.ToEmbeddedCloud(_cloud.Cloud.Options.Port, "eu-central-1", "123456789012"));
        _ledger = new ReleaseLedger(await account.Store("ledger", "staging", CancellationToken.None), "staging");
    }

    [TearDown]
    public async Task Stop() => await _cloud.DisposeAsync();

    [Test]
    public async Task An_environment_without_a_record_runs_nothing() =>
        Assert.That((await _ledger.State(CancellationToken.None)).Services, Is.Empty);

    [Test]
    public async Task What_was_recorded_is_read_back_whole()
    {
        var running = new RunningService("c0ffee", "7ree", new ServiceInputs("ab", new Dictionary<string, string> { ["folder"] = "cd" }), "sha256:1", "0.1") { Image = "r@sha256:1" };
        await _ledger.Update(state => state.WithService("api", new ServiceRecord(running, "r1", DateTimeOffset.UnixEpoch, "http://x", 2)).WithStack("api", "h1"), CancellationToken.None);

        var read = await _ledger.State(CancellationToken.None);

        Assert.That(read.Stacks, Is.EqualTo(new Dictionary<string, string> { ["api"] = "h1" }));
        Assert.That(read.Services["api"].Running with { Inputs = running.Inputs }, Is.EqualTo(running));
        Assert.That(read.Services["api"].Running.Inputs.Parts, Is.EqualTo(running.Inputs.Parts));
    }

    [Test]
    public async Task Releases_come_newest_first()
    {
        foreach (var id in (string[])["staging-20261123-090000-aaaaaaa", "staging-20261123-100000-bbbbbbb", "staging-20261122-230000-ccccccc"])
        {
            await _ledger.Save(new ReleaseRecord(id, "staging", "c", "s", false, "me", DateTimeOffset.UnixEpoch), CancellationToken.None);
        }

        Assert.That((await _ledger.Releases(2, CancellationToken.None)).Select(r => r.Id), Is.EqualTo(new[] { "staging-20261123-100000-bbbbbbb", "staging-20261123-090000-aaaaaaa" }));
    }

    [Test]
    public async Task A_stacks_snapshot_is_found_by_its_hash()
    {
        var snapshot = new StackSnapshot("T", new Dictionary<string, string> { ["a"] = "1" }, new Dictionary<string, string>());
        var hash = await _ledger.Keep("api", snapshot, CancellationToken.None);

        Assert.That((await _ledger.Snapshot("api", hash, CancellationToken.None))?.Hash(), Is.EqualTo(hash));
        Assert.That(await _ledger.Snapshot("api", "other", CancellationToken.None), Is.Null);
    }
}
