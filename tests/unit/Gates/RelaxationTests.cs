using Pipeline.Gates;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Gates;

public class RelaxationTests
{
    private static readonly Relaxation Emergency = new("arn:aws:iam::123456789012:user/dora", "the shop is down");

    [TestCase("coverage", ExpectedResult = true)]
    [TestCase("soak", ExpectedResult = true)]
    [TestCase("freeze", ExpectedResult = true)]
    [TestCase("lowTraffic", ExpectedResult = true)]
    [TestCase("health", ExpectedResult = true)]
    [TestCase("tests", ExpectedResult = false)]
    [TestCase("lint", ExpectedResult = false)]
    [TestCase("security", ExpectedResult = false)]
    [TestCase("promotion", ExpectedResult = false)]
    [TestCase("rollback", ExpectedResult = false)]
    [TestCase("backup", ExpectedResult = false)]
    public bool An_emergency_opens_only_some_gates(string gate) => Emergency.Apply([Closed(gate)])[0].IsOpen;

    [Test]
    public void The_snapshot_needs_a_word_of_its_own() =>
        Assert.That((Emergency with { WithoutSnapshot = true }).Apply([Closed("backup")])[0].IsOpen, Is.True);

    [Test]
    public void What_was_left_out_is_no_pass_and_says_who_and_why()
    {
        var gate = Emergency.Apply([Closed("soak")])[0];

        Assert.Multiple(() =>
        {
            Assert.That(gate.Verdict, Is.EqualTo(Verdict.Skipped));
            Assert.That(gate.By, Is.EqualTo(Emergency.By));
            Assert.That(gate.Text, Does.Contain("the shop is down").And.Contain("too young"));
        });
    }

    [Test]
    public void An_open_gate_stays_as_it_is()
    {
        var open = new GateResult("soak", Verdict.Passed, "old enough", DateTimeOffset.UnixEpoch);

        Assert.That(Emergency.Apply([open])[0], Is.SameAs(open));
    }

    [TestCase(0, ExpectedResult = 0)]
    [TestCase(1, ExpectedResult = 1)]
    [TestCase(3, ExpectedResult = 1)]
    public int The_first_approver_is_never_left_out(int required) => Relaxation.Approvers(required);

    private static GateResult Closed(string name) => new(name, Verdict.Failed, "too young", DateTimeOffset.UnixEpoch);
}
