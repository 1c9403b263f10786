using System.Runtime.Versioning;
using Pipeline.Outcomes;
using Pipeline.Versions.Publishing;

namespace Pipeline.Tests.Versions;

/// <summary>What is not released, and what is said then.</summary>
[UnsupportedOSPlatform("windows")]
[Platform(Exclude = "Win", Reason = "hooks are shell scripts here")]
public sealed class ReleaseRefusalTests
{
    private ReleaseGround _ground = null!;

    private ReleaseClone Dora => _ground.Dora;

    [SetUp]
    public void Begin()
    {
        _ground = new ReleaseGround();
        Dora.AddFeature();
    }

    [TearDown]
    public void End() => _ground.Dispose();

    [Test]
    public void Changes_that_are_not_committed()
    {
        Dora.Write("api/main.py", "half");
        Dora.Write("new.txt", "new");

        var refused = Refused(ExitCode.Refused, "REFUSED: 2 files not committed; a release is made of commits.");
        Assert.That(refused.Details[0].Text, Is.EqualTo("api/main.py\nnew.txt"));
    }

    [Test]
    public void A_detached_head()
    {
        Dora.Git("switch", "--quiet", "--detach");
        Refused(ExitCode.Refused, "REFUSED: HEAD is detached; a release is a commit on a branch.");
    }

    [Test]
    public void A_branch_that_lacks_what_its_upstream_has()
    {
        Dora.Git("push", "--quiet");
        var other = _ground.Clone("other");
        Dora.Commit("fix: x");
        Dora.Git("push", "--quiet");

        var refused = Assert.ThrowsAsync<PipelineException>(() => other.Release(push: true))!;
        Assert.That((refused.Message, refused.Details[0].Text), Is.EqualTo(("REFUSED: origin/main has 1 commit that main lacks.", "git pull --ff-only, then the same command again: it plans anew")));
    }

    [Test]
    public void A_push_without_a_remote()
    {
        Dora.Git("remote", "remove", "origin");
        var refused = Assert.ThrowsAsync<UsageException>(() => Dora.Release(push: true))!;
        Assert.That(refused.Message, Is.EqualTo("--push: this clone has no remote that 'main' could be pushed to."));
    }

    [Test]
    public void A_remote_that_is_gone_and_its_login_is_not_shown()
    {
        Dora.Git("remote", "set-url", "origin", "http://dora:hunter2-EXAMPLE@127.0.0.1:9/x.git");
        var refused = Assert.ThrowsAsync<PipelineException>(() => Dora.Release(push: true))!;
        Assert.That(refused.Message, Is.EqualTo("The remote 'origin' does not answer."));
        Assert.That(string.Join(' ', refused.Details.Select(d => d.Text)), Does.Contain("127.0.0.1").And.Not.Contain("hunter2"));
    }

    [Test]
    public async Task Messages_that_a_release_would_misread_unless_that_is_wanted()
    {
        Dora.Commit("fixup! feat(api): add login");
        Dora.Commit("feat:x");

        var refused = Refused(ExitCode.Failed, "2 messages would be dropped or misread by this release.");
        Assert.That(refused.Details.Select(d => d.Text), Has.Some.StartsWith("'feat:x'").And.Some.StartsWith("'fixup! feat(api): add login'"));
        Assert.That((await Dora.Release(despite: true)).State, Is.EqualTo(ReleaseState.Local));
    }

    [Test]
    public async Task Nobody_to_name_as_author_unless_one_is_configured()
    {
        Dora.Git("config", "user.name", "");

        var refused = Assert.ThrowsAsync<UsageException>(() => Dora.Release())!;
        Assert.That(refused.Message, Is.EqualTo("git does not know whom to name as author of the release's commit."));

        Dora.Versions = Dora.Versions with { Author = "Release Bot <bot@example.com>" };
        await Dora.Release();
        Assert.That(Dora.Git("log", "--max-count=1", "--format=%an <%ae> %cn <%ce>"), Is.EqualTo("Release Bot <bot@example.com> Release Bot <bot@example.com>"));
        Assert.That(Dora.Git("for-each-ref", "--format=%(taggername)", "refs/tags/v1.3.0"), Is.EqualTo("Release Bot"));
    }

    [Test]
    public void A_version_that_another_branch_has_released()
    {
        Dora.Git("switch", "--quiet", "--create", "side", "HEAD~1");
        Dora.Commit("feat: aside");
        Dora.Git("tag", "v1.3.0");
        Dora.Git("switch", "--quiet", "main");

        Assert.That(() => Dora.Release(), Throws.InstanceOf<PipelineException>().With.Message.Contains("v1.3.0"));
    }

    private PipelineException Refused(ExitCode code, string message)
    {
        var before = Dora.Git("show-ref");
        var refused = Assert.ThrowsAsync<PipelineException>(() => Dora.Release())!;
        Assert.That((refused.ExitCode, refused.Message), Is.EqualTo((code, message)));
        Assert.That(refused.Details, Has.Some.Matches<Detail>(d => d.Label == "next"));
        Assert.That(Dora.Git("show-ref"), Is.EqualTo(before));
        return refused;
    }
}
