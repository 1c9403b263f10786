using NuGet.Versioning;
using Pipeline.Configuration;

namespace Pipeline.Versions;

/// <summary>Computes the next version of each series of a history.</summary>
/// <param name="identifier">of the branch's pre-releases; <c>null</c>: it has none</param>
internal sealed class VersionSteps(ReleaseHistory history, VersionSettings settings, string? identifier)
{
    private readonly Dictionary<string, (bool[] Since, bool[] Counted)> _ranges = [];

    /// <param name="owner">index of the service whose series it is; <c>null</c>: the repository's</param>
    public VersionStep Of(SeriesHistory series, int? owner)
    {
        var all = Changes(series.Stable, owner);
        var ahead = identifier is not null && series.PreRelease is not null;
        var changes = ahead ? Changes(series.PreRelease, owner) : all;
        var released = ahead ? series.PreRelease : series.Stable;
        var bump = Highest(changes);
        var next = bump == Bump.None ? null : Next(series, Highest(all));
        return new VersionStep(series.Format.Service, released?.Version, released?.Name, next, next is null ? null : series.Format.Tag(next)) { Bump = bump, Changes = changes };
    }

    /// <summary>The version that comes next if anything at all is released.</summary>
    public SemanticVersion Least(SeriesHistory series) => Next(series, Bump.Patch);

    /// <summary>By index: whether a commit came after a release.</summary>
    public bool[] Since(ReleaseTag? release) => Range(release).Since;

    private List<ReleasedChange> Changes(ReleaseTag? since, int? owner)
    {
        var counted = Range(since).Counted;
        return [.. history.Graph.Commits.Where((c, i) => counted[i] && (owner is not { } index || c.Touches.Contains(index))).Select(c =>
            new ReleasedChange(c.Hash, c.At, c.Message.Message!, Bumps.Of(c.Message.Message!, settings)) { PullRequest = c.Message.PullRequest })];
    }

    /// <summary>A version is never lower than a pre-release that HEAD holds.</summary>
    private SemanticVersion Next(SeriesHistory series, Bump bump)
    {
        var raised = series.Stable is not { } stable ? settings.First : Bumps.Raise(stable.Version, bump, settings);
        var core = series.PreRelease is { } pre && PreReleases.Core(pre.Version) is var begun && begun > raised ? begun : raised;
        return identifier is null ? core : PreReleases.Next(core, identifier, series.All.Tags);
    }

    private (bool[] Since, bool[] Counted) Range(ReleaseTag? release)
    {
        var key = release?.Commit ?? "";
        if (!_ranges.TryGetValue(key, out var range))
        {
            var since = history.Graph.Since(release?.Commit);
            range = _ranges[key] = (since, Cancellation.Counted(history.Graph, since));
        }

        return range;
    }

    private static Bump Highest(List<ReleasedChange> changes) => changes.Count == 0 ? Bump.None : changes.Max(c => c.Bump);
}
