using System.Runtime.Versioning;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Versions.Publishing;

namespace Pipeline.Tests.Versions;

/// <summary>Releases in real repositories: hooks, remotes, stops at every step, several runners.</summary>
[UnsupportedOSPlatform("windows")]
[Platform(Exclude = "Win", Reason = "hooks are shell scripts here")]
public sealed class ReleaseTests
{
    private const string Done = "chore(release): v1.3.0 < feat(api): add login [api-v1.3.0 v1.3.0]";

    private ReleaseGround _ground = null!;

    private ReleaseClone Dora => _ground.Dora;

    [SetUp]
    public void Begin() => _ground = new ReleaseGround();

    [TearDown]
    public void End() => _ground.Dispose();

    [Test]
    public async Task A_release_is_a_changelog_a_commit_and_annotated_tags()
    {
        Dora.AddFeature();

        var outcome = await Dora.Release();

        Assert.That((outcome.State, string.Join(' ', outcome.Tags)), Is.EqualTo((ReleaseState.Local, "v1.3.0 api-v1.3.0")));
        Assert.That(Dora.Released(), Is.EqualTo(Done));
        Assert.That(Dora.Git("log", "--max-count=1", "--format=%b"), Is.EqualTo("api 1.3.0 (api-v1.3.0)"));
        Assert.That(Dora.Git("show", "--name-only", "--format="), Is.EqualTo("CHANGELOG.md"));
        Assert.That(Dora.Git("cat-file", "-t", "v1.3.0"), Is.EqualTo("tag"));
        Assert.That(Dora.Read("CHANGELOG.md"), Does.Contain("## 1.3.0 - ").And.Contain("Services: api 1.3.0\n\n### Added\n- **api:** add login ("));
        Assert.That(Dora.Git("status", "--porcelain"), Is.Empty);
        Assert.That(_ground.Git("tag"), Does.Not.Contain("1.3.0"), "nothing is pushed unasked");
    }

    [Test]
    public async Task A_second_run_does_nothing()
    {
        Dora.AddFeature();
        await Dora.Release(push: true);
        var before = (Dora.Git("show-ref"), _ground.Git("show-ref"));
        Dora.Said.Clear();

        Assert.That((await Dora.Release(push: true)).State, Is.EqualTo(ReleaseState.Nothing));
        Assert.That((await Dora.Release()).State, Is.EqualTo(ReleaseState.Nothing));
        Assert.That((Dora.Git("show-ref"), _ground.Git("show-ref")), Is.EqualTo(before));
        Assert.That(Dora.Said, Is.Empty);
    }

    [Test]
    public async Task Commits_that_ask_for_nothing_release_nothing()
    {
        Dora.Commit("docs: say more");

        Assert.That((await Dora.Release()).State, Is.EqualTo(ReleaseState.Nothing));
        Assert.That(File.Exists(Path.Combine(Dora.Root, "CHANGELOG.md")), Is.False);
    }

    [Test]
    public async Task What_was_released_here_is_pushed_when_that_is_asked_for_and_older_releases_with_it()
    {
        Dora.AddFeature();
        await Dora.Release();
        Assert.That((await Dora.Release()).State, Is.EqualTo(ReleaseState.Waiting));
        Dora.AddFeature("add logout");
        await Dora.Release();

        Assert.That((await Dora.Release(push: true)).State, Is.EqualTo(ReleaseState.Pushed));

        Assert.That(_ground.Git("tag"), Does.Contain("v1.3.0").And.Contain("v1.4.0").And.Contain("api-v1.3.0").And.Contain("api-v1.4.0"));
        Assert.That(_ground.Git("rev-parse", "main"), Is.EqualTo(Dora.Git("rev-parse", "HEAD")));
    }

    [Test]
    public async Task Text_written_by_hand_is_released_as_it_is()
    {
        Dora.Write("CHANGELOG.md", "# Changes\r\n\r\n## Unreleased\r\n\r\n### Added\r\n- Log in.\r\n\r\n## 1.2.3\r\n- old\r\nno end");
        Dora.AddFeature();

        await Dora.Release();

        var day = DateTime.Now.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        Assert.That(Dora.Read("CHANGELOG.md"), Is.EqualTo($"# Changes\r\n\r\n## Unreleased\r\n\r\n## 1.3.0 - {day}\r\n\r\nServices: api 1.3.0\r\n\r\n### Added\r\n- Log in.\r\n\r\n## 1.2.3\r\n- old\r\nno end"));
    }

