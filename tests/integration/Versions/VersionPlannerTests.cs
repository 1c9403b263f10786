using NuGet.Versioning;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Tests.Changes;
using Pipeline.Versions;

namespace Pipeline.Tests.Versions;

/// <summary>The next version of a real repository; its first commit is called "first" and is no Conventional Commit.</summary>
public sealed class VersionPlannerTests
{
    private Shop shop = null!;

    [SetUp]
    public void Create() => shop = new Shop();

    [TearDown]
    public void Remove() => shop.Dispose();

    [Test]
    public async Task The_first_release_has_the_configured_version()
    {
        Assert.That(await Next(), Is.EqualTo("none"), "nothing to release");

        shop.Commit("feat!: a");

        Assert.That(await Next(), Is.EqualTo("none -> v0.1.0"));
        Assert.That(await Next(new VersionSettings { First = new SemanticVersion(1, 0, 0) }), Is.EqualTo("none -> v1.0.0"));
    }

    [Test]
    public async Task The_highest_tag_that_HEAD_holds_is_the_last_release()
    {
        foreach (var tag in (string[])["v1.9.0", "v1.10.0", "v1.10.0-rc.1", "v1.11", "v1.10.0-rc.2", "api-v3.0.0", "nightly"])
        {
            shop.Git("tag", tag);
        }

        shop.Git("tag", "-a", "v1.10.1+build.5", "-m", "an annotated one, with build metadata");
        shop.Git("tag", "v9.0.0", "HEAD^{tree}");
        shop.Git("switch", "-qc", "elsewhere");
        shop.Commit("feat: elsewhere");
        shop.Git("tag", "v2.0.0");
        shop.Git("switch", "-q", "main");
        shop.Commit("fix: a");

        Assert.That(await Next(), Is.EqualTo("v1.10.1+build.5 -> v1.10.2"));
    }

    [Test]
    public async Task Nothing_since_the_last_release_is_nothing_to_release()
    {
        shop.Git("tag", "v1.2.3");
        Assert.That(await Next(), Is.EqualTo("v1.2.3"));

        shop.Commit("docs: a");
        Assert.That(await Next(), Is.EqualTo("v1.2.3"));
    }

    [Test]
    public async Task Below_1_0_0_a_breaking_change_leads_to_it_unless_told_otherwise()
    {
        shop.Git("tag", "v0.3.1");
        shop.Commit("feat!: a");

        Assert.That(await Next(), Is.EqualTo("v0.3.1 -> v1.0.0"));
        Assert.That(await Next(new VersionSettings { BreakingBelowOne = Bump.Minor }), Is.EqualTo("v0.3.1 -> v0.4.0"));
    }

    [Test]
    public async Task Of_a_merge_its_commits_count_and_not_what_it_is_called()
    {
        shop.Git("tag", "v1.2.3");
        shop.Git("switch", "-qc", "side");
        shop.Commit("feat: a");
        shop.Commit("fix: b");
        shop.Git("switch", "-q", "main");
        shop.Commit("docs: c");
        shop.Git("merge", "-q", "--no-ff", "-m", "feat!: all of it", "side");

        var plan = await Plan();

        Assert.That(plan.Steps[0].Changes.Select(c => c.Message.Description), Is.EquivalentTo(new[] { "a", "b", "c" }));
        Assert.That(await Next(), Is.EqualTo("v1.2.3 -> v1.3.0"));
    }

    [Test]
    public async Task Of_a_squashed_branch_its_one_message_counts()
    {
        shop.Git("tag", "v1.2.3");
        shop.Git("switch", "-qc", "side");
        shop.Commit("feat!: a");
        shop.Git("switch", "-q", "main");
        shop.Git("merge", "-q", "--squash", "side");
        var squashed = shop.Commit("fix: all of it (#7)");

        var plan = await Plan();

        Assert.That(plan.Steps[0].Changes.Select(c => (c.Commit, c.PullRequest, c.Bump)), Is.EqualTo(new[] { (squashed, (int?)7, Bump.Patch) }));
    }

    [Test]
    public async Task What_git_reverts_before_a_release_does_not_count()
    {
        shop.Git("tag", "v1.2.3");
        shop.Write("api/New.cs", "class New;\n");
        shop.Commit("feat: a");

        shop.Git("revert", "--no-edit", "HEAD");
        Assert.That((await Next(), (await Plan()).Steps[0].Changes.Count), Is.EqualTo(("v1.2.3", 0)));

        shop.Git("revert", "--no-edit", "HEAD");
        Assert.That((await Next(), (await Plan()).Steps[0].Changes.Count), Is.EqualTo(("v1.2.3 -> v1.3.0", 1)));

        shop.Git("tag", "v1.3.0");
        shop.Git("revert", "--no-edit", "HEAD~2");
        Assert.That(await Next(), Is.EqualTo("v1.3.0 -> v1.3.1"), "it was released");
    }

