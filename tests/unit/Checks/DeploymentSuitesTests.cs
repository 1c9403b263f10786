using Pipeline.Checks;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Tests.Configuration;

namespace Pipeline.Tests.Checks;

/// <summary>Which suites judge a deployment, and what their gate says.</summary>
public sealed class DeploymentSuitesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);
    private readonly List<Sandbox> _sandboxes = [];

    [TearDown]
    public void Delete()
    {
        _sandboxes.ForEach(s => s.Dispose());
        _sandboxes.Clear();
    }

    [Test]
    public void A_suite_runs_for_the_services_and_in_the_environments_that_it_names()
    {
        var suites = Suites("dev", """
            checks:
              suites:
                orders: { kind: integration, against: deployment, services: [api], project: api/Api.csproj }
                speed: { kind: performance, against: deployment, environments: [prod], project: api/Api.csproj }
                inside: { kind: integration, project: api/Api.csproj }

            """);

        Assert.Multiple(() =>
        {
            Assert.That(suites.Of(SuiteKind.Integration, "api").Select(s => s.Name), Is.EqualTo(new[] { "orders" }));
            Assert.That(suites.Of(SuiteKind.Integration, "web"), Is.Empty);
            Assert.That(suites.Of(SuiteKind.Integration, null).Select(s => s.Name), Is.EqualTo(new[] { "orders" }));
            Assert.That(suites.Of(SuiteKind.Performance, "api"), Is.Empty);
        });
    }

    [Test]
    public void Passed_suites_open_the_gate_with_their_counts()
    {
        var gate = Suites("dev").Judge(SuiteKind.Integration, [Part("orders", Verdict.Passed, new(11, 0, 1))], "api v1", Now);

        Assert.That((gate.Name, gate.Verdict, gate.IsOpen, gate.Value, gate.Text), Is.EqualTo(("integration", Verdict.Passed, true, "11 passed, 0 failed, 1 skipped", "api v1: 11 tests passed, 1 skipped")));
    }

    [Test]
    public void Failed_tests_close_it_by_name()
    {
        var gate = Suites("dev").Judge(SuiteKind.Integration, [Part("orders", Verdict.Failed, new(11, 1, 0)) with { Findings = [new Finding("Orders.Are_kept", "expected 2")] }], "api v1", Now);

        Assert.That((gate.IsOpen, gate.Text), Is.EqualTo((false, "api v1: orders said something (Orders.Are_kept: expected 2)")));
    }

    [TestCase("allow", ExpectedResult = true)]
    [TestCase("refuse", ExpectedResult = false)]
    public bool What_could_not_be_measured_is_no_pass_and_the_environment_decides(string unmeasured)
    {
        var suites = Suites("dev", $"gates: {{ performance: {{ unmeasured: {unmeasured} }} }}\n");
        var none = suites.Judge(SuiteKind.Performance, [], "api v1", Now);
        var skipped = suites.Judge(SuiteKind.Performance, [Part("speed", Verdict.Skipped, new(0, 0, 3))], "api v1", Now);

        Assert.That((none.Verdict, skipped.Verdict), Is.EqualTo((Verdict.NotEvaluable, Verdict.NotEvaluable)));
        Assert.That(none.IsOpen, Is.EqualTo(skipped.IsOpen));
        return none.IsOpen;
    }

    [Test]
    public void Of_several_services_the_worst_counts()
    {
        var suites = Suites("dev");
        var good = suites.Judge(SuiteKind.Integration, [Part("orders-api", Verdict.Passed, new(2, 0, 0))], "api v1", Now);
        var bad = suites.Judge(SuiteKind.Integration, [Part("orders-web", Verdict.Failed, new(1, 1, 0))], "web v1", Now);

        var both = DeploymentSuites.Together(good, bad);

        Assert.Multiple(() =>
        {
            Assert.That((both.Verdict, both.IsOpen, both.Value), Is.EqualTo((Verdict.Failed, false, "2 passed, 0 failed, 0 skipped; 1 passed, 1 failed, 0 skipped")));
            Assert.That(DeploymentSuites.Together(bad, good).Verdict, Is.EqualTo(Verdict.Failed));
        });
    }

    private DeploymentSuites Suites(string environment, string more = "")
    {
        var sandbox = new Sandbox(Sandbox.Valid + more);
        _sandboxes.Add(sandbox);
        return new DeploymentSuites(ConfigurationLoader.Load(sandbox.Root, environment));
    }

    private static CheckPart Part(string name, Verdict verdict, TestCounts counts) => new(name, verdict, "said something") { Tests = counts };
}
