using Pipeline.Gates;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Ledger;

public class PlanRecordTests
{
    private static readonly PlanRecord Plan = new("prod-1", "prod", new string('a', 40), DateTimeOffset.UnixEpoch)
    {
        Services = [new ServiceChange("api", "v1", "v2", "sha256:1", "sha256:2")],
        Stacks = [new PlannedChange("api", "shop-prod-api", new string('b', 64), "arn:change-set/1", ["Modify Service (AWS::ECS::Service)"])],
        Gates = [new GateResult("promotion", Verdict.Passed, "same", DateTimeOffset.UnixEpoch) { Digests = new Dictionary<string, string> { ["api"] = "sha256:2" } }],
    };

    public static IEnumerable<TestCaseData> Others()
    {
        yield return Named(Plan with { Id = "prod-2" }, "another request");
        yield return Named(Plan with { Environment = "staging" }, "another environment");
        yield return Named(Plan with { Commit = new string('c', 40) }, "another commit");
        yield return Named(Plan with { Emergency = "down" }, "an emergency");
        yield return Named(Plan with { Services = [Plan.Services[0] with { ToDigest = "sha256:3" }] }, "another digest");
        yield return Named(Plan with { Services = [Plan.Services[0] with { FromDigest = "sha256:0" }] }, "something else serves");
        yield return Named(Plan with { Stacks = [Plan.Stacks[0] with { Hash = new string('d', 64) }] }, "another template or parameter");
        yield return Named(Plan with { Stacks = [Plan.Stacks[0] with { ChangeSet = "arn:change-set/2" }] }, "another change set");
        yield return Named(Plan with { Stacks = [Plan.Stacks[0] with { Changes = ["Modify Service (AWS::ECS::Service, replaced)"] }] }, "a replacement");
        yield return Named(Plan with { Stacks = [.. Plan.Stacks, Plan.Stacks[0] with { Stack = "web" }] }, "one stack more");
        yield return Named(Plan with { Gates = [Plan.Gates[0] with { Verdict = Verdict.Skipped }] }, "a gate that was left out");
        yield return Named(Plan with { Gates = [Plan.Gates[0] with { Digests = new Dictionary<string, string> { ["api"] = "sha256:9" } }] }, "other evidence");
    }

    [TestCaseSource(nameof(Others))]
    public void Any_other_plan_has_another_hash(PlanRecord other) => Assert.That(other.Hash(), Is.Not.EqualTo(Plan.Hash()));

    [Test]
    public void Time_that_passes_changes_nothing()
    {
        var later = Plan with { At = Plan.At.AddHours(1), Gates = [Plan.Gates[0] with { At = Plan.At.AddHours(1), Text = "same, for an hour longer", Value = "3600 s" }] };

        Assert.That(later.Hash(), Is.EqualTo(Plan.Hash()));
        Assert.That(Plan.Differences(later), Is.Empty);
    }

    [Test]
    public void The_order_of_its_parts_changes_nothing()
    {
        var second = Plan.Stacks[0] with { Stack = "web", StackName = "shop-prod-web" };

        Assert.That((Plan with { Stacks = [.. Plan.Stacks, second] }).Hash(), Is.EqualTo((Plan with { Stacks = [second, .. Plan.Stacks] }).Hash()));
    }

    [Test]
    public void Its_target_does_not_depend_on_how_it_is_reached() =>
        Assert.That((Plan with { Id = "prod-2", Stacks = [Plan.Stacks[0] with { ChangeSet = null, Changes = [] }] }).Target(), Is.EqualTo(Plan.Target()));

    [Test]
    public void Differences_name_what_differs() =>
        Assert.That(Plan.Differences(Plan with { Services = [Plan.Services[0] with { To = "v3" }] }), Has.One.Contains("service api").And.One.Contains("v3"));

    private static TestCaseData Named(PlanRecord plan, string name) => new TestCaseData(plan).SetArgDisplayNames(name);
}
