using Pipeline.Aws;
using Pipeline.Ledger;
using Pipeline.StackOperations;

namespace Pipeline.Tests.StackOperations;

public sealed class HeldSnapshotTests
{
    private static readonly StackSnapshot Given = new("T", new Dictionary<string, string> { ["A"] = "1" }, new Dictionary<string, string> { ["owner"] = "me" });

    [Test]
    public void The_same_content_is_held() => Assert.That(HeldSnapshot.Equals(Given, Stack("1"), "T", null), Is.True);

    [Test]
    public void A_value_that_may_not_be_shown_is_believed() => Assert.That(HeldSnapshot.Equals(Given, Stack("****"), "T", null), Is.True);

    [TestCase("2", "T")]
    [TestCase("1", "U")]
    public void Other_content_is_not(string parameter, string template) => Assert.That(HeldSnapshot.Equals(Given, Stack(parameter), template, null), Is.False);

    [Test]
    public void A_policy_and_a_protection_that_are_not_set_yet_are_missed()
    {
        Assert.That(HeldSnapshot.Equals(Given with { Policy = """{"Statement":[]}""" }, Stack("1"), "T", null), Is.False);
        Assert.That(HeldSnapshot.Equals(Given with { Policy = """{"Statement":[]}""" }, Stack("1"), "T", """{ "Statement": [] }"""), Is.True);
        Assert.That(HeldSnapshot.Equals(Given with { TerminationProtection = true }, Stack("1"), "T", null), Is.False);
        Assert.That(HeldSnapshot.Equals(Given with { TerminationProtection = false }, Stack("1"), "T", null), Is.True);
    }

    [Test]
    public void Guards_are_part_of_what_is_due() =>
        Assert.That(new[] { Given, Given with { Policy = "{}" }, Given with { TerminationProtection = true }, Given with { TerminationProtection = false } }.Select(s => s.Hash()).Distinct().Count(), Is.EqualTo(4));

    private static StackState Stack(string parameter) => new("s", "arn", "CREATE_COMPLETE", null)
    {
        Parameters = new Dictionary<string, string> { ["A"] = parameter },
        Outputs = new Dictionary<string, string>(),
        Tags = new Dictionary<string, string> { ["owner"] = "me" },
        Created = DateTimeOffset.UnixEpoch,
        Updated = null,
        TerminationProtection = false,
    };
}
