using Pipeline.Aws;
using Pipeline.Gates;
using Pipeline.Ledger;
using Pipeline.LocalCloud;
using Pipeline.Outcomes;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.Ledger;

public sealed class DebtBookTests
{
    private static readonly (string By, string Reason) Why = ("arn:aws:iam::123456789012:user/dora", "orders are lost");
    private static readonly DateTimeOffset Due = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ReleaseRecord Emergency = Release("prod-20261118-085500-aaaaaaa") with { Kind = ReleaseKind.Emergency, Services = [new ServiceChange("api", "1", "2", "sha256:1", "sha256:2")] };
    private CloudServer _cloud = null!;
    private ObjectStore _store = null!;
    private DebtBook _book = null!;

    [SetUp]
    public async Task Start()
    {
        _cloud = await CheckedCloud.Start();
        var account = new AwsAccount(AwsConnection.ToEmbeddedCloud(_cloud.Cloud.Options.Port, "eu-central-1", "123456789012"));
        _store = await account.Store("ledger", "prod", CancellationToken.None);
        _book = new DebtBook(_store, "prod", TimeProvider.System);
    }

    [TearDown]
    public async Task Stop() => await _cloud.DisposeAsync();

    [Test]
    public async Task Opened_twice_by_a_run_that_was_killed_it_is_one_debt()
    {
        var first = await _book.Open(Emergency, "soak", Why, Due, CancellationToken.None);
        var again = await _book.Open(Emergency, "soak", ("somebody else", "another word"), Due.AddDays(1), CancellationToken.None);

        Assert.That(again with { Brought = first.Brought, Replaced = first.Replaced }, Is.EqualTo(first));
        Assert.That(await _book.Unsettled(CancellationToken.None), Has.Count.EqualTo(1));
        Assert.That((first.Brought["api"], first.Replaced["api"]), Is.EqualTo(("sha256:2", "sha256:1")));
    }

    [Test]
    public async Task A_normal_release_settles_what_it_passed_and_nothing_else()
    {
        await _book.Open(Emergency, "soak", Why, Due, CancellationToken.None);
        await _book.Open(Emergency, "coverage", Why, Due, CancellationToken.None);
        var normal = Release("prod-20261120-090000-bbbbbbb") with { Outcome = ReleaseOutcome.Succeeded, StartedAt = DateTimeOffset.UtcNow.AddMinutes(1) };

        var settled = await _book.SettleBy(normal, [new GateResult("soak", Verdict.Passed, "", Due), new GateResult("coverage", Verdict.NotEvaluable, "", Due)], CancellationToken.None);

        Assert.That(settled.Single().Skipped, Is.EqualTo("soak"));
        Assert.That((await _book.Unsettled(CancellationToken.None)).Single().Skipped, Is.EqualTo("coverage"));
        Assert.That((await _book.All(CancellationToken.None)).Single(d => d.Skipped == "soak").Settled, Has.Property("How").EqualTo("release prod-20261120-090000-bbbbbbb passed soak"));
    }

    [Test]
    public async Task A_person_settles_one_once()
    {
        var debt = await _book.Open(Emergency, "soak", Why, Due, CancellationToken.None);
        var by = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => _book.Settle(debt.Id, $"person {i}", "watched it for a day", CancellationToken.None)));

        Assert.That(by.Select(d => d.Settled!.By).Distinct().Count(), Is.EqualTo(1));
        Assert.That(await _book.Unsettled(CancellationToken.None), Is.Empty);
    }

    [Test]
    public async Task The_audit_log_tells_both()
    {
        var debt = await _book.Open(Emergency, "soak", Why, Due, CancellationToken.None);
        await _book.Settle(debt.Id, "dora", "watched it", CancellationToken.None);

        var told = new List<string>();
        await foreach (var entry in _store.List("environments/prod/audit/", CancellationToken.None))
        {
            var what = (await _store.Get<AuditEntry>(entry.Key, CancellationToken.None))!.Value.Event;
            told.Add($"{what.Action} {what.Outcome} {what.Deployment}");
        }

        Assert.That(told, Is.EqualTo(new[] { $"debt started {Emergency.Id}", $"debt done {Emergency.Id}" }));
    }

    [Test]
    public void One_that_does_not_exist_is_named() =>
        Assert.That(Assert.ThrowsAsync<UsageException>(() => _book.Settle("prod-x.soak", "me", "x", CancellationToken.None))!.Message, Does.Contain("'prod-x.soak'"));

    private static ReleaseRecord Release(string id) => new(id, "prod", "c", "s", false, "me", DateTimeOffset.UnixEpoch);
}
