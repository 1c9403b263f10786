using System.Runtime.Versioning;
using Pipeline.Tests.Host;

namespace Pipeline.Tests.Versions;

/// <summary>The compiled host, killed by the system in the middle of a release.</summary>
[UnsupportedOSPlatform("windows")]
[Platform(Exclude = "Win", Reason = "hooks are shell scripts here")]
public sealed class KilledReleaseTests
{
    private static readonly Dictionary<string, string> Nothing = [];

    [TestCase("commit-msg", TestName = "while git commits, which goes on alone")]
    [TestCase("reference-transaction", TestName = "while a tag is made")]
    [TestCase("pre-push", TestName = "while it pushes")]
    public async Task Killed(string hook)
    {
        using var host = new CompiledHost();
        var origin = Path.Combine(host.Root, ".pipeline", "origin.git");
        host.Write(".gitignore", "/artifacts/\n/.pipeline/\n");
        foreach (string[] command in (string[][])
        [
            ["init", "--quiet", "--initial-branch=main"], ["init", "--quiet", "--bare", "--initial-branch=main", origin], ["remote", "add", "origin", $"file://{origin}"],
            ["config", "user.name", "dora"], ["config", "user.email", "dora@example.com"], ["add", "--all"], ["commit", "--quiet", "--message", "feat: begin"],
            ["push", "--quiet", "--set-upstream", "origin", "main"],
        ])
        {
            RealGit.Run(host.Root, command);
        }

        // The hook's parent is git, git's parent is the host. A transaction is waited for until it is about the release's tag.
        var file = Path.Combine(host.Root, ".git", "hooks", hook);
        RealGit.WriteProgram(file, $$"""
            [ {{hook}} != reference-transaction ] || { [ "$1" = prepared ] && grep -q refs/tags/; } || exit 0
            kill -9 "$(ps -o ppid= -p $PPID | tr -d ' ')"
            """);

        var killed = await host.Run(Nothing, "--target=Release", "--push");
        File.Delete(file);
        Assert.That(killed.ExitCode, Is.EqualTo(137), killed.Output + killed.Error);
        // What git was at when its parent died it finishes on its own.
        await Poll.Until(() => Task.FromResult(!File.Exists(Path.Combine(host.Root, ".git", "index.lock")) && !Directory.EnumerateFiles(Path.Combine(host.Root, ".git", "refs"), "*.lock", SearchOption.AllDirectories).Any()), "git has ended");

        var resumed = await host.Run(Nothing, "--target=Release", "--push");

        Assert.That(resumed.ExitCode, Is.Zero, resumed.Error);
        Assert.That(RealGit.Run(origin, "log", "--format=%s", "main"), Is.EqualTo("chore(release): v0.1.0\nfeat: begin"));
        Assert.That(RealGit.Run(origin, "tag", "--points-at", "main"), Is.EqualTo("v0.1.0"));
        Assert.That(RealGit.Run(host.Root, "status", "--porcelain"), Is.Empty);
        Assert.That((await host.Run(Nothing, "--target=Release", "--push")).Output, Does.Contain("Nothing to release"));
    }
}
