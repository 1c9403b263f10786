using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Tests.Configuration;

namespace Pipeline.Tests.Ci;

public sealed class SettingsTests
{
    [Test]
    public void Without_a_section_main_is_main_and_no_marker_counts()
    {
        using var sandbox = new Sandbox(Sandbox.Valid);

        var settings = ConfigurationLoader.LoadCi(sandbox.Root);

        Assert.That((settings.Main, settings.SkipCi.Count, settings.SkipTests.Count, settings.Repository), Is.EqualTo(("main", 0, 0, (string?)null)));
    }

    [Test]
    public void A_section_says_which_branch_is_main_and_where_markers_count()
    {
        using var sandbox = new Sandbox(Sandbox.Valid + "ci: { main: trunk, skip: { ci: [dev, staging], tests: [dev] } }\ngithub: { repository: acme/storefront }\n");

        var settings = ConfigurationLoader.LoadCi(sandbox.Root);

        Assert.That((settings.Main, settings.Repository), Is.EqualTo(("trunk", "acme/storefront")));
        Assert.That(settings.SkipCi, Is.EqualTo(new[] { "dev", "staging" }));
        Assert.That(settings.SkipTests, Is.EqualTo(new[] { "dev" }));
    }

    [TestCase("ci")]
    [TestCase("tests")]
    public void Production_can_not_be_named(string marker)
    {
        using var sandbox = new Sandbox(Sandbox.Valid + $"ci: {{ skip: {{ {marker}: [prod] }} }}\n");

        Assert.That(() => ConfigurationLoader.LoadCi(sandbox.Root), Throws.TypeOf<UsageException>().With.Message.Contains($"ci.skip.{marker}[0]: must be 'dev' or 'staging', is 'prod'"));
    }
}
