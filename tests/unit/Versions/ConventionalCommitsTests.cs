using Pipeline.Configuration;
using Pipeline.Versions;

namespace Pipeline.Tests.Versions;

/// <summary>What messages mean, for a repository that has released 1.2.3.</summary>
public sealed class ConventionalCommitsTests
{
    private const string ThisReverts = "This reverts commit ";
    private static readonly string Elsewhere = History.Hash("released long ago");

    /// <summary>One or several messages, oldest first; a bar in place of a line feed.</summary>
    private static IEnumerable<TestCaseData> Cases()
    {
        yield return Case(1, "1.3.0", "feat: add login");
        yield return Case(2, "1.2.4", "fix(api/orders): x");
        yield return Case(3, "2.0.0", "feat!: drop v1", breaking: "drop v1");
        yield return Case(4, "2.0.0", "feat(api)!: drop v1", breaking: "drop v1");
        yield return Case(5, null, "feat (api): x", problem: "error: write: feat(api): x");
        yield return Case(6, null, "feat : x", problem: "error: write: feat: x");
        yield return Case(7, null, "feat:x", problem: "error: write: feat: x");
        yield return Case(9, "1.3.0", "FEAT(API): x");
        yield return Case(10, "1.2.4", "fix(api, web): x");
        yield return Case(11, null, "fix(): x", problem: "error: write: fix: x");
        yield return Case(14, null, "feat!(api): x", problem: "error: write: feat(api)!: x");
        yield return Case(15, null, "feat(api) !: x", problem: "error: write: feat(api)!: x");
        yield return Case(16, null, "feat!!: x", problem: "error: write: feat!: x");
        yield return Case(17, "2.0.0", "chore: x||BREAKING CHANGE: y", breaking: "y");
        yield return Case(18, "2.0.0", "chore: x||BREAKING-CHANGE: y", breaking: "y");
        yield return Case(19, null, "chore: x||breaking change: y", problem: "warning: if it breaks something, write: BREAKING CHANGE: y");
        yield return Case(20, null, "chore: x||BREAKING CHANGES: y", problem: "warning: if it breaks something, write: BREAKING CHANGE: y");
        yield return Case(22, "1.3.0", "feat: x||Body mentions BREAKING CHANGE: mid");
        yield return Case(23, "2.0.0", "chore: x|BREAKING CHANGE: y", breaking: "y", problem: "warning: leave the second line empty");
        yield return Case(26, "2.0.0", "feat!: x||BREAKING CHANGE: why", breaking: "why");
        yield return Case(27, "1.2.4", "fix: x||Reviewed-by: Z|Refs #123|Closes: #4, #5");
        yield return Case(28, "1.3.0", "feat: x||Acked by: Z|Refs: #1");
        yield return Case(29, "1.2.4", $"revert: feat(api): a||{ThisReverts}{Elsewhere}.");
        yield return Case(30, "1.2.4", $"Revert \"feat(api): a\"||{ThisReverts}{Elsewhere}.");
        yield return Case(31, null, ["feat: add login", $"Revert \"feat: add login\"||{ThisReverts}{History.Hash("0")}."]);
        yield return Case(32, null, ["feat: add login", $"Revert \"feat: add login\"||{ThisReverts}{History.Hash("0")[..7]}."]);
        yield return Case(34, "1.3.0", ["feat: a", $"Revert \"feat: a\"||{ThisReverts}{History.Hash("0")}.", $"Revert \"Revert \"feat: a\"\"||{ThisReverts}{History.Hash("1")}."]);
        yield return Case(37, null, "Merge pull request #28 from x||feat: a");
        yield return Case(38, null, "Merge branch 'main' into x");
        yield return Case(39, null, "Merged PR 123: feat(api): a", problem: "error: if your host writes 'Merged PR NUMBER: ' before messages: versions.prefix: \"Merged PR {number}: \" in pipeline.yml");
        yield return Case(40, "1.3.0", "feat(api): a (#42)");
        yield return Case(42, null, ["fixup! feat: a", "squash! feat: a"], problem: "error: git rebase --interactive --autosquash, with the commit that it mends");
        yield return Case(43, null, ["add login", "WIP", ""], problem: "warning: write its type first: fix: add login");
        yield return Case(44, null, "feat:", problem: "error: write: feat: DESCRIPTION");
        yield return Case(46, "1.3.0", "feat:  two spaces");
        yield return Case(48, "1.3.0", "feat: emoji \U0001F389 and größe");
        yield return Case(49, null, ["\u2728 feat: x", ":sparkles: feat: x"], problem: "error: write: feat: x");
        yield return Case(50, null, "docs: x");
        yield return Case(51, "1.2.4", "perf(db): x");
        yield return Case(52, null, "build(deps): bump||- notes: BREAKING CHANGE: z");
        yield return Case(53, null, "chore(release): 1.2.3 [skip ci]");
        yield return Case(54, "1.3.0", "feat: a: b: c");
        yield return Case(56, "2.0.0", "feat(api): x\r||BREAKING CHANGE: y\r|", breaking: "y");
        yield return Case(57, "1.3.0", "||feat: x");
    }

