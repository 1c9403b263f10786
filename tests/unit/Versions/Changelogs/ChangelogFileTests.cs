using System.Text;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Versions.Changelogs;

namespace Pipeline.Tests.Versions.Changelogs;

/// <summary>Sections put into changelogs that people write.</summary>
public sealed class ChangelogFileTests
{
    private const string Commit = "https://github.com/shop/store/commit";
    private const string Heading = "## [1.3.0](https://github.com/shop/store/compare/v1.2.3...v1.3.0) - 2026-11-23";
    private static readonly string Login = $"- add login ([0000000]({Commit}/{new string('0', 40)}))";
    private static readonly ReleaseNotes Feature = Notes.Of("feat: add login");

    [Test]
    public void Entries_by_hand_become_the_versions_and_stand_for_themselves() => Assert.That(
        Notes.In("# Changelog\n\n## Unreleased\n\n### Added\n- Log in, with *style*.\n\n## 1.2.3 - 2026-01-01\n- old\n", Feature),
        Is.EqualTo($"# Changelog\n\n## Unreleased\n\n{Heading}\n\n### Added\n- Log in, with *style*.\n\n## 1.2.3 - 2026-01-01\n- old\n"));

    [Test]
    public void A_breaking_change_that_nobody_wrote_down_is_put_before_them()
    {
        var notes = Notes.Of("feat!: drop v1", "fix!: no more `x`", "feat!: gone (#7)");

        Assert.That(Notes.In("## [Unreleased]\n### Removed\n- **Breaking**: Drop V1\n- also #7\n", notes), Is.EqualTo(
            $"## [Unreleased]\n\n{Heading}\n\n### Breaking\n- no more `x` ([0000001]({Commit}/0000001{new string('0', 33)}))\n\n### Removed\n- **Breaking**: Drop V1\n- also #7\n"));
    }

    [Test]
    public void Other_text_introduces_what_the_commits_say() => Assert.That(
        Notes.In("## Unreleased\n\nThe release with logins.\n\n## 1.2.3\n", Feature),
        Is.EqualTo($"## Unreleased\n\n{Heading}\n\nThe release with logins.\n\n### Added\n{Login}\n\n## 1.2.3\n"));

    [Test]
    public void Comments_and_empty_groups_stay_where_they_are() => Assert.That(
        Notes.In("## Unreleased\n<!-- write\n- here\n-->\n\n### Added\n\n## 1.2.3\n", Feature),
        Is.EqualTo($"## Unreleased\n<!-- write\n- here\n-->\n\n### Added\n\n{Heading}\n\n### Added\n{Login}\n\n## 1.2.3\n"));

    [TestCase("## Unreleased", "## Unreleased\n\n{0}\n")]
    [TestCase("## Unreleased\n", "## Unreleased\n\n{0}\n")]
    [TestCase("## Unreleased\n## 1.2.3\n", "## Unreleased\n\n{0}\n\n## 1.2.3\n")]
    [TestCase("# Changelog\n\n## 1.2.3\n", "# Changelog\n\n{0}\n\n## 1.2.3\n")]
    [TestCase("# Changelog", "# Changelog\n\n{0}\n")]
    [TestCase("# Changelog\n\n## 2025-01-01\n- x", "# Changelog\n\n{0}\n\n## 2025-01-01\n- x")]
    [TestCase("# [1.2.3](x) (2026-01-01)\n", "{0}\n\n# [1.2.3](x) (2026-01-01)\n")]
    [TestCase("Changes\n### [1.2.3](x) (2026-01-01)\n", "Changes\n\n{0}\n\n### [1.2.3](x) (2026-01-01)\n")]
    [TestCase("intro\n\n<a name=\"1.2.3\"></a>\n## 1.2.3\n", "intro\n\n{0}\n\n<a name=\"1.2.3\"></a>\n## 1.2.3\n")]
    [TestCase("intro\n```\n## 1.2.3\n```\n<!-- \n## 1.2.2\n-->\n## v1.2.1\n", "intro\n```\n## 1.2.3\n```\n<!-- \n## 1.2.2\n-->\n\n{0}\n\n## v1.2.1\n")]
    [TestCase("", "{0}\n")]
    public void The_newest_version_comes_first(string before, string after) =>
        Assert.That(Notes.In(before, Feature), Is.EqualTo(after.Replace("{0}", $"{Heading}\n\n### Added\n{Login}", StringComparison.Ordinal)));

    [Test]
    public void Links_that_are_defined_at_the_end_are_kept_up() => Assert.That(
        Notes.In("## [Unreleased]\n\n## [1.2.3] - 2026-01-01\n\n[unreleased]: https://github.com/shop/store/compare/v1.2.3...HEAD\n[1.2.3]: https://github.com/shop/store/releases/tag/v1.2.3\n", Feature),
        Is.EqualTo($"""
            ## [Unreleased]

            ## [1.3.0] - 2026-11-23

            ### Added
            {Login}

            ## [1.2.3] - 2026-01-01

            [unreleased]: https://github.com/shop/store/compare/v1.3.0...HEAD
            [1.3.0]: https://github.com/shop/store/compare/v1.2.3...v1.3.0
            [1.2.3]: https://github.com/shop/store/releases/tag/v1.2.3

            """));

