using Pipeline.Checks.Advisories;

namespace Pipeline.Tests.Checks.Advisories;

/// <summary>Each line in ascending order; versions joined by <c>=</c> are equal.</summary>
internal sealed class VersionOrderTests
{
    // PEP 440, "Summary of permitted suffixes and relative ordering", and the cases of the packaging project.
    [TestCase("1.dev0 1.0.dev456 1.0a1 1.0a2.dev456 1.0a12.dev456 1.0a12 1.0b1.dev456 1.0b2 1.0b2.post345.dev456 1.0b2.post345 1.0rc1.dev456 1.0rc1 1.0 1.0+abc.5 1.0+abc.7 1.0+5 1.0.post456.dev34 1.0.post456 1.0.15 1.1.dev1")]
    [TestCase("1=1.0=v1.0.0=01.0 1.0.1")]
    [TestCase("1.0rc1=1.0c1=1.0-preview_1=1.0.PRE.1=1.0RC1 1.0 1.0-1=1.0.post1=1.0r1=1.0.rev1 1.0.post2")]
    [TestCase("1.0a=1.0a0=1.0.alpha 1.0a1=1.0-alpha-1")]
    [TestCase("9 10 2023.10.1 20231001000000000001 1!0.1 1!0.2 2!0")]
    [TestCase("1.0+a 1.0+a.b 1.0+b 1.0+1 1.0+1.0=1.0+1-0=1.0+1_0 1.0+2 1.0+10")]
    public void Python(string ascending) => Holds(Ecosystem.PyPI, ascending);

    // semver.org, rule 11.
    [TestCase("1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0=1.0.0+build=v1.0.0 1.0.1 1.9.0 1.10.0 2.0.0-0 2.0.0")]
    [TestCase("1.0.0-1 1.0.0-2 1.0.0-10 1.0.0-1a 1.0.0-A 1.0.0-a 1.0.0-a-b 1.0.0")]
    [TestCase("0=0.0.0 1.2=1.2.0 99999999999999999999999.0.0")]
    public void Npm(string ascending) => Holds(Ecosystem.Npm, ascending);

    [TestCase("1.0.0-alpha=1.0.0-ALPHA 1.0.0-alpha.2 1.0.0-alpha.10 1.0.0-beta 1.0=1.0.0=1.0.0.0=1.0.0+commit 1.0.0.1 1.0.1")]
    public void NuGet(string ascending) => Holds(Ecosystem.NuGet, ascending);

    [TestCase("PyPI", "1.0-banana")]
    [TestCase("PyPI", "2004d")]
    [TestCase("PyPI", "1.0+")]
    [TestCase("PyPI", "1..0")]
    [TestCase("PyPI", "")]
    [TestCase("PyPI", "1.0\n--index-url x")]
    [TestCase("npm", "1.2.3.4")]
    [TestCase("npm", "1.2.3-")]
    [TestCase("npm", "git+ssh://example.test/a.git")]
    [TestCase("NuGet", "one")]
    public void What_is_no_version_is_not_compared(string ecosystem, string text) =>
        Assert.That(VersionOrder.Compare(Ecosystems.Find(ecosystem)!.Value, text, "1.0.0"), Is.Null);

    [Test]
    public void A_text_of_a_million_digits_is_no_version() =>
        Assert.That(VersionOrder.Compare(Ecosystem.PyPI, new string('9', 1_000_000), "1"), Is.Null);

    [TestCase("2.0.0+cu118", "2.0.0", 0)]
    [TestCase("2.0.0+cu118", "2.0.0+cu117", 1)]
    [TestCase("2.0.0", "2.0.0+cu117", -1)]
    public void A_local_build_has_its_public_versions_mistakes(string installed, string bound, int order) =>
        Assert.That(Math.Sign(VersionOrder.CompareToBound(Ecosystem.PyPI, installed, bound)!.Value), Is.EqualTo(order));

    [TestCase("NuGet", "Newtonsoft.JSON", "newtonsoft.json")]
    [TestCase("PyPI", "Zope.Interface__x", "zope-interface-x")]
    [TestCase("npm", "@scope/JSONStream", "@scope/JSONStream")]
    public void Each_ecosystem_spells_names_in_its_own_way(string ecosystem, string name, string normal) =>
        Assert.That(Ecosystems.Find(ecosystem)!.Value.Normal(name), Is.EqualTo(normal));

    private static void Holds(Ecosystem ecosystem, string ascending)
    {
        var groups = ascending.Split(' ').Select(g => g.Split('=')).ToList();
        var all = groups.SelectMany((group, rank) => group.Select(version => (version, rank))).ToList();
        var wrong =
            from left in all
            from right in all
            let order = VersionOrder.Compare(ecosystem, left.version, right.version)
            where order is null || Math.Sign(order.Value) != Math.Sign(left.rank.CompareTo(right.rank))
            select $"{left.version} and {right.version}: {order}";
        Assert.That(wrong, Is.Empty);
    }
}
