using System.Runtime.Versioning;
using Pipeline.Checks;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Versions;

namespace Pipeline.Tests.Versions;

/// <summary>Messages that are looked at while they can still be reworded.</summary>
[UnsupportedOSPlatform("windows")]
[Platform(Exclude = "Win", Reason = "the ground has hooks that are shell scripts")]
public sealed class UnreleasedMessageTests
{
    private ReleaseGround _ground = null!;

    private ReleaseClone Dora => _ground.Dora;

    [SetUp]
    public void Begin() => _ground = new ReleaseGround();

    [TearDown]
    public void End() => _ground.Dispose();

    [Test]
    public async Task On_a_branch_those_that_the_main_line_lacks()
    {
        Dora.Commit("old words");
        Dora.Git("push", "--quiet");
        Dora.Git("switch", "--quiet", "--create", "topic");
        Dora.Commit("feat: good");
        var bad = Dora.Commit("feat:bad");
        var words = Dora.Commit("just words");

        var messages = await UnreleasedMessages.Check(Dora.Configuration, CancellationToken.None);

        Assert.That((messages.Commits, messages.Words), Is.EqualTo((3, "that origin/main lacks")));
        Assert.That(messages.Problems.Select(p => (p.Commit, p.IsError)), Is.EqualTo(new[] { (words, true), (bad, true) }));
        Assert.That(messages.Problems[1].Fix, Is.EqualTo("write: feat: bad"));
    }

    [Test]
    public async Task On_the_main_line_those_since_the_last_release()
    {
        Dora.Commit("feat:bad");
        Dora.Commit("just words");
        Dora.Git("push", "--quiet");

        var messages = await UnreleasedMessages.Check(Dora.Configuration, CancellationToken.None);

        Assert.That(messages.Words, Is.EqualTo("since v1.2.3"));
        Assert.That(messages.Problems.Select(p => (p.Subject, p.IsError)), Is.EqualTo(new[] { ("just words", false), ("feat:bad", true) }));
    }

    [Test]
    public async Task Lint_finds_what_is_misread_and_notes_what_is_no_conventional_commit()
    {
        Dora.Commit("old:words");
        Dora.Git("push", "--quiet");
        Assert.That(await CommitMessages.Run(Dora.Configuration, CancellationToken.None), Is.Empty, "history is nobody's fault");

        Dora.Commit("just words");
        var part = (await CommitMessages.Run(Dora.Configuration, CancellationToken.None)).Single();
        Assert.That((part.Verdict, part.Summary, part.Notes.Count), Is.EqualTo((Verdict.Passed, "1 commit that origin/main lacks", 1)));

        Dora.Commit("feat:bad");
        part = (await CommitMessages.Run(Dora.Configuration, CancellationToken.None)).Single();
        Assert.That((part.Verdict, part.Summary), Is.EqualTo((Verdict.Failed, "1 misread in 2 commits that origin/main lacks")));
        Assert.That(part.Findings.Single().Fix, Is.EqualTo("write: feat: bad"));

        var skipping = Dora.Configuration with { Checks = new CheckSettings([]) { Skip = ["commit-messages"] } };
        Assert.That((await CommitMessages.Run(skipping, CancellationToken.None)).Single().Verdict, Is.EqualTo(Verdict.Skipped));
    }

    [Test]
    public async Task Without_a_main_line_to_compare_with_there_is_nothing_to_say()
    {
        Dora.Git("remote", "remove", "origin");
        Dora.Commit("feat:bad");

        Assert.That(await CommitMessages.Run(Dora.Configuration, CancellationToken.None), Is.Empty);
        Assert.That((await UnreleasedMessages.Check(Dora.Configuration, CancellationToken.None)).Words, Is.EqualTo("since v1.2.3"));
    }
}
