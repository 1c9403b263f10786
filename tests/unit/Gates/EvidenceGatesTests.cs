using Pipeline.Configuration;
using Pipeline.Gates;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Gates;

public class EvidenceGatesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);

    [Test]
    public void What_was_checked_in_staging_passes_in_prod()
    {
        var gates = Judge(Release("85 %", Verdict.Passed));

        Assert.That(gates.Select(g => (g.Name, g.IsOpen)), Is.EqualTo(new[] { ("lint", true), ("tests", true), ("coverage", true), ("security", true), ("integration", true), ("performance", true) }));
        Assert.That(gates[2].Source, Does.Contain("staging-1"));
    }

    [TestCase("80 %", ExpectedResult = true)]
    [TestCase("79.9999999999 %", ExpectedResult = false)]
    [TestCase(null, ExpectedResult = false)]
    [TestCase("NaN", ExpectedResult = false)]
    public bool Coverage_is_judged_by_the_threshold_of_this_environment(string? value) => Judge(Release(value, Verdict.Passed)).Single(g => g.Name == "coverage").IsOpen;

    [Test]
    public void Coverage_without_a_value_is_not_evaluable() =>
        Assert.That(Judge(Release(null, Verdict.Passed)).Single(g => g.Name == "coverage").Verdict, Is.EqualTo(Verdict.NotEvaluable));

    [Test]
    public void Skipped_tests_are_no_pass()
    {
        var tests = Judge(Release("85 %", Verdict.Skipped)).Single(g => g.Name == "tests");

        Assert.That((tests.IsOpen, tests.Verdict), Is.EqualTo((false, Verdict.NotEvaluable)));
    }

    [Test]
    public void A_release_that_is_not_on_record_is_no_evidence()
    {
        var gates = EvidenceGates.Of(new Dictionary<string, ReleaseRecord?> { ["api"] = Release("85 %", Verdict.Passed), ["web"] = null }, "staging", Prod(WhenNotEvaluable.Allow), Now);

        Assert.That(gates.Where(g => CheckGates.Names.Contains(g.Name)), Has.All.Matches<GateResult>(g => g is { IsOpen: false, Verdict: Verdict.NotEvaluable } && g.Text.Contains("web", StringComparison.Ordinal)));
    }

    [Test]
    public void The_worst_of_several_services_decides()
    {
        var gates = EvidenceGates.Of(new Dictionary<string, ReleaseRecord?> { ["api"] = Release("85 %", Verdict.Passed), ["web"] = Release("12 %", Verdict.Passed) }, "staging", Prod(WhenNotEvaluable.Allow), Now);

        Assert.That(gates.Single(g => g.Name == "coverage").Value, Is.EqualTo("12 %"));
    }

    [TestCase(WhenNotEvaluable.Allow, ExpectedResult = true)]
    [TestCase(WhenNotEvaluable.Refuse, ExpectedResult = false)]
    public bool Advisories_without_data_are_what_this_environment_says(WhenNotEvaluable prod)
    {
        var release = Release("85 %", Verdict.Passed);
        release = release with { Gates = [.. release.Gates.Where(g => g.Name != "security"), new GateResult("security", Verdict.NotEvaluable, "no data", Now) { IsOpen = true, DecidedBy = ["security.advisories"] }] };
        return EvidenceGates.Of(new Dictionary<string, ReleaseRecord?> { ["api"] = release }, "staging", Prod(prod), Now).Single(g => g.Name == "security").IsOpen;
    }

    [TestCase(WhenNotEvaluable.Allow, ExpectedResult = true)]
    [TestCase(WhenNotEvaluable.Refuse, ExpectedResult = false)]
    public bool Suites_that_ran_nowhere_are_what_this_environment_says(WhenNotEvaluable prod)
    {
        var gates = EvidenceGates.Of(new Dictionary<string, ReleaseRecord?> { ["api"] = Release("85 %", Verdict.Passed) }, "staging", Prod(WhenNotEvaluable.Allow, prod), Now);
        var integration = gates.Single(g => g.Name == "integration");
        Assert.That(integration.Verdict, Is.EqualTo(Verdict.NotEvaluable));
        return integration.IsOpen;
    }

    [Test]
    public void A_suite_that_failed_on_the_new_revision_refuses()
    {
        var release = Release("85 %", Verdict.Passed);
        release = release.With([new GateResult("performance", Verdict.Failed, "p95 6 s", Now)]);

        Assert.That(Judge(release).Single(g => g.Name == "performance").IsOpen, Is.False);
    }

    private static IReadOnlyList<GateResult> Judge(ReleaseRecord release) => EvidenceGates.Of(new Dictionary<string, ReleaseRecord?> { ["api"] = release }, "staging", Prod(WhenNotEvaluable.Allow), Now);

    private static ReleaseRecord Release(string? coverage, Verdict tests) => new("staging-1", "staging", new string('a', 40), "feat: it", false, "me@here", Now.AddHours(-1))
    {
        Gates =
        [
            new GateResult("lint", Verdict.Passed, "clean", Now),
            new GateResult("tests", tests, "84 tests", Now),
            new GateResult("coverage", Verdict.Passed, "coverage", Now) { Value = coverage },
            new GateResult("security", Verdict.Passed, "nothing found", Now),
        ],
    };

    private static EnvironmentSettings Prod(WhenNotEvaluable advisories, WhenNotEvaluable suites = WhenNotEvaluable.Allow) => new("prod", CloudKind.Local, "123456789012", "eu-central-1", new Dictionary<string, string>())
    {
        Gates = new GateSettings(80, advisories) { Integration = suites, Performance = suites },
        StackDeadline = TimeSpan.FromMinutes(1),
        VerifyDeadline = TimeSpan.FromMinutes(1),
    };
}
