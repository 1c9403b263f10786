using Pipeline.Configuration;
using Pipeline.Tests.Changes;
using Pipeline.Tests.EndToEnd;
using Pipeline.Versions;
using Pipeline.Versions.Changelogs;

namespace Pipeline.Tests.Versions.Published;

/// <summary>
/// What projects really released, by the changelogs that their tools wrote: a history is made of the commits they tell of, and each release is planned again.
/// Every version and every section must be the published one, but for the differences that are named here with their reason.
/// </summary>
[TestFixture("karma", "6.4.4", "karma-runner/karma"), TestFixture("standard-version", "9.5.0", "conventional-changelog/standard-version")]
public sealed class PublishedHistoryTests(string package, string version, string repository)
{
    private static readonly Dictionary<string, string> Types = new()
    {
        ["Features"] = "feat",
        ["Bug Fixes"] = "fix",
        ["Performance Improvements"] = "perf",
        ["Reverts"] = "revert",
        ["Code Refactoring"] = "refactor",
        ["Documentation"] = "docs",
        ["Chores"] = "chore",
        ["Continuous Integration"] = "ci",
        ["Build System"] = "build",
        ["Tests"] = "test",
    };

    /// <summary>What is always shown.</summary>
    private static readonly string[] Usual = ["feat", "fix", "perf", "revert"];

    private const string ByHand = "numbered by hand: it has features, and raised the patch";
    private const string Silent = "its changelog tells of nothing";
    private const string FixesOnly = "its changelog tells of fixes only, and the minor version rose";
    private const string OtherTitle = "the group of a breaking chore has the title of an older preset";

    /// <summary>Releases with a version that the commits in their changelog do not ask for, and why.</summary>
    private static readonly Dictionary<string, string> OtherVersions = new()
    {
        ["karma 0.13.16"] = ByHand,
        ["karma 0.13.17"] = Silent,
        ["karma 0.13.18"] = ByHand,
        ["karma 0.13.20"] = ByHand,
        ["karma 0.13.22"] = Silent,
        ["karma 1.1.1"] = ByHand,
        ["karma 1.4.1"] = ByHand,
        ["karma 1.7.1"] = ByHand,
        ["karma 2.0.0"] = "its changelog names nothing that breaks",
        ["karma 2.0.1"] = "its changelog tells everything since 1.7.1 once more, features of 2.0.0 among it",
        ["karma 2.0.3"] = Silent,
        ["karma 2.0.5"] = ByHand,
        ["karma 3.1.2"] = ByHand,
        ["karma 4.1.0"] = FixesOnly,
        ["karma 4.2.0"] = FixesOnly,
        ["karma 6.4.4"] = Silent,
        ["standard-version 5.0.2"] = Silent,
    };

    /// <summary>Releases with a section that says something else, and why.</summary>
    private static readonly Dictionary<string, string> OtherSections = new()
    {
        ["karma 1.0.0"] = "what its refactoring breaks has its scope without the sign of one, so it is another commit's here, and a refactoring that breaks nothing is not told",
        ["karma 3.0.0"] = "its commits that break something are not told, so another one says it here, with its scope",
        ["karma 4.0.0"] = OtherTitle,
        ["standard-version 2.0.0"] = "what it breaks is no told commit's, so a chore says it here",
        ["standard-version 3.0.0"] = OtherTitle,
        ["standard-version 5.0.0"] = OtherTitle,
        ["standard-version 6.0.0"] = "a commit of the tests is told though it breaks nothing",
        ["standard-version 9.0.0"] = "what breaks is a header, whose pull request is told once here, with its commit",
    };

    private readonly VersionSettings settings = new();
    private Shop shop = null!;
    private IReadOnlyList<PublishedRelease> releases = null!;

    [OneTimeSetUp]
    public async Task Rebuild()
    {
        var file = Path.Combine(Storefront.Source(), ".pipeline", "published", $"{package}-{version}.tgz");
        Requires.That(File.Exists(file), "published", $"there is no {file} (npm pack --pack-destination .pipeline/published {package}@{version})");
        releases = [.. PublishedChangelog.Read(await PublishedChangelog.OfPackage(file)).Reverse().DistinctBy(r => r.Version)];
        shop = new Shop();
        // Where everything begins.
        await shop.Import(Messages(releases[0]));
        shop.Git("tag", $"v{releases[0].Version}");
    }

    [OneTimeTearDown]
    public void Remove() => shop?.Dispose();

