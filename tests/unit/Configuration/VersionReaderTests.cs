using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Versions;

namespace Pipeline.Tests.Configuration;

public sealed class VersionReaderTests
{
    [Test]
    public void Without_a_section_all_is_the_default()
    {
        var versions = Load("");

        using (Assert.EnterMultipleScope())
        {
            Assert.That((versions.PerService, versions.Tag, versions.ServiceTag, versions.First.ToString(), versions.Prefix), Is.EqualTo((false, "v{version}", "{service}-v{version}", "0.1.0", (string?)null)));
            Assert.That(versions.Rules, Is.EquivalentTo(new Dictionary<string, Bump> { ["feat"] = Bump.Minor, ["fix"] = Bump.Patch, ["perf"] = Bump.Patch, ["revert"] = Bump.Patch }));
            Assert.That((versions.BreakingBelowOne, versions.PreReleases.Count, versions.Changelog), Is.EqualTo((Bump.Major, 0, new ChangelogSettings("CHANGELOG.md", ChangelogLayout.Keep))));
        }
    }

    [Test]
    public void Everything_can_be_said()
    {
        var versions = Load("""
            versions:
              series: services
              tag: release/{version}
              serviceTag: "{service}@{version}"
              rules: { Docs: patch, perf: none }
              breakingBelowOne: minor
              preReleases: { next: rc, "alpha/*": alpha }
              first: 1.0.0
              prefix: 'Merged PR {number}: '
              changelog: { file: docs/changes.md, layout: conventional }
            """);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((versions.PerService, versions.Tag, versions.ServiceTag, versions.First.ToString(), versions.Prefix), Is.EqualTo((true, "release/{version}", "{service}@{version}", "1.0.0", "Merged PR {number}: ")));
            Assert.That(versions.Rules, Is.EquivalentTo(new Dictionary<string, Bump> { ["feat"] = Bump.Minor, ["fix"] = Bump.Patch, ["perf"] = Bump.None, ["revert"] = Bump.Patch, ["docs"] = Bump.Patch }));
            Assert.That(versions.PreReleases, Is.EqualTo(new PreReleaseBranch[] { new("next", "rc"), new("alpha/*", "alpha") }));
            Assert.That((versions.BreakingBelowOne, versions.Changelog), Is.EqualTo((Bump.Minor, new ChangelogSettings("docs/changes.md", ChangelogLayout.Conventional))));
        }
    }

    [TestCase("tag: version", "versions.tag: must end with {version}")]
    [TestCase("serviceTag: v{version}", "versions.serviceTag: must hold {service}")]
    [TestCase("serviceTag: '{service}{version}'", "versions.serviceTag: must hold {service}")]
    [TestCase("tag: api-v{version}", "versions.tag: 'api-v{version}' is what the tags of service 'api' look like")]
    [TestCase("rules: { docs: small }", "versions.rules.docs: must be 'major' or 'minor' or 'patch' or 'none', is 'small'")]
    [TestCase("preReleases: { next: 1 }", "versions.preReleases.next: must be letters, digits and hyphens, not digits alone")]
    [TestCase("first: 1.0", "versions.first: must be a version of three numbers")]
    [TestCase("changelog: { file: api }", "versions.changelog.file: 'api' is a folder, not a file")]
    public void Mistakes_are_named(string line, string mistake) =>
        Assert.That(() => Load($"versions:\n  {line}\n"), Throws.TypeOf<UsageException>().With.Message.Contains(mistake));

    private static VersionSettings Load(string section)
    {
        using var sandbox = new Sandbox(Sandbox.Valid + section);
        return ConfigurationLoader.Load(sandbox.Root, "dev").Versions;
    }
}