    [TestCase(ReleaseStage.Planned, false)]
    [TestCase(ReleaseStage.Planned, true)]
    [TestCase(ReleaseStage.Written, false)]
    [TestCase(ReleaseStage.Written, true)]
    [TestCase(ReleaseStage.Committed, false)]
    [TestCase(ReleaseStage.Committed, true)]
    [TestCase(ReleaseStage.Tagged, false)]
    [TestCase(ReleaseStage.Tagged, true)]
    [TestCase(ReleaseStage.Pushed, true)]
    public async Task Stopped_after_any_step_the_next_run_finishes_and_nothing_happens_twice(ReleaseStage stage, bool push)
    {
        Dora.AddFeature();
        var stop = new InvalidOperationException("stopped");
        Assert.That(() => Dora.Release(push, (now, _) => now == stage ? throw stop : Task.CompletedTask), Throws.Exception.SameAs(stop));

        var outcome = await Dora.Release(push);

        Assert.That(outcome.State, Is.EqualTo(push ? ReleaseState.Pushed : ReleaseState.Local));
        Assert.That(Dora.Released(), Is.EqualTo(Done));
        Assert.That(Dora.Read("CHANGELOG.md").Split("## 1.3.0"), Has.Length.EqualTo(2));
        Assert.That(Dora.Git("status", "--porcelain"), Is.Empty);
        Assert.That(_ground.Git("tag").Contains("v1.3.0", StringComparison.Ordinal), Is.EqualTo(push));
        Assert.That(_ground.Git("rev-parse", "main") == Dora.Git("rev-parse", "HEAD"), Is.EqualTo(push));
        Assert.That((await Dora.Release(push)).State, Is.EqualTo(push ? ReleaseState.Nothing : ReleaseState.Waiting));
    }

    [Test]
    public async Task A_changelog_of_another_layout_in_a_folder_that_is_new()
    {
        Dora.Versions = Dora.Versions with { Changelog = new ChangelogSettings("docs/CHANGES.md", ChangelogLayout.Conventional) };
        Dora.AddFeature();
        Assert.That(() => Dora.Release(between: (now, _) => now == ReleaseStage.Written ? throw new InvalidOperationException() : Task.CompletedTask), Throws.InvalidOperationException);

        await Dora.Release();

        Assert.That(Dora.Released(), Is.EqualTo(Done));
        Assert.That(Dora.Git("show", "HEAD:docs/CHANGES.md"), Does.StartWith("# Changelog\n\n## 1.3.0 (").And.Contain("### Features\n\n* **api:** add login ("));
    }

    [Test]
    public async Task A_release_of_another_work_tree()
    {
        Dora.AddFeature();
        var tree = new ReleaseClone(Path.Combine(Dora.Root, ".pipeline", "tree"), () => Dora.Git("worktree", "add", "--quiet", "-b", "side", ".pipeline/tree")) { Versions = Dora.Versions };

        await tree.Release();

        Assert.That(tree.Released(), Is.EqualTo(Done));
        Assert.That(await Dora.Publisher().TakeBack(CancellationToken.None), Is.Null, "it is another branch's");
        Assert.That(await tree.Publisher().TakeBack(CancellationToken.None), Is.EqualTo("v1.3.0"));
    }

    [Test]
    public async Task A_plan_that_the_branch_has_left_is_made_anew()
    {
        Dora.AddFeature();
        Assert.That(() => Dora.Release(between: (_, _) => throw new InvalidOperationException()), Throws.InvalidOperationException);
        Dora.Commit("feat!: and more");

        await Dora.Release();

        Assert.That(Dora.Released(), Does.StartWith("chore(release): v2.0.0 < feat!: and more ["));
        Assert.That(Dora.Said, Has.Some.Contains("v1.3.0 is void"));
    }

