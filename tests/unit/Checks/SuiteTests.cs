using Pipeline.Checks;
using Pipeline.Checks.Suites;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Reporting;
using Pipeline.Tests.Configuration;

namespace Pipeline.Tests.Checks;

/// <summary>Which suites run together, which of their tests run at all, and what the page says of it.</summary>
internal sealed class SuiteTests
{
    [Test]
    public void Unit_suites_run_together_integration_suites_by_service_and_performance_suites_alone()
    {
        SuiteSettings[] suites =
        [
            Suite("speed", SuiteKind.Performance), Suite("u1", SuiteKind.Unit), Suite("orders", SuiteKind.Integration, "api"), Suite("pages", SuiteKind.Integration, "web"),
            Suite("more", SuiteKind.Integration, "api"), Suite("all", SuiteKind.Integration), Suite("u2", SuiteKind.Unit), Suite("load", SuiteKind.Performance),
        ];

        var batches = SuiteRuns.Batches(suites).Select(b => string.Join(' ', b.Select(s => s.Name)));

        Assert.That(batches, Is.EqualTo(new[] { "u1 u2", "orders pages", "more", "all", "speed", "load" }));
    }

    [TestCase("staging", false, false, "slow", null)]
    [TestCase("staging", true, false, "", null)]
    [TestCase("staging", false, true, "", null)]
    [TestCase("prod", false, false, "destructive,slow", "readonly")]
    [TestCase("prod", true, true, "destructive", "readonly")]
    public void In_production_only_what_changes_nothing_runs_and_slow_tests_run_where_they_are_wanted(string environment, bool suiteIsSlow, bool wanted, string without, string? only)
    {
        using var sandbox = new Sandbox(Sandbox.Valid.Replace("  dev:\n", "  dev:\n  staging:\n", StringComparison.Ordinal));
        var settings = ConfigurationLoader.Load(sandbox.Root, environment).Environment;

        var markers = Markers.Of(Suite("orders", SuiteKind.Integration) with { AgainstDeployment = true, Slow = suiteIsSlow }, settings, wanted);

        Assert.That((string.Join(',', markers.Without), markers.Only), Is.EqualTo((without, only)));
        Assert.That(Markers.Of(Suite("unit", SuiteKind.Unit), settings, true).Filters, Is.Null, "a unit suite touches no deployment");
    }

    [Test]
    public void All_tests_in_production_are_refused_by_the_configuration()
    {
        using var sandbox = new Sandbox(Sandbox.Valid + "deploymentTests: all\n");

        Assert.That(() => ConfigurationLoader.Load(sandbox.Root, "dev"), Throws.TypeOf<UsageException>().With.Message.Contains("environments.prod.deploymentTests: must be 'readonly'"));
    }

    [TestCase("[Category(\"Slow\")]", true)]
    [TestCase("[Slow]", true)]
    [TestCase("[Test]", false)]
    public void A_filter_is_used_where_a_test_may_be_marked(string text, bool applies) =>
        Assert.That(new Markers(["slow"], null).MayApplyTo([text]), Is.EqualTo(applies));

    [Test]
    public void The_page_has_each_part_each_finding_with_its_place_and_the_slowest_tests_and_nothing_in_it_is_markup()
    {
        var unit = new CheckPart("unit", Verdict.Failed, "2 tests, 1 failed")
        {
            Findings = [new Finding("T.Fails", "expected <b>|`x`\n::error::boom", "tests/T.cs", 12), .. Enumerable.Repeat(new Finding("more", "same"), 60)],
            Notes = ["left out (slow): T.Creeps"],
            Slowest = [new SlowTest("T.A", TimeSpan.FromSeconds(3), "tests/T.cs"), new SlowTest("T.B", TimeSpan.FromSeconds(1), null)],
        };
        var other = new CheckPart("other", Verdict.Passed, "1 test") { Slowest = [.. Enumerable.Range(1, 5).Select(i => new SlowTest($"O.{i}", TimeSpan.FromSeconds(i), null))] };

        var page = CheckSummary.Text([Verdicts.Result("Test", TimeSpan.Zero, [unit, other])]);

        Assert.That(page, Does.StartWith("\n## Checks\n\n| check | part | result | |\n|---|---|---|---|\n| Test | unit | **FAILED** | 2 tests, 1 failed<br>left out (slow): T.Creeps |\n"));
        Assert.That(page, Does.Contain("- tests/T.cs:12  expected &lt;b>\\|\\`x\\` ::\u200berror::\u200bboom (T.Fails)\n").Or.Contain("- tests/T.cs:12  expected &lt;b>\\|\\`x\\` :\u200b:error:\u200b:boom (T.Fails)\n"));
        Assert.That(page, Does.Contain("- and 11 more: see artifacts/"));
        Assert.That(page, Does.EndWith("## Slowest tests\n\n- 5.0 s  O.5\n- 4.0 s  O.4\n- 3.0 s  T.A (tests/T.cs)\n- 3.0 s  O.3\n- 2.0 s  O.2\n"));
    }

    private static SuiteSettings Suite(string name, SuiteKind kind, params string[] services) => new(name, kind, "x", TimeSpan.FromMinutes(1)) { Services = services };
}