    [TestCaseSource(nameof(Cases))]
    public void The_next_version(string[] messages, string? next, string? breaking, string? problem)
    {
        var settings = new VersionSettings();

        var step = History.Plan(settings, messages);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(step.Next?.ToString(), Is.EqualTo(next));
            Assert.That(step.Changes.SelectMany(c => c.Message.Breaking), Is.EqualTo(breaking is null ? [] : new[] { breaking }));
            Assert.That(messages.Select(m => ConventionalCommits.Parse(m).Problems), Has.All.Count.EqualTo(problem is null ? 0 : 1));
            Assert.That(messages.SelectMany(m => ConventionalCommits.Parse(m).Problems).Select(p => $"{(p.IsError ? "error" : "warning")}: {p.Fix}").FirstOrDefault(), Is.EqualTo(problem));
        }
    }

    [Test]
    public void Case_39_with_the_host_s_prefix()
    {
        var step = History.Plan(new VersionSettings { Prefix = "Merged PR {number}: " }, "Merged PR 123: feat(api): a");

        Assert.That(step.Next!.ToString(), Is.EqualTo("1.3.0"));
        Assert.That(step.Changes.Single(), Has.Property("PullRequest").EqualTo(123));
    }

    [Test]
    public void Case_60_the_last_release_is_the_highest_of_its_own_series()
    {
        var tags = new[] { "api-v1.9.0", "api-v1.10.0", "api-gateway-v9.0.0", "v3.0.0", "api-v2.0", "api-v02.0.0", "xapi-v5.0.0", "api-v1.10.0-rc.1", "api-v5.0.0x" }.Select(t => (t, History.Hash(t)));

        Assert.That(ReleaseTags.Of(TagFormat.Of("{service}-v{version}", "api"), tags).Tags.Select(t => t.Name), Is.EqualTo(new[] { "api-v1.10.0", "api-v1.10.0-rc.1", "api-v1.9.0" }));
    }

    [TestCase("1.0.0-rc.1 < 1.0.0")]
    [TestCase("1.0.0-rc.2 < 1.0.0-rc.10")]
    [TestCase("1.0.0-1 < 1.0.0-alpha")]
    [TestCase("1.9.0 < 1.10.0")]
    [TestCase("1.10.0 < 1.10.1+build.1")]
    public void Versions_are_ordered_as_Semantic_Versioning_says(string order)
    {
        var (low, high) = (order.Split(" < ")[0], order.Split(" < ")[1]);

        Assert.That(ReleaseTags.Of(TagFormat.Of("v{version}", null), [($"v{low}", ""), ($"v{high}", "")]).Tags[0].Name, Is.EqualTo($"v{high}"));
    }

    [Test]
    public void Everything_of_a_message_is_read()
    {
        var read = ConventionalCommits.Parse("fix(api, web)!: orders: twice (#42)\n\nThey were saved\ntwice.\n\nNot any more.\n\nReviewed-by: Zoe\nRefs #123\nBREAKING CHANGE: the column is gone\n  and its index\n\nwith it\nCloses: #4, #5\n");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(read, Has.Property("Kind").EqualTo(MessageKind.Change).And.Property("PullRequest").EqualTo(42).And.Property("Subject").EqualTo("fix(api, web)!: orders: twice (#42)"));
            Assert.That(read.Message, Has.Property("Type").EqualTo("fix").And.Property("Description").EqualTo("orders: twice (#42)"));
            Assert.That(read.Message!.Scopes, Is.EqualTo(new[] { "api", "web" }));
            Assert.That(read.Message.Body, Is.EqualTo("They were saved\ntwice.\n\nNot any more."));
            Assert.That(read.Message.Footers, Is.EqualTo(new MessageFooter[] { new("Reviewed-by", "Zoe"), new("Refs", "#123"), new("BREAKING CHANGE", "the column is gone\n  and its index\n\nwith it"), new("Closes", "#4, #5") }));
            Assert.That(read.Message.Breaking, Is.EqualTo(new[] { "the column is gone\n  and its index\n\nwith it" }));
            Assert.That(read.Problems, Is.Empty);
        }
    }

    [TestCase("feat: x\n\nAcked by: Z\nRefs: #1", "Acked by: Z", "Refs=#1")]
    [TestCase("feat: x\n\nSee Note: that\nand more\n", "See Note: that\nand more", "")]
    [TestCase("feat: x\n\nwhy\n\nSigned-off-by: Z", "why", "Signed-off-by=Z")]
    [TestCase("feat: x\n\n- notes: y", "- notes: y", "")]
    public void Body_and_footers(string message, string body, string footers)
    {
        var read = ConventionalCommits.Parse(message).Message!;

        Assert.That((read.Body, string.Join(' ', read.Footers.Select(f => $"{f.Token}={f.Value}"))), Is.EqualTo((body, footers)));
    }

    [TestCase("feat: x\n\nwhy\nBREAKING CHANGE: y", "y", "leave an empty line before 'BREAKING CHANGE: '")]
    [TestCase("feat: x\n\nBREAKING CHANGE:y", "y", "write what breaks in the same line: BREAKING CHANGE: y")]
    [TestCase("feat: x\n\nBREAKING CHANGE:\ny", "y", "write what breaks in the same line: BREAKING CHANGE: TEXT")]
    [TestCase("feat: x\n\nBREAKING CHANGE:", "x", "write what breaks in the same line: BREAKING CHANGE: TEXT")]
    public void A_breaking_change_is_not_lost_by_its_form(string message, string breaking, string fix)
    {
        var read = ConventionalCommits.Parse(message);

        Assert.That((read.Message!.Breaking.Single(), read.Problems.Single().Fix, read.Problems.Single().IsError), Is.EqualTo((breaking, fix, false)));
    }

    [TestCase("chore(release)!: the tags are called otherwise", ExpectedResult = "2.0.0", TestName = "A release commit that breaks something is none")]
    [TestCase("Chore(Release): v1.2.3", ExpectedResult = null)]
    [TestCase("chore(release, api): x", ExpectedResult = null)]
    [TestCase("Merged in feature/x (pull request #4)", ExpectedResult = null)]
    [TestCase("Merge the two queues: fix", ExpectedResult = null)]
    [TestCase("\uFEFFfeat: x", ExpectedResult = "1.3.0")]
    [TestCase("feat:\u00a0x", ExpectedResult = null)]
    [TestCase(" feat: x", ExpectedResult = null)]
    [TestCase("feat(a(b)): x", ExpectedResult = null)]
    [TestCase("feat(a)(b): x", ExpectedResult = null)]
    [TestCase("feat(a: x", ExpectedResult = null)]
    [TestCase("Reapply \"feat: a\"\n\nThis reverts commit 1234567.", ExpectedResult = "1.3.0", TestName = "What is there again after a release counts as what it was")]
    [TestCase("Revert \"feat!: a\"", ExpectedResult = "1.2.4")]
    [TestCase("Revert \"feat: a (#7)\" (#8)\n\nReverts acme/shop#7", ExpectedResult = "1.2.4")]
    public string? Further_forms(string message) => History.Plan(new VersionSettings(), message).Next?.ToString();

    [Test]
    public void A_revert_may_name_several_commits_and_in_several_ways()
    {
        var (a, b, c) = (History.Hash("a"), History.Hash("b"), History.Hash("c"));

        string[][] named =
        [
            Named($"revert: x\n\nRefs: {a[..7]}, {b}"),
            Named($"revert: x\n\nThis reverts commits {a}, {b} and {c}."),
            Named($"Revert \"x\"\n\nThis reverts commit {a}, reversing\nchanges made to {b}."),
            Named($"Reapply \"x\"\n\nThis reverts commit {a.ToUpperInvariant()}."),
            Named($"fix: x\n\nThis reverts commit {a}."),
            Named("revert: x\n\nRefs: #1234567, JIRA-1234567"),
        ];

        Assert.That(named, Is.EqualTo(new string[][] { [b, a[..7]], [a, b, c], [$"{a} to {b}"], [a], [], [] }.Select(n => n.Order(StringComparer.Ordinal).ToArray())));

        static string[] Named(string message) => [.. ConventionalCommits.Parse(message).Reverts.Select(r => r.Mainline is null ? r.Hash : $"{r.Hash} to {r.Mainline}").Order(StringComparer.Ordinal)];
    }

    [TestCase("fet: x", "write 'feat' if that is meant; else give it a rule: versions.rules in pipeline.yml", false)]
    [TestCase("add login", "write its type first: fix: add login", true)]
    [TestCase("", "write what changed: fix: DESCRIPTION", true)]
    public void A_message_that_is_not_committed_yet_can_be_written_otherwise(string message, string fix, bool isError)
    {
        var problem = MessageCheck.Of(message).Single();

        Assert.That((problem.Fix, problem.IsError, problem.Commit), Is.EqualTo((fix, isError, "")));
    }

    [Test]
    public void Rules_say_what_types_raise()
    {
        var settings = new VersionSettings { Rules = new Dictionary<string, Bump> { ["docs"] = Bump.Patch, ["sec"] = Bump.Minor } };

        Assert.That(History.Plan(settings, "docs: x").Next!.ToString(), Is.EqualTo("1.2.4"));
        Assert.That(History.Plan(settings, "Sec: x").Next!.ToString(), Is.EqualTo("1.3.0"));
        Assert.That(History.Plan(settings, "feat: x").Next, Is.Null);
        Assert.That(MessageCheck.Of("sec: x", settings), Is.Empty);
    }

    private static TestCaseData Case(int number, string? next, string message, string? breaking = null, string? problem = null) => Case(number, next, [message], breaking, problem);

    private static TestCaseData Case(int number, string? next, string[] messages, string? breaking = null, string? problem = null) =>
        new TestCaseData(messages.Select(m => m.Replace('|', '\n')).ToArray(), next, breaking, problem).SetName($"Case {number}");
}
