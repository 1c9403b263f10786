using System.Text;
using Pipeline.Configuration;
using Pipeline.Versions;

namespace Pipeline.Tests.Versions;

/// <summary>Random messages, each by its seed.</summary>
public sealed class MessagePropertyTests
{
    private static readonly string[] Pieces =
    [
        "feat", "fix", "revert", "chore", "release", "Revert \"", "Reapply \"", "\"", "(", ")", "!", ":", ": ", " ", "\n", "\n\n", "\r\n", "\0", "#1", " (#42)", "BREAKING CHANGE", "BREAKING-CHANGE: ",
        "Merge branch '", "fixup! ", "Merged PR ", "123", "{number}", "This reverts commit ", "0123456789abcdef", "Refs: ", "\u00fc", "\ud83c", "\U0001F389", "-", ",", "x",
    ];

    private static readonly string[] Messages = ["feat: a", "fix: a", "perf: a", "docs: a", "feat!: a", "fix: a\n\nBREAKING CHANGE: b", "feat:a", "WIP", "", "Merge branch 'x'", "chore(release): 1.0.0", "sec: a"];

    [Test]
    public void No_bytes_make_it_fail([Range(1, 50)] int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 200; i++)
        {
            var bytes = new byte[random.Next(0, 300)];
            random.NextBytes(bytes);
            var pieces = string.Concat(Enumerable.Range(0, random.Next(0, 40)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            foreach (var message in (string[])[Encoding.UTF8.GetString(bytes), Encoding.Latin1.GetString(bytes), pieces, "feat: " + pieces, "feat: a\n\n" + pieces])
            {
                var read = ConventionalCommits.Parse(message, random.Next(2) == 0 ? null : "Merged PR {number}: ");
                var problems = MessageCheck.Of(message);

                Assert.That(read.Message is not null, Is.EqualTo(read.Kind == MessageKind.Change), message);
                Assert.That(problems.Any(p => p.IsError), Is.EqualTo(ConventionalCommits.Parse(message).Kind == MessageKind.Unreadable), message);
            }
        }
    }

    [TestCase(" ")]
    [TestCase("!")]
    [TestCase("(")]
    [TestCase("a ")]
    [TestCase("\n")]
    [TestCase("a: b\n")]
    [TestCase("Revert \"")]
    [TestCase("BREAKING CHANGE: a\n")]
    [TestCase("breaking ")]
    [TestCase("reverts commit 1234567, ")]
    [TestCase("A 1")]
    public void Long_messages_are_read_in_time(string piece)
    {
        var much = string.Concat(Enumerable.Repeat(piece, 200_000));

        foreach (var message in (string[])[much, "feat" + much + "x", "feat: x\n\n" + much, "revert: x\n\n" + much, much + string.Concat(Enumerable.Repeat('"', 200_000))])
        {
            Assert.That(() => MessageCheck.Of(message), Throws.Nothing);
        }
    }

    [Test]
    public void More_commits_never_lower_the_version([Range(1, 100)] int seed)
    {
        var random = new Random(seed);
        var messages = Any(random);
        var fewer = messages.Where(_ => random.Next(2) == 0).ToArray();

        Assert.That(History.Plan(Settings, messages).Bump, Is.GreaterThanOrEqualTo(History.Plan(Settings, fewer).Bump));
    }

    [Test]
    public void The_order_of_commits_does_not_matter([Range(1, 100)] int seed)
    {
        var random = new Random(seed);
        var commits = Any(random).Select((message, i) => (Name: $"{seed}-{i}", Message: message)).ToList();
        for (var i = 0; i < 6; i++)
        {
            // Some take back others, and some of those are taken back again.
            var target = commits[random.Next(commits.Count)].Name;
            commits.Add(($"{seed}-revert-{i}", $"Revert \"a\"\n\nThis reverts commit {History.Hash(random.Next(4) == 0 ? "released" : target)[..random.Next(7, 41)]}."));
        }

        var straight = History.Plan(Settings, commits);
        var shuffled = History.Plan(Settings, [.. commits.OrderBy(_ => random.Next())]);

        Assert.That((shuffled.Bump, shuffled.Next?.ToString()), Is.EqualTo((straight.Bump, straight.Next?.ToString())));
        Assert.That(shuffled.Changes.Select(c => c.Commit), Is.EquivalentTo(straight.Changes.Select(c => c.Commit)));
    }

    private static VersionSettings Settings => new() { Rules = new Dictionary<string, Bump> { ["feat"] = Bump.Minor, ["fix"] = Bump.Patch, ["revert"] = Bump.Patch, ["sec"] = Bump.Patch } };

    private static string[] Any(Random random) => [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => Messages[random.Next(Messages.Length)])];
}
