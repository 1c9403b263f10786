using Pipeline.Ledger;

namespace Pipeline.Tests.Ledger;

public sealed class StackSnapshotTests
{
    private static readonly StackSnapshot Snapshot = new("T", new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" }, new Dictionary<string, string> { ["x"] = "y" });

    [Test]
    public void The_order_of_parameters_does_not_change_the_hash() =>
        Assert.That(Snapshot with { Parameters = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" } }, Has.Property("Parameters").And.Matches<StackSnapshot>(s => s.Hash() == Snapshot.Hash()));

    [Test]
    public void Template_parameters_and_tags_each_change_it()
    {
        StackSnapshot[] others =
        [
            Snapshot with { Template = "U" },
            Snapshot with { Parameters = new Dictionary<string, string> { ["a"] = "1", ["b"] = "3" } },
            Snapshot with { Tags = new Dictionary<string, string>() },
            Snapshot with { Parameters = new Dictionary<string, string> { ["a"] = "1" }, Tags = new Dictionary<string, string> { ["b"] = "2", ["x"] = "y" } },
        ];

        Assert.That(others.Select(o => o.Hash()).Append(Snapshot.Hash()).Distinct().Count(), Is.EqualTo(5));
    }
}