    [Test]
    public async Task A_reverted_merge_takes_back_what_it_brought()
    {
        shop.Git("tag", "v1.2.3");
        shop.Git("switch", "-qc", "side");
        shop.Write("api/A.cs", "class A;\n");
        shop.Commit("feat: a");
        shop.Write("api/B.cs", "class B;\n");
        shop.Commit("feat!: b");
        shop.Git("switch", "-q", "main");
        shop.Write("web/C.cs", "class C;\n");
        shop.Commit("fix: c");
        shop.Git("merge", "-q", "--no-ff", "-m", "Merge branch 'side'", "side");
        Assert.That(await Next(), Is.EqualTo("v1.2.3 -> v2.0.0"));

        shop.Git("revert", "--no-edit", "-m", "1", "HEAD");

        Assert.That(await Next(), Is.EqualTo("v1.2.3 -> v1.2.4"));
        Assert.That((await Plan()).Steps[0].Changes.Single().Message.Description, Is.EqualTo("c"));
    }

    [Test]
    public async Task After_a_force_push_the_tags_left_behind_do_not_count_and_are_not_given_twice()
    {
        shop.Git("tag", "v1.2.3");
        shop.Commit("feat: a");
        shop.Git("tag", "v1.3.0");
        shop.Git("reset", "-q", "--hard", "HEAD~1");
        shop.Commit("fix: b");
        Assert.That(await Next(), Is.EqualTo("v1.2.3 -> v1.2.4"));

        shop.Commit("feat: c");

        Assert.That(() => Plan(), Throws.TypeOf<UsageException>().With.Message.Contains("The next version would be v1.3.0, but that tag is on commit").And.Message.Contains("which main does not hold"));
    }

    [Test]
    public async Task A_change_of_a_shared_library_releases_its_consumers()
    {
        var settings = new VersionSettings { PerService = true };
        shop.Git("tag", "v1.0.0");
        shop.Git("tag", "api-v1.0.0");
        shop.Git("tag", "web-v2.0.0");
        shop.Write("web/Program.cs", "return ;\n");
        shop.Commit("fix: the web alone");
        shop.Git("tag", "web-v2.0.1");
        Assert.That(await Next(settings), Is.EqualTo("v1.0.0 -> v1.0.1, api-v1.0.0, web-v2.0.1"));

        shop.Write("shared/Product.cs", "class Product { }\n");
        shop.Commit("feat: products of all");
        Assert.That(await Next(settings), Is.EqualTo("v1.0.0 -> v1.1.0, api-v1.0.0 -> api-v1.1.0, web-v2.0.1 -> web-v2.1.0"));

        shop.Write("pages/Layout.cs", "class Layout { }\n");
        shop.Commit("feat!: another layout");
        shop.Write("README.md", "read me\n");
        shop.Commit("feat!: about nothing that is built");
        Assert.That(await Next(settings), Is.EqualTo("v1.0.0 -> v2.0.0, api-v1.0.0 -> api-v1.1.0, web-v2.0.1 -> web-v3.0.0"));
        Assert.That((await Plan(settings)).Steps.Select(s => s.Changes.Count), Is.EqualTo(new[] { 4, 1, 2 }));
    }

    [Test]
    public async Task A_service_without_a_project_is_released_by_its_folder()
    {
        var settings = new VersionSettings { PerService = true };
        var configuration = shop.Configuration() with { Versions = settings };
        configuration = configuration with { Services = [.. configuration.Services.Select(s => s with { Project = null, Builder = Builder.Files })] };
        shop.Write("shared/Product.cs", "class Product { }\n");
        shop.Commit("feat: somewhere else");
        shop.Write("api/main.py", "pass\n");
        shop.Commit("fix: here");

        var plan = await VersionPlanner.Plan(configuration, CancellationToken.None);

        Assert.That(plan.Steps.Select(s => s.Tag), Is.EqualTo(new[] { "v0.1.0", "api-v0.1.0", null }));
    }

