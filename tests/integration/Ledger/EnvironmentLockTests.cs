using Pipeline.Aws;
using Pipeline.Ledger;
using Pipeline.LocalCloud;
using Pipeline.Outcomes;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.Ledger;

public sealed class EnvironmentLockTests
{
    private const string Key = "environments/staging/lock.json";
    private CloudServer _cloud = null!;
    private ObjectStore _store = null!;

    [SetUp]
    public async Task Start()
    {
        _cloud = await CheckedCloud.Start();
        _store = await new AwsAccount(AwsConnection.ToEmbeddedCloud(_cloud.Cloud.Options.Port, "eu-central-1", "123456789012")).Store("ledger", "staging", CancellationToken.None);
    }

    [TearDown]
    public async Task Stop() => await _cloud.DisposeAsync();

    [Test]
    public async Task A_second_deployer_is_refused_and_told_who_holds_it_and_since_when()
    {
        await using var held = await Take("deploying 3f2c1ab");

        var refusal = Assert.ThrowsAsync<PipelineException>(() => Take("deploying 9d02e4f"))!;

        Assert.That(refusal.ExitCode, Is.EqualTo(ExitCode.Refused));
        Assert.That(refusal.Message, Does.Contain("staging").And.Contain(Operator.UserAtHost));
        Assert.That(refusal.Details.Single(d => d.Label == "why").Text, Does.Contain("deploying 3f2c1ab").And.Contain("since"));
        Assert.That(refusal.Details.Select(d => d.Label), Is.SupersetOf(new[] { "staging", "next" }));
    }

    [Test]
    public async Task A_released_lock_can_be_taken_and_its_fence_number_grows()
    {
        await using (await Take("first"))
        {
            Assert.That((await Holder())?.Fence, Is.EqualTo(1));
        }

        Assert.That(await Holder(), Is.Null);
        await using var second = await Take("second");
        Assert.That((await Holder())?.Fence, Is.EqualTo(2));
        Assert.That(second.Abandoned, Is.Null);
    }

    [Test]
    public async Task A_holder_whose_process_is_gone_is_taken_over_at_once_and_named()
    {
        using var ended = System.Diagnostics.Process.Start("git", "--version");
        await ended.WaitForExitAsync();
        await _store.Put(Key, Record() with { Process = ended.Id, Machine = Operator.Machine }, CancellationToken.None);

        await using var taken = await Take("next");

        Assert.That(taken.Abandoned?.Purpose, Is.EqualTo("died"));
    }

    [Test]
    public async Task A_holder_on_another_machine_is_left_alone_until_its_lease_is_over()
    {
        await _store.Put(Key, Record() with { Machine = "elsewhere" }, CancellationToken.None);
        Assert.ThrowsAsync<PipelineException>(() => Take("too early"));

        await _store.Put(Key, Record() with { Machine = "elsewhere", Expires = DateTimeOffset.UtcNow.AddSeconds(-1) }, CancellationToken.None);
        await using var taken = await Take("in time");
        Assert.That(taken.Abandoned, Is.Not.Null);
    }

    [Test]
    public async Task Of_many_takers_at_once_exactly_one_wins()
    {
        var takers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            try
            {
                return await Take($"taker {i}");
            }
            catch (PipelineException)
            {
                return null;
            }
        }));

        Assert.That(takers.Count(t => t is not null), Is.EqualTo(1));
        await takers.OfType<EnvironmentLock>().Single().DisposeAsync();
    }

    private static LockRecord Record() =>
        new("abc", "somebody@somewhere", Environment.MachineName, int.MaxValue, "died", DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddMinutes(1), 4);

    private Task<EnvironmentLock> Take(string purpose) => EnvironmentLock.Take(_store, "staging", purpose, CancellationToken.None);

    private Task<LockRecord?> Holder() => EnvironmentLock.Holder(_store, "staging", CancellationToken.None);
}
