using System.Text;
using Pipeline.Changes;
using Pipeline.Configuration;

namespace Pipeline.Versions;

/// <summary>What one series released, as far as HEAD holds it.</summary>
/// <param name="All">its tags, also those that HEAD does not hold</param>
/// <param name="Stable">the highest version; <c>null</c>: none</param>
/// <param name="PreRelease">the highest pre-release above it, of the branch's own line where it has one; <c>null</c>: none</param>
internal sealed record SeriesHistory(ReleaseTags All, ReleaseTag? Stable, ReleaseTag? PreRelease)
{
    public TagFormat Format => All.Format;

    public IEnumerable<ReleaseTag> Released => new[] { Stable, PreRelease }.OfType<ReleaseTag>();

    public ReleaseTag? Tagged(string? name) => Released.FirstOrDefault(t => t.Name == name);
}

/// <summary>What to know for reading a history.</summary>
/// <param name="Settings">how versions are made</param>
/// <param name="Identifier">of the branch's pre-releases; <c>null</c>: it has none</param>
/// <param name="Owners">who owns changed files; <c>null</c>: nobody asks</param>
internal sealed record HistoryQuery(VersionSettings Settings, string? Identifier, ServiceOwners? Owners);

/// <summary>The last releases of all series, and the commits since.</summary>
internal sealed record ReleaseHistory(HeadCommit Head, IReadOnlyList<SeriesHistory> Series, CommitGraph Graph)
{
    /// <summary>
    /// Reads it with few calls: HEAD will hold the highest tags, which the commits then show. Only where it does not, git is asked which tags HEAD
    /// holds, for which it walks the whole history.
    /// </summary>
    /// <param name="tags">of all series</param>
    public static async Task<ReleaseHistory> Read(Git git, HeadCommit head, IReadOnlyList<ReleaseTags> tags, HistoryQuery query, CancellationToken cancel)
    {
        var supposed = await ReadSince(git, head, [.. tags.Select(t => Choose(t, t, query))], query, cancel).ConfigureAwait(false);
        if (supposed.Series.SelectMany(s => s.Released).All(t => t.Commit == head.Hash || supposed.Graph.Reaches(t.Commit)))
        {
            return supposed;
        }

        var held = await ReleaseTags.Read(git, [.. tags.Select(t => t.Format)], merged: true, cancel).ConfigureAwait(false);
        return await ReadSince(git, head, [.. tags.Zip(held, (all, here) => Choose(all, here, query))], query, cancel).ConfigureAwait(false);
    }

    private static SeriesHistory Choose(ReleaseTags all, ReleaseTags among, HistoryQuery query) => new(all, among.Stable, among.PreRelease(query.Identifier));

    private static async Task<ReleaseHistory> ReadSince(Git git, HeadCommit head, IReadOnlyList<SeriesHistory> series, HistoryQuery query, CancellationToken cancel)
    {
        IReadOnlyList<string> revisions = [head.Hash, .. await Excluded(git, series, cancel).ConfigureAwait(false)];
        var commits = new List<HistoryCommit>();
        await foreach (var commit in CommitLog.Read(git, revisions, query.Owners is not null, query.Settings.Prefix, cancel).ConfigureAwait(false))
        {
            commits.Add(new HistoryCommit(commit.Hash, commit.Parents, commit.At, commit.Message, query.Owners?.Of(commit.Paths) ?? []));
        }

        return new ReleaseHistory(head, series, new CommitGraph(commits));
    }

    /// <summary>What every series has released: a commit before all of their last releases, and what it holds.</summary>
    private static async Task<IReadOnlyList<string>> Excluded(Git git, IReadOnlyList<SeriesHistory> series, CancellationToken cancel)
    {
        var released = series.SelectMany(s => s.Released).Select(t => t.Commit).Distinct().ToList();
        if (series.Any(s => s.Stable is null) || released.Count == 1)
        {
            return series.Any(s => s.Stable is null) ? [] : ["--not", released[0]];
        }

        var common = await git.Try(["merge-base", "--octopus", .. released], [], cancel).ConfigureAwait(false);
        return common.ExitCode == 0 ? ["--not", Encoding.ASCII.GetString(common.Output).Split('\n')[0]] : [];
    }
}