    [Test]
    public async Task Pre_releases_are_numbered_on_the_way_to_a_version()
    {
        var settings = new VersionSettings { PreReleases = [new("next", "rc")] };
        shop.Git("tag", "v1.2.3");
        shop.Git("switch", "-qc", "next");
        shop.Commit("feat: a");
        Assert.That(await Next(settings), Is.EqualTo("v1.2.3 -> v1.3.0-rc.1"));

        shop.Git("tag", "v1.3.0-rc.1");
        Assert.That(await Next(settings), Is.EqualTo("v1.3.0-rc.1"));

        shop.Commit("fix: b");
        Assert.That(await Next(settings), Is.EqualTo("v1.3.0-rc.1 -> v1.3.0-rc.2"));

        shop.Git("tag", "v1.3.0-rc.9", "HEAD~1");
        shop.Git("tag", "v1.3.0-rc.10");
        shop.Commit("feat!: c");
        Assert.That(await Next(settings), Is.EqualTo("v1.3.0-rc.10 -> v2.0.0-rc.1"));

        shop.Git("tag", "v2.0.0-rc.1");
        shop.Git("switch", "-q", "main");
        shop.Git("merge", "-q", "--ff-only", "next");
        Assert.That(await Next(settings), Is.EqualTo("v1.2.3 -> v2.0.0"));
        Assert.That((await Plan(settings)).Steps[0].Changes, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task Without_a_branch_nobody_knows_whether_it_is_a_pre_release()
    {
        var settings = new VersionSettings { PreReleases = [new("release/*", "rc")] };
        shop.Commit("feat: a");
        shop.Git("switch", "-q", "--detach");

        Assert.That(() => Plan(settings), Throws.TypeOf<UsageException>().With.Message.StartsWith("No branch is checked out"));
        Assert.That((await VersionPlanner.Plan(shop.Configuration() with { Versions = settings }, "release/2", CancellationToken.None)).Steps[0].Tag, Is.EqualTo("v0.1.0-rc.1"));
        Assert.That((await Plan()).Branch, Is.EqualTo("(detached)"));
    }

    [Test]
    public async Task What_messages_say_wrongly_is_listed_newest_first()
    {
        shop.Git("tag", "v1.2.3");
        shop.Commit("feat : a");
        shop.Commit("feat: b");
        var fixup = shop.Commit("fixup! feat: b");
        shop.Commit("Merge branch 'x' into main");

        var problems = (await Plan()).Problems;

        Assert.That(problems.Select(p => (p.Subject, p.IsError)), Is.EqualTo(new[] { ("Merge branch 'x' into main", false), ("fixup! feat: b", true), ("feat : a", true) }));
        Assert.That(problems[1].Commit, Is.EqualTo(fixup));
    }

    [Test]
    public async Task A_message_in_another_encoding_is_read()
    {
        shop.Git("tag", "v1.2.3");
        File.WriteAllBytes(Path.Combine(shop.Root, ".git", "message"), [.. "feat: Gr"u8, 0xFC, .. "n"u8]);
        shop.Git("-c", "i18n.commitEncoding=ISO-8859-1", "commit", "-q", "--allow-empty", "-F", ".git/message");

        Assert.That((await Plan()).Steps[0].Changes.Single().Message.Description, Is.EqualTo("Grün"));
    }

    [Test]
    public async Task A_long_history_keeps_its_order_and_messages_of_any_length_are_read()
    {
        shop.Git("tag", "v1.2.3");
        var numbers = Enumerable.Range(1, 3000).ToArray();
        // One message is longer than everything that is read at once.
        await shop.Import(numbers.Select(number => $"fix: number {number}\n\n{(number == 1500 ? new string('x', 600_000) : "")}\n\nRefs: #{number}\n"));

        var changes = (await Plan()).Steps[0].Changes;

        Assert.That(changes.Select(c => c.Message.Description), Is.EqualTo(numbers.Reverse().Select(n => $"number {n}")));
        Assert.That(changes.Select(c => c.Message.Footers.Single().Value), Is.EqualTo(numbers.Reverse().Select(n => $"#{n}")));
    }

    [Test]
    public void What_is_no_repository_is_refused()
    {
        Directory.Delete(Path.Combine(shop.Root, ".git"), recursive: true);

        Assert.That(() => Plan(), Throws.TypeOf<UsageException>().With.Message.Contains("is not a git repository"));
    }

    private async Task<string> Next(VersionSettings? settings = null) => Line(await Plan(settings));

    internal static string Line(VersionPlan plan) => string.Join(", ", plan.Steps.Select(s => $"{s.ReleasedTag ?? "none"}{(s.Next is null ? "" : $" -> {s.Tag}")}"));

    private Task<VersionPlan> Plan(VersionSettings? settings = null) => VersionPlanner.Plan(shop.Configuration() with { Versions = settings ?? new() }, CancellationToken.None);
}
