using Pipeline.Changes;
using Pipeline.Gates;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.Reporting;

namespace Pipeline.Tests.Ledger;

/// <summary>What an emergency left out is owed until a normal release makes it good.</summary>
public sealed class DebtTests
{
    private static readonly DateTimeOffset Opened = new(2026, 11, 18, 9, 0, 0, TimeSpan.Zero);

    private static readonly Debt Soak = new("prod-20261118-085500-aaaaaaa", "soak", "arn:aws:iam::123456789012:user/dora", "orders are lost", Opened, Opened.AddDays(7))
    {
        Brought = new Dictionary<string, string> { ["api"] = "sha256:2" },
        Replaced = new Dictionary<string, string> { ["api"] = "sha256:1" },
    };

    [TestCase("sha256:2", ExpectedResult = true, TestName = "The same digests through the gate settle it")]
    [TestCase("sha256:3", ExpectedResult = true, TestName = "Newer digests through the gate settle it")]
    [TestCase("sha256:1", ExpectedResult = false, TestName = "What was there before the emergency settles nothing")]
    public bool By_digest(string digest) => Soak.IsSettledBy(Release(digest), [Gate(Verdict.Passed)]);

    [TestCase(Verdict.Passed, ExpectedResult = true)]
    [TestCase(Verdict.Skipped, ExpectedResult = false)]
    [TestCase(Verdict.NotEvaluable, ExpectedResult = false)]
    [TestCase(Verdict.Failed, ExpectedResult = false)]
    public bool By_verdict(Verdict verdict) => Soak.IsSettledBy(Release("sha256:2"), [Gate(verdict)]);

    [Test]
    public void Only_a_later_normal_release_that_succeeded_settles_it() => Assert.Multiple(() =>
    {
        Assert.That(Soak.IsSettledBy(Release("sha256:2") with { Kind = ReleaseKind.Emergency }, [Gate(Verdict.Passed)]), Is.False, "another emergency");
        Assert.That(Soak.IsSettledBy(Release("sha256:2") with { Kind = ReleaseKind.Rollback }, [Gate(Verdict.Passed)]), Is.False, "a rollback");
        Assert.That(Soak.IsSettledBy(Release("sha256:2") with { Outcome = ReleaseOutcome.RolledBack }, [Gate(Verdict.Passed)]), Is.False, "one that failed");
        Assert.That(Soak.IsSettledBy(Release("sha256:2") with { StartedAt = Opened.AddHours(-1) }, [Gate(Verdict.Passed)]), Is.False, "an earlier one");
        Assert.That(Soak.IsSettledBy(Release("sha256:2"), [Gate(Verdict.Passed) with { Name = "coverage" }]), Is.False, "another gate");
        Assert.That((Soak with { Settled = new Settlement("me", "by hand", Opened) }).IsSettledBy(Release("sha256:2"), [Gate(Verdict.Passed)]), Is.False, "settled already");
    });

    [Test]
    public void In_a_few_words() => Assert.Multiple(() =>
    {
        Assert.That(DebtReport.Cell([], Opened), Is.EqualTo("–"));
        Assert.That(DebtReport.Cell([Soak], Opened), Is.EqualTo("1 (emergency 18 Nov: soak skipped, due 25 Nov)"));
        Assert.That(DebtReport.Cell([Soak, Soak with { Skipped = "coverage" }], Opened.AddDays(8)), Is.EqualTo("2 (emergency 18 Nov: soak, coverage skipped, OVERDUE since 25 Nov)"));
    });

    private static GateResult Gate(Verdict verdict) => new("soak", verdict, "", Opened);

    private static ReleaseRecord Release(string digest) => new("prod-20261120-090000-bbbbbbb", "prod", "b", "", false, "me", Opened.AddDays(2))
    {
        Outcome = ReleaseOutcome.Succeeded,
        Reached = new ReachedState(
            new Dictionary<string, ServiceRecord> { ["api"] = new(new RunningService("", "", new ServiceInputs("", new Dictionary<string, string>()), digest, "1"), "", Opened, "", 1) },
            new Dictionary<string, string>()),
    };
}
