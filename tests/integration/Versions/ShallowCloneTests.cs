using Pipeline.Outcomes;
using Pipeline.Tests.Changes;
using Pipeline.Versions;

namespace Pipeline.Tests.Versions;

/// <summary>Clones that lack what a version is made of: what is missing is fetched, or there is no version.</summary>
public sealed class ShallowCloneTests
{
    private Shop shop = null!;

    [SetUp]
    public void Create()
    {
        shop = new Shop();
        shop.Git("tag", "v1.2.3");
        shop.Commit("feat: a");
        shop.Git("switch", "-qc", "side");
        shop.Commit("feat!: b");
        shop.Git("switch", "-q", "main");
        shop.Commit("docs: c");
        shop.Git("merge", "-q", "--no-ff", "-m", "Merge branch 'side'", "side");
        shop.Commit("fix: d");
    }

    [TearDown]
    public void Remove() => shop.Dispose();

    [TestCase("--depth=1")]
    [TestCase("--depth=3")]
    [TestCase("--depth=4", "--no-tags")]
    public async Task What_is_missing_is_fetched(params string[] options)
    {
        using var clone = new Shop(shop.Root, options);
        Assert.That(clone.Git("rev-parse", "--is-shallow-repository").Trim(), Is.EqualTo("true"));

        var plan = await Plan(clone);

        Assert.That(VersionPlannerTests.Line(plan), Is.EqualTo("v1.2.3 -> v2.0.0"));
        Assert.That(plan.Steps[0].Changes, Has.Count.EqualTo(4));
    }

    [Test]
    public async Task A_straight_line_to_the_last_release_needs_nothing_more()
    {
        shop.Git("tag", "v2.0.0");
        shop.Commit("fix: e");
        using var clone = new Shop(shop.Root, "--depth=2");
        clone.Git("remote", "remove", "origin");

        Assert.That(VersionPlannerTests.Line(await Plan(clone)), Is.EqualTo("v2.0.0 -> v2.0.1"));
    }

    [Test]
    public void Without_an_answer_there_is_no_version()
    {
        using var clone = new Shop(shop.Root, "--depth=3");
        clone.Git("remote", "set-url", "origin", "file:///nowhere");

        var refusal = Assert.ThrowsAsync<UsageException>(() => Plan(clone))!;

        Assert.That(refusal.Message, Does.StartWith("No version can be computed: this clone is shallow and lacks commits since the last release, and fetching them failed"));
        Assert.That(refusal.Details[0].Text, Is.EqualTo("git fetch --unshallow --tags origin"));
    }

    [Test]
    public void Without_a_remote_there_is_no_version()
    {
        using var clone = new Shop(shop.Root, "--depth=3");
        clone.Git("remote", "remove", "origin");

        Assert.That(() => Plan(clone), Throws.TypeOf<UsageException>().With.Message.Contains("it has no remote to fetch them from"));
    }

    private static Task<VersionPlan> Plan(Shop clone) => VersionPlanner.Plan(clone.Configuration(), CancellationToken.None);
}