    [Test]
    public async Task Every_release_has_its_version_and_its_section()
    {
        var (versions, sections) = (new List<string>(), new List<string>());
        foreach (var (before, release) in releases.Zip(releases.Skip(1)))
        {
            await shop.Import(Messages(release));
            var step = (await VersionPlanner.Plan(shop.Configuration() with { Versions = settings }, CancellationToken.None)).Steps[0];
            if (step.Next != release.Version)
            {
                versions.Add(Name(release));
                TestContext.Out.WriteLine($"{before.Version} -> {release.Version}: planned {step.Next?.ToNormalizedString() ?? "nothing"}; {string.Join(" | ", release.Sections.Select(s => $"{s.Title}: {s.Entry}"))} {string.Join(" | ", release.Breaking)}");
            }

            var difference = Difference(release, step with { Next = release.Version, Tag = $"v{release.Version}" });
            if (difference.Length > 0)
            {
                sections.Add(Name(release));
                TestContext.Out.WriteLine($"section of {release.Version}: {difference}");
            }

            shop.Git("tag", $"v{release.Version}");
        }

        TestContext.Out.WriteLine($"{releases.Count - 1} releases, {releases.Skip(1).Sum(r => r.Sections.Count)} commits; other versions {versions.Count}, other sections {sections.Count}");
        Assert.That(releases, Has.Count.GreaterThan(30));
        Assert.That(versions, Is.EquivalentTo(OtherVersions.Keys.Where(Known)));
        Assert.That(sections, Is.EquivalentTo(OtherSections.Keys.Where(Known)));
    }

    private string Name(PublishedRelease release) => $"{package} {release.Version}";

    private bool Known(string name) => releases.Any(r => Name(r) == name);

    /// <summary>What the published section says and ours does not, and the other way round.</summary>
    private string Difference(PublishedRelease release, VersionStep step)
    {
        var notes = new ReleaseNotes(step, release.Date, RemoteLinks.Of($"https://github.com/{repository}"));
        var writer = ChangelogWriter.Of(ChangelogLayout.Conventional);
        var ours = PublishedChangelog.Read($"{writer.Heading(notes, byReference: false)}\n\n{writer.Body(notes)}\n").Single();
        var (published, written) = (Lines(release), Lines(ours));
        return string.Join(" | ", published.Except(written).Select(l => $"-{l}").Concat(written.Except(published).Select(l => $"+{l}")));
    }

    private static List<string> Lines(PublishedRelease release) => [.. release.Sections.Select(s => $"{s.Title}: {s.Entry}"), .. release.Breaking.Select(b => $"breaks: {b}")];

    /// <summary>
    /// A commit for each entry, oldest first, as far as a changelog shows it. What breaks is said by a commit of the same scope, first of all by one that is only shown because it breaks something.
    /// </summary>
    private static List<string> Messages(PublishedRelease release)
    {
        var entries = release.Sections.Select(s => s.Entry).ToList();
        var onlyBreaking = release.Sections.Where(s => !Usual.Contains(TypeOf(s.Title))).Select(s => s.Entry).ToList();
        var broken = release.Breaking.ToLookup(note =>
        {
            var entry = onlyBreaking.Find(e => e.Scope == note.Scope) ?? entries.Find(e => e.Scope == note.Scope) ?? entries.FirstOrDefault();
            onlyBreaking.RemoveAll(e => e == entry);
            return entry;
        });
        var messages = release.Sections.Select(s => Message(TypeOf(s.Title), s.Entry, broken[s.Entry])).Reverse().ToList();
        return messages.Count > 0 ? messages : [Message("chore", new PublishedEntry("", "nothing that is told", "", []), release.Breaking)];
    }

    private static string TypeOf(string title) => Types.GetValueOrDefault(title) ?? title.ToLowerInvariant();

    private static string Message(string type, PublishedEntry entry, IEnumerable<PublishedEntry> breaking)
    {
        var footers = breaking.Select(b => $"BREAKING CHANGE: {b.Text}{PullRequest(b)}").Concat(entry.Closes.Select(c => $"Closes: #{c}")).ToList();
        var header = $"{type}{(entry.Scope.Length == 0 ? "" : $"({entry.Scope})")}: {entry.Text}{PullRequest(entry)}";
        return footers.Count == 0 ? header : $"{header}\n\n{string.Join('\n', footers)}";
    }

    private static string PullRequest(PublishedEntry entry) => entry.PullRequest.Length == 0 ? "" : $" (#{entry.PullRequest})";
}
