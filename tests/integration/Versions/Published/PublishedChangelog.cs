using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using NuGet.Versioning;

namespace Pipeline.Tests.Versions.Published;

/// <summary>A release as a changelog of conventional-changelog's family tells it.</summary>
/// <param name="Sections">title → entries, without what breaks</param>
/// <param name="Breaking">what breaks</param>
internal sealed record PublishedRelease(SemanticVersion Version, DateOnly Date, IReadOnlyList<(string Title, PublishedEntry Entry)> Sections, IReadOnlyList<PublishedEntry> Breaking);

/// <summary>One line of a section.</summary>
/// <param name="Scope">empty: none</param>
/// <param name="Closes">issues</param>
internal sealed record PublishedEntry(string Scope, string Text, string PullRequest, IReadOnlyList<string> Closes)
{
    public override string ToString() => $"{(Scope.Length == 0 ? "" : $"{Scope}: ")}{Text}{(PullRequest.Length == 0 ? "" : $" (#{PullRequest})")}{string.Concat(Closes.Select(c => $" closes #{c}"))}";
}

/// <summary>Reads such a changelog, of a package as npm publishes it or of our own making.</summary>
internal static partial class PublishedChangelog
{
    private const string BreakingTitle = "BREAKING CHANGES";

    /// <summary>The changelog in a package.</summary>
    public static async Task<string> OfPackage(string file)
    {
        await using var unzipped = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        await using var package = new TarReader(unzipped);
        while (await package.GetNextEntryAsync() is { } entry)
        {
            if (entry.Name.Equals("package/CHANGELOG.md", StringComparison.OrdinalIgnoreCase))
            {
                using var reader = new StreamReader(entry.DataStream!, Encoding.UTF8);
                return await reader.ReadToEndAsync();
            }
        }

        throw new InvalidOperationException($"{file} has no changelog");
    }

    /// <summary>Newest first, down to the first one that no tool has written: its heading compares nothing.</summary>
    public static IReadOnlyList<PublishedRelease> Read(string changelog)
    {
        var text = Anchor().Replace(changelog, "");
        var headings = Heading().Matches(text);
        var ends = headings.Skip(1).Select(h => h.Index).Append(text.Length);
        return
        [
            .. headings.Zip(ends).TakeWhile(h => h.First.Groups["compare"].Success)
                .Select(h => Release(h.First, text[(h.First.Index + h.First.Length)..h.Second])),
        ];
    }

    private static PublishedRelease Release(Match heading, string body)
    {
        var entries = new List<(string Title, PublishedEntry Entry)>();
        foreach (var section in Section().Split(body).Skip(1).Chunk(2))
        {
            entries.AddRange(Bullet().Matches(section[1]).Select(b => (section[0].Replace("⚠", "", StringComparison.Ordinal).Trim(), Entry(b.Groups["text"].Value))));
        }

        return new(
            SemanticVersion.Parse(heading.Groups["version"].Value),
            DateOnly.Parse(heading.Groups["date"].Value, CultureInfo.InvariantCulture),
            [.. entries.Where(e => e.Title != BreakingTitle)],
            [.. entries.Where(e => e.Title == BreakingTitle).Select(e => e.Entry)]);
    }

    private static PublishedEntry Entry(string text)
    {
        // What a page shows: links without their addresses, no signs of Markdown.
        var plain = Spaces().Replace(WebUtility.HtmlDecode(Link().Replace(text, "${text}").Replace("\\", "", StringComparison.Ordinal)), " ").Trim();
        var parts = Line().Match(plain).Groups;
        return new(parts["scope"].Value, parts["text"].Value.Trim(), parts["pull"].Value, [.. parts["issue"].Captures.Select(c => c.Value).Distinct()]);
    }

    [GeneratedRegex(@"^#{1,3} (\[(?<version>\d[^\]]*)\]\((?<compare>[^)]*/compare/[^)]*)\) \((?<date>\d{4}-\d\d-\d\d)\)|\[?v?\d.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^<a name=.*$", RegexOptions.Multiline)]
    private static partial Regex Anchor();

    [GeneratedRegex(@"^#{3,4} (?!\[?v?\d)(.+)$", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex(@"^\* (?<text>.*(\n(?!\* |#).*)*)", RegexOptions.Multiline)]
    private static partial Regex Bullet();

    [GeneratedRegex(@"\[(?<text>[^\]]*)\]\([^)\s]*\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"^(\*\*(?<scope>[^*]+?):?\*\*:? )?(?<text>.*?)( \(#(?<pull>\d+)\))?( \([0-9a-f]{7,40}\))?(, closes( #(?<issue>\d+))+)?$")]
    private static partial Regex Line();
}
