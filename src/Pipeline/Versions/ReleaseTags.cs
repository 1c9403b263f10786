using System.Text;
using Pipeline.Changes;

namespace Pipeline.Versions;

/// <summary>The tags of one series, highest version first.</summary>
internal sealed record ReleaseTags(TagFormat Format, IReadOnlyList<ReleaseTag> Tags)
{
    /// <summary>Reads the tags of all series with one call.</summary>
    /// <param name="merged">only those that HEAD holds; git walks the whole history for that</param>
    public static async Task<IReadOnlyList<ReleaseTags>> Read(Git git, IReadOnlyList<TagFormat> formats, bool merged, CancellationToken cancel)
    {
        string[] only = merged ? ["--merged=HEAD"] : [];
        var answer = await git.Run(["for-each-ref", .. only, "--format=%(refname:strip=2)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)", "refs/tags"], cancel).ConfigureAwait(false);
        var tags = Encoding.UTF8.GetString(answer).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Marked).Where(t => t.Commit.Length > 0).ToList();
        return [.. formats.Select(format => Of(format, tags))];
    }

    /// <summary>Those of all tags that are of a series.</summary>
    public static ReleaseTags Of(TagFormat format, IEnumerable<(string Name, string Commit)> tags) => new(format,
        [.. tags.Select(t => format.Version(t.Name) is { } version ? new ReleaseTag(t.Name, t.Commit, version) : null).OfType<ReleaseTag>().OrderByDescending(t => t.Version).ThenByDescending(t => t.Name, StringComparer.Ordinal)]);

    /// <summary>The highest version that is no pre-release.</summary>
    public ReleaseTag? Stable => Tags.FirstOrDefault(t => !t.IsPreRelease);

    /// <summary>The highest pre-release on the way to the version after <see cref="Stable"/>.</summary>
    /// <param name="identifier">of whose line; <c>null</c>: of any</param>
    public ReleaseTag? PreRelease(string? identifier) =>
        Tags.TakeWhile(t => t.IsPreRelease).FirstOrDefault(t => identifier is null || PreReleases.Number(t.Version, identifier) is not null);

    /// <summary>Tags may mark anything; releases are commits.</summary>
    private static (string Name, string Commit) Marked(string row)
    {
        var fields = row.Split('\0');
        return (fields[0], fields[1] == "commit" ? fields[2] : fields[3] == "commit" ? fields[4] : "");
    }
}
