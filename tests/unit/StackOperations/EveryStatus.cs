using System.Reflection;
using Amazon.CloudFormation;

namespace Pipeline.Tests.StackOperations;

public sealed class EveryStatus
{
    /// <summary>AWS's own list: a status that it adds is a row of the table that is missing here.</summary>
    [TestCase(typeof(StatusBeforeOurOperation))]
    [TestCase(typeof(StatusAfterOurOperation))]
    public void Has_its_row(Type table)
    {
        var known = typeof(StackStatus).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => f.GetValue(null)).OfType<StackStatus>().Select(s => s.Value).ToList();
        var rows = table.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Select(m => m.Name);

        Assert.That(known, Has.Count.EqualTo(23));
        Assert.That(rows, Is.EquivalentTo(known.Concat(["Absent", "Anything_else"])));
    }

    [Test]
    public void That_is_documented() =>
        Assert.That(
            typeof(StatusBeforeOurOperation).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Select(m => m.Name).Where(name => char.IsUpper(name[1])).Where(name => !File.ReadAllText(Path.Combine(Configuration.Repository.Root, "docs", "recovery.md")).Contains($"`{name}`", StringComparison.Ordinal)),
            Is.Empty);
}