    [Test]
    public void Windows_line_ends_a_mark_and_bytes_of_any_encoding_are_kept()
    {
        byte[] file = [0xEF, 0xBB, 0xBF, .. "## Unreleased\r\n\r\n- by hand: "u8, 0xFF, 0xE9, .. "\r\nno end"u8];

        var after = ChangelogFile.Parse(file, "CHANGELOG.md").With(Feature, ChangelogWriter.Of(ChangelogLayout.Keep));

        Assert.That(after, Is.EqualTo((byte[])[0xEF, 0xBB, 0xBF, .. "## Unreleased\r\n\r\n"u8, .. Encoding.UTF8.GetBytes(Heading), .. "\r\n"u8, .. file[18..]]));
    }

    [TestCase("## 1.3.0")]
    [TestCase("## [1.3.0] - 2026-11-22")]
    [TestCase("## v1.3.0")]
    [TestCase("### [1.3.0](x) (2026-11-22)")]
    [TestCase("# Version 1.3.0")]
    public void A_version_that_is_there_is_not_added_twice(string heading)
    {
        var file = $"# Changelog\n\n## Unreleased\n- later\n\n{heading}\n- by hand\n";
        Assert.That(Notes.In(file, Feature), Is.EqualTo(file));
        Assert.That(Notes.In(file, Feature, ChangelogLayout.Conventional), Is.EqualTo(file));
    }

    [TestCase("## 1.3.0-rc.1")]
    [TestCase("## api 1.3.0")]
    [TestCase("## 11.3.0")]
    [TestCase("## Unreleased\n### Node 1.3.0\n- is needed")]
    public void Another_version_is_another_one(string text) => Assert.That(Notes.In(text + "\n", Feature), Does.Contain(Heading));

    [Test]
    public void A_section_ends_where_the_next_one_begins()
    {
        var file = ChangelogFile.Parse("# Changelog\n\n## 1.3.0\n### Added\n- ä\n\n# [1.2.3]\n- old\n"u8.ToArray(), "CHANGELOG.md");
        Assert.That((file.Section(null, "1.3.0"), file.Section(null, "1.2.3"), file.Section("api", "1.3.0")), Is.EqualTo(("## 1.3.0\n### Added\n- ä", "# [1.2.3]\n- old", "")));
    }

    [Test]
    public void Services_have_sections_of_their_own_names()
    {
        var api = Feature with { Step = Notes.Step("api", "1.3.0", "1.4.0", "feat: x") };
        var once = Notes.In("# Changelog\n\n## Unreleased\n- by hand\n\n## api 1.3.0\n", api);

        Assert.That(once, Does.StartWith("# Changelog\n\n## Unreleased\n- by hand\n\n## [api 1.4.0](https://github.com/shop/store/compare/api-v1.3.0...api-v1.4.0) - 2026-11-23\n"), "what was written by hand is the repository's");
        Assert.That(Notes.In(once, api), Is.EqualTo(once));
    }

    [Test]
    public void A_new_file_is_one_of_its_layout()
    {
        Assert.That(Encoding.UTF8.GetString(ChangelogFile.New(Feature, ChangelogWriter.Of(ChangelogLayout.Keep))), Does.StartWith("# Changelog\n\nNotable changes, newest first.").And.EndsWith($"\n\n## Unreleased\n\n{Heading}\n\n### Added\n{Login}\n"));
        Assert.That(Encoding.UTF8.GetString(ChangelogFile.New(Feature, ChangelogWriter.Of(ChangelogLayout.Conventional))), Is.EqualTo(
            $"# Changelog\n\n{Heading[..^13]} (2026-11-23)\n\n### Features\n\n* {Login[2..]}\n"));
    }

    [Test]
    public void What_is_no_text_is_refused() =>
        Assert.That(() => ChangelogFile.Parse(Encoding.Unicode.GetBytes("# Changelog"), "docs/CHANGES.md"), Throws.TypeOf<UsageException>().With.Message.Contains("docs/CHANGES.md"));

    /// <summary>Files made of everything that means something in a changelog, in random order.</summary>
    [Test]
    public void Whatever_a_file_holds_it_holds_it_afterwards([Values(1, 2, 3, 4, 5)] int seed)
    {
        string[] pieces = ["# Changelog", "## Unreleased", "## [Unreleased]", "## 1.2.3", "### Added", "- entry", "text", "", "```", "<!--", "-->", "[1.2.3]: https://example.com", "[unreleased]: https://example.com/x", "<a name=\"1\"></a>", "\t", "## api 1.3.0", "Ä ❤"];
        var random = new Random(seed);
        for (var i = 0; i < 400; i++)
        {
            var end = random.Next(2) == 0 ? "\n" : "\r\n";
            var file = string.Join(end, Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)])) + (random.Next(2) == 0 ? end : "");
            foreach (var layout in Enum.GetValues<ChangelogLayout>())
            {
                var once = Notes.In(file, Feature, layout);
                Assert.That(IsWithin(file, once), $"seed {seed}: '{file}' → '{once}'");
                Assert.That(Notes.In(once, Feature, layout), Is.EqualTo(once), file);
            }
        }
    }

    /// <summary>All of a text is in another one, in this order, with nothing but insertions between.</summary>
    private static bool IsWithin(string part, string whole)
    {
        var at = 0;
        return part.All(c => (at = whole.IndexOf(c, at) + 1) > 0);
    }
}