    [Test]
    public async Task Hooks_of_the_user_are_run_and_obeyed_and_what_is_mended_goes_on()
    {
        Dora.AddFeature();
        Dora.Hook("pre-commit", "echo 'not on Fridays' >&2; exit 1");

        var refused = Assert.ThrowsAsync<PipelineException>(() => Dora.Release())!;
        Assert.That(refused.Details.Single(d => d.Label == "why").Text, Is.EqualTo("not on Fridays"));
        Assert.That(Dora.Git("tag"), Does.Not.Contain("1.3.0"));

        Dora.Hook("pre-commit", "exit 0");
        Dora.Hook("commit-msg", "echo 'Signed-off-by: hook' >>\"$1\"");
        Dora.Write("CHANGELOG.md", Dora.Read("CHANGELOG.md").Replace("add login", "log in at last", StringComparison.Ordinal));
        await Dora.Release();

        Assert.That(Dora.Released(), Is.EqualTo(Done));
        Assert.That(Dora.Git("log", "--max-count=1", "--format=%b"), Does.Contain("Signed-off-by: hook"));
        Assert.That(Dora.Git("show", "HEAD:CHANGELOG.md"), Does.Contain("log in at last"), "what was edited meanwhile is released");
    }

    [Test]
    public async Task What_the_remote_declines_is_not_there_and_can_be_tried_again_or_taken_back()
    {
        Dora.AddFeature();
        var (before, here) = (_ground.Git("show-ref"), Dora.Git("show-ref"));
        _ground.Hook("pre-receive", "echo 'main is frozen' >&2; exit 1");

        var refused = Assert.ThrowsAsync<PipelineException>(() => Dora.Release(push: true))!;

        Assert.That((refused.ExitCode, refused.Message), Is.EqualTo((ExitCode.Refused, "REFUSED: origin did not take v1.3.0.")));
        Assert.That(refused.Details.Single(d => d.Label == "why").Text, Does.Contain("main is frozen"));
        Assert.That(_ground.Git("show-ref"), Is.EqualTo(before));

        Assert.That(await Dora.Publisher().TakeBack(CancellationToken.None), Is.EqualTo("v1.3.0"));
        Assert.That((Dora.Git("show-ref"), Dora.Git("status", "--porcelain")), Is.EqualTo((here, "")));

        _ground.Hook("pre-receive", "exit 0");
        Assert.That((await Dora.Release(push: true)).State, Is.EqualTo(ReleaseState.Pushed));
        Assert.That(Dora.Released(), Is.EqualTo(Done));
    }

    [Test]
    public async Task One_tag_that_is_declined_keeps_everything_out()
    {
        Dora.AddFeature();
        var before = _ground.Git("show-ref");
        _ground.Hook("update", "case $1 in refs/tags/api-*) exit 1 ;; esac");

        Assert.ThrowsAsync<PipelineException>(() => Dora.Release(push: true));
        Assert.That(_ground.Git("show-ref"), Is.EqualTo(before));

        _ground.Hook("update", "exit 0");
        Assert.That((await Dora.Release(push: true)).State, Is.EqualTo(ReleaseState.Pushed));
    }

    [Test]
    public async Task Of_two_runners_the_second_finds_the_release_of_the_first()
    {
        Dora.AddFeature();
        Dora.Git("push", "--quiet");
        var other = _ground.Clone("other");

        var second = await other.Release(push: true, async (stage, _) =>
        {
            if (stage == ReleaseStage.Tagged && Dora.Git("tag", "--points-at", "HEAD").Length == 0)
            {
                await Dora.Release(push: true);
            }
        });

        Assert.That((second.State, second.Commit), Is.EqualTo((ReleaseState.ByAnother, Dora.Git("rev-parse", "HEAD"))));
        Assert.That(other.Git("log", "--max-count=1", "--format=%s"), Is.EqualTo("feat(api): add login"), "its own is taken back");
        other.Git("pull", "--quiet", "--ff-only");
        Assert.That(other.Released(), Is.EqualTo(Done));
        Assert.That((await other.Release(push: true)).State, Is.EqualTo(ReleaseState.Nothing));
    }

    [Test]
    public async Task Many_runners_at_once_end_in_one_release()
    {
        Dora.AddFeature();
        Dora.Git("push", "--quiet");
        var runners = Enumerable.Range(0, 3).Select(i => _ground.Clone($"runner{i}")).ToList();

        var outcomes = await Task.WhenAll(runners.Select(r => Task.Run(() => r.Release(push: true))));

        Assert.That(outcomes.Count(o => o.State == ReleaseState.Pushed), Is.EqualTo(1));
        Assert.That(outcomes.Count(o => o.State == ReleaseState.ByAnother), Is.EqualTo(2));
        Assert.That(_ground.Git("log", "--format=%s", "main"), Is.EqualTo("chore(release): v1.3.0\nfeat(api): add login\nfeat: begin"));
    }

