using Pipeline.Changes;
using Pipeline.Configuration;

namespace Pipeline.Versions;

/// <summary>
/// What a deployment calls what it deploys: <c>v1.3.0</c> where that release is checked out; <c>v1.3.1-4</c> four commits later, on the way to
/// 1.3.1 or to whatever the commits ask for.
/// </summary>
/// <param name="Repository"><c>null</c>: nothing was ever released, or a shallow clone does not tell</param>
/// <param name="Services">service → the same of its own series</param>
internal sealed record TravellingVersions(string? Repository, IReadOnlyDictionary<string, string> Services)
{
    private static readonly TravellingVersions None = new(null, new Dictionary<string, string>());

    /// <summary>The tags, which can be read before anything else is known.</summary>
    public static Task<IReadOnlyList<ReleaseTags>> Tags(PipelineConfiguration configuration, CancellationToken cancel) =>
        ReleaseTags.Read(new Git(configuration.Root), Series.Of(configuration), merged: false, cancel);

    /// <summary>Reads them; where there is no release tag at all, without another call of git.</summary>
    public static async Task<TravellingVersions> Read(PipelineConfiguration configuration, string branch, IReadOnlyList<ReleaseTags> tags, Ownership ownership, CancellationToken cancel)
    {
        if (tags.All(t => t.Tags.Count == 0))
        {
            return None;
        }

        var (git, settings) = (new Git(configuration.Root), configuration.Versions);
        var head = await HeadCommit.Read(git, cancel).ConfigureAwait(false);
        var identifier = PreReleases.IdentifierOf(branch, settings);
        var history = await ReleaseHistory.Read(git, head, tags, new HistoryQuery(settings, identifier, settings.PerService ? new ServiceOwners(ownership) : null), cancel).ConfigureAwait(false);
        var steps = new VersionSteps(history, settings, identifier);
        var names = history.Series.Select(s => (s.Format.Service, Name: Name(history, s, steps, Series.OwnerOf(s.Format, configuration)))).ToList();
        return new TravellingVersions(names[0].Name, names.Skip(1).Where(n => n.Name is not null).ToDictionary(n => n.Service!, n => n.Name!));
    }

    private static string? Name(ReleaseHistory history, SeriesHistory series, VersionSteps steps, int? owner)
    {
        if (series.All.Tags.FirstOrDefault(t => t.Commit == history.Head.Hash) is { } here)
        {
            return $"v{here.Version.ToNormalizedString()}";
        }

        if (!series.Released.Any() || ShallowClone.MayLack(history))
        {
            return null;
        }

        var step = steps.Of(series, owner);
        var released = series.Tagged(step.ReleasedTag);
        var since = steps.Since(released);
        var count = history.Graph.Commits.Where((c, i) => since[i] && (owner is not { } index || c.Touches.Contains(index))).Count();
        return count == 0 && released is not null ? $"v{released.Version.ToNormalizedString()}" : $"v{(step.Next ?? steps.Least(series)).ToNormalizedString()}-{count}";
    }
}
