using Pipeline.Checks;
using Pipeline.Outcomes;
using Pipeline.Tests.Checks.Tools;

namespace Pipeline.Tests.Checks;

/// <summary>Secrets in commits, with the real git.</summary>
internal sealed class SecretHistoryTests
{
    private static readonly string Secret = "key = " + "AKIA" + "QYLPMN5HHHFPZAM2";

    [Test]
    public async Task A_secret_that_was_taken_out_again_is_found_with_commit_file_and_line()
    {
        using var repository = new PythonRepository();
        var running = repository.Commit("runs");
        repository.Write("worker/a ü \"b\"\t.ini", $"one\ntwo\n{Secret}\n");
        var bad = repository.Commit("oops");
        repository.Write("worker/a ü \"b\"\t.ini", "one\n");
        repository.Commit("out again");

        var part = await repository.Security(SecretHistory.Name, Since(running));

        Assert.That((part.Verdict, part.Summary), Is.EqualTo((Verdict.Failed, $"secrets 1 in 2 commits since what runs ({running[..7]})")));
        var finding = part.Findings.Single();
        Assert.That((finding.Rule, finding.File, finding.Line), Is.EqualTo(("aws-access-key", "worker/a ü \"b\"\t.ini", 3)));
        Assert.That(finding.Message, Does.Contain($"added by commit {bad[..12]}").And.Not.Contain(Secret[6..]));
    }

    [Test]
    public async Task A_reason_in_the_file_of_allowed_secrets_settles_it_and_nothing_less_does()
    {
        using var repository = new PythonRepository();
        var running = repository.Commit("runs");
        repository.Write("a.ini", Secret);
        var bad = repository.Commit("oops");
        repository.Write("a.ini", "");
        repository.Commit("out again");

        repository.Write(AllowedSecrets.FileName, $"{bad[..12]}:a.ini:1\n");
        Assert.That((await repository.Security(SecretHistory.Name, Since(running))).Verdict, Is.EqualTo(Verdict.Failed), "no reason");
        repository.Write(AllowedSecrets.FileName, $"{bad[..12]}:a.ini:1 revoked on the same day\n");
        Assert.That((await repository.Security(SecretHistory.Name, Since(running))).Verdict, Is.EqualTo(Verdict.Passed));
    }

    [Test]
    public async Task What_still_stands_in_the_work_tree_is_judged_there_once()
    {
        using var repository = new PythonRepository();
        var running = repository.Commit("runs");
        repository.Write("a.ini", Secret);
        repository.Write("b.ini", Secret.Replace("PZAM2", "PZAM3", StringComparison.Ordinal) + " # pipeline:allow-secret made up for a test\n");
        repository.Commit("still there");

        var result = await SecurityCheck.Run(repository.Configuration, Since(running), null, CancellationToken.None);

        Assert.That(result.Parts.Single(p => p.Name == "secrets").Findings.Select(f => f.File), Is.EqualTo(new[] { "a.ini" }));
        Assert.That(result.Parts.Single(p => p.Name == SecretHistory.Name).Verdict, Is.EqualTo(Verdict.Passed));
    }

    [Test]
    public async Task Lines_that_were_there_before_and_lines_that_went_are_nobodys_fault()
    {
        using var repository = new PythonRepository();
        repository.Write("old.ini", $"{Secret}\n");
        var running = repository.Commit("before");
        repository.Write("old.ini", "");
        repository.Commit("removed");

        Assert.That((await repository.Security(SecretHistory.Name, Since(running))).Verdict, Is.EqualTo(Verdict.Passed));
        Assert.That((await repository.Security(SecretHistory.Name, Since(repository.Git("rev-parse", "HEAD")))).Verdict, Is.EqualTo(Verdict.Skipped), "nothing is new");
    }

    [Test]
    public async Task What_only_a_merge_brought_in_is_found_too()
    {
        using var repository = new PythonRepository();
        repository.Write("a.ini", "one\n");
        var running = repository.Commit("base");
        repository.Git("checkout", "-q", "-b", "side");
        repository.Write("side.txt", "side\n");
        repository.Commit("side");
        repository.Git("checkout", "-q", "main");
        repository.Write("main.txt", "main\n");
        repository.Commit("main");
        repository.Git("merge", "-q", "--no-commit", "side");
        repository.Write("a.ini", $"one\n{Secret}\n");
        var merge = repository.Commit("merge");
        repository.Write("a.ini", "one\n");
        repository.Commit("out again");

        var finding = (await repository.Security(SecretHistory.Name, Since(running))).Findings.Single();

        Assert.That((finding.File, finding.Line), Is.EqualTo(("a.ini", 2)));
        Assert.That(finding.Message, Does.Contain(merge[..12]));
    }

    [Test]
    public async Task Where_nothing_runs_the_upstream_says_what_is_new()
    {
        using var repository = new PythonRepository();
        repository.Write("a.ini", $"{Secret}\n");
        repository.Commit("pushed long ago");
        repository.Write("a.ini", "");
        var pushed = repository.Commit("out again");
        Assert.That((await repository.Security(SecretHistory.Name)).Summary, Is.EqualTo("secrets 1 in 2 commits in the history"), "no upstream");

        repository.Git("update-ref", "refs/remotes/origin/main", pushed);
        repository.Git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main");
        repository.Write("b.txt", "new\n");
        repository.Commit("new");

        Assert.That((await repository.Security(SecretHistory.Name)).Summary, Is.EqualTo($"secrets 0 in 1 commit since the upstream's {pushed[..7]}"));
    }

    [Test]
    public async Task A_shallow_clone_that_lacks_commits_is_not_evaluable()
    {
        using var origin = new PythonRepository();
        var running = origin.Commit("one");
        origin.Write("a.txt", "2");
        origin.Commit("two");
        origin.Write("a.txt", "3");
        origin.Commit("three");
        using var clone = new PythonRepository();
        clone.Git("fetch", "-q", "--depth=1", new Uri(origin.Root).AbsoluteUri, "main");
        clone.Git("checkout", "-q", "-f", "FETCH_HEAD");

        var part = await clone.Security(SecretHistory.Name, Since(running));

        Assert.That((part.Verdict, part.Gate), Is.EqualTo((Verdict.NotEvaluable, "security.unmeasured")));
        Assert.That(part.Summary, Does.Contain("git fetch --unshallow"));
    }

    private static CheckScope Since(string commit) => PythonRepository.Worker with { Since = [commit] };
}