    [Test]
    public async Task Two_runs_in_one_clone_end_in_one_release()
    {
        Dora.AddFeature();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => Dora.Release())));

        Assert.That(outcomes.Select(o => o.State), Is.EquivalentTo(new[] { ReleaseState.Local, ReleaseState.Waiting }));
        Assert.That(Dora.Released(), Is.EqualTo(Done));
    }

    [Test]
    public async Task A_stopped_release_that_another_runner_has_made_meanwhile_is_taken_back([Values(ReleaseStage.Planned, ReleaseStage.Written, ReleaseStage.Committed, ReleaseStage.Tagged)] ReleaseStage stage)
    {
        Dora.AddFeature();
        Dora.Git("push", "--quiet");
        var other = _ground.Clone("other");
        Assert.That(() => other.Release(push: true, (now, _) => now == stage ? throw new InvalidOperationException() : Task.CompletedTask), Throws.InvalidOperationException);
        await Dora.Release(push: true);

        Assert.That((await other.Release(push: true)).State, Is.EqualTo(ReleaseState.ByAnother));

        Assert.That((other.Git("log", "--max-count=1", "--format=%s"), other.Git("status", "--porcelain")), Is.EqualTo(("feat(api): add login", "")));
        other.Git("pull", "--quiet", "--ff-only");
        Assert.That(other.Released(), Is.EqualTo(Done));
    }

    [Test]
    public async Task Where_somebody_pushed_meanwhile_the_release_is_taken_back_and_planned_anew()
    {
        Dora.AddFeature();
        Dora.Git("push", "--quiet");
        var other = _ground.Clone("other");

        var refused = Assert.ThrowsAsync<PipelineException>(() => other.Release(push: true, (stage, _) =>
        {
            if (stage == ReleaseStage.Committed)
            {
                Dora.Commit("fix: in between");
                Dora.Git("push", "--quiet");
            }

            return Task.CompletedTask;
        }))!;

        Assert.That((refused.ExitCode, refused.Message), Is.EqualTo((ExitCode.Refused, "REFUSED: somebody pushed to origin/main meanwhile; v1.3.0 was taken back, and nothing of it was pushed.")));
        Assert.That(refused.Details.Single(d => d.Label == "next").Text, Does.StartWith("git pull --ff-only"));
        other.Git("pull", "--quiet", "--ff-only");
        await other.Release(push: true);
        Assert.That(other.Released(), Is.EqualTo("chore(release): v1.3.0 < fix: in between [api-v1.3.0 v1.3.0]"));
    }

    [Test]
    public async Task What_others_may_use_is_not_taken_back()
    {
        Dora.AddFeature();
        await Dora.Release();
        Dora.Git("push", "--quiet", "--follow-tags");

        Assert.That(() => Dora.Publisher().TakeBack(CancellationToken.None), Throws.TypeOf<PipelineException>().With.Message.Contains("v1.3.0 is on origin"));
        Assert.That((await Dora.Release()).State, Is.EqualTo(ReleaseState.Nothing));
        Assert.That((await Dora.Release(push: true)).State, Is.EqualTo(ReleaseState.Pushed), "it is there already");
        Assert.That(await Dora.Publisher().TakeBack(CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task Taking_back_leaves_everything_as_it_was([Values(ReleaseStage.Planned, ReleaseStage.Written, ReleaseStage.Committed, ReleaseStage.Tagged)] ReleaseStage stage, [Values] bool hasFile)
    {
        if (hasFile)
        {
            Dora.Write("CHANGELOG.md", "# Changelog\n\n## Unreleased\n- by hand\n");
        }

        Dora.AddFeature();
        var before = (Dora.Git("show-ref"), Dora.Git("rev-parse", "HEAD"));
        Assert.That(() => Dora.Release(between: (now, _) => now == stage ? throw new InvalidOperationException() : Task.CompletedTask), Throws.InvalidOperationException);

        await Dora.Publisher().TakeBack(CancellationToken.None);

        Assert.That((Dora.Git("show-ref"), Dora.Git("rev-parse", "HEAD")), Is.EqualTo(before));
        Assert.That(Dora.Git("status", "--porcelain"), Is.Empty);
    }
}
