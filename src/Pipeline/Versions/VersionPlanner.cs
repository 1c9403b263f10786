using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Versions;

/// <summary>Computes what the next release would be, from the tags and the commits since.</summary>
public static class VersionPlanner
{
    /// <summary>Plans a release of HEAD, on the branch that is checked out.</summary>
    /// <exception cref="UsageException">no repository or commit; the commits can not be had; the branch must be known and is not; the next version is taken</exception>
    /// <exception cref="PipelineException">git failed</exception>
    public static Task<VersionPlan> Plan(PipelineConfiguration configuration, CancellationToken cancel) => Plan(configuration, null, cancel);

    /// <summary>Plans a release of HEAD. What a shallow clone lacks for that is fetched.</summary>
    /// <param name="branch">the one that HEAD is of, for runners that check out no branch; <c>null</c>: the one that is checked out</param>
    /// <exception cref="UsageException">no repository or commit; the commits can not be had; the branch must be known and is not; the next version is taken</exception>
    /// <exception cref="PipelineException">git failed</exception>
    public static async Task<VersionPlan> Plan(PipelineConfiguration configuration, string? branch, CancellationToken cancel)
    {
        var (git, settings) = (new Git(configuration.Root), configuration.Versions);
        var head = await Head(git, branch, cancel).ConfigureAwait(false);
        if (head.Branch == HeadCommit.Detached && settings.PreReleases.Count > 0)
        {
            throw new UsageException("No branch is checked out, and the branch decides whether this is a pre-release (versions.preReleases).", new Detail("next", "git switch BRANCH, the branch that is to be released"));
        }

        var identifier = PreReleases.IdentifierOf(head.Branch, settings);
        var owners = settings.PerService ? new ServiceOwners(await ChangeDetector.Owners(configuration, cancel).ConfigureAwait(false)) : null;
        var query = new HistoryQuery(settings, identifier, owners);
        var history = await Read(git, head, configuration, query, cancel).ConfigureAwait(false);
        if (ShallowClone.MayLack(history))
        {
            await ShallowClone.Complete(git, head, cancel).ConfigureAwait(false);
            history = await Read(git, await Head(git, branch, cancel).ConfigureAwait(false), configuration, query, cancel).ConfigureAwait(false);
        }

        var steps = new VersionSteps(history, settings, identifier);
        IReadOnlyList<VersionStep> planned = [.. history.Series.Select(s => steps.Of(s, Series.OwnerOf(s.Format, configuration)))];
        RefuseTaken(history, planned);
        return new VersionPlan(head.Hash, head.Branch, planned, Problems(history, steps.Since(history.Series[0].Tagged(planned[0].ReleasedTag)), settings));
    }

    private static async Task<HeadCommit> Head(Git git, string? branch, CancellationToken cancel)
    {
        var head = await HeadCommit.Read(git, cancel).ConfigureAwait(false);
        return branch is null ? head : head with { Branch = branch };
    }

    private static async Task<ReleaseHistory> Read(Git git, HeadCommit head, PipelineConfiguration configuration, HistoryQuery query, CancellationToken cancel) =>
        await ReleaseHistory.Read(git, head, await ReleaseTags.Read(git, Series.Of(configuration), merged: false, cancel).ConfigureAwait(false), query, cancel).ConfigureAwait(false);

    /// <param name="since">by index: the repository's commits since its last release</param>
    private static List<MessageProblem> Problems(ReleaseHistory history, bool[] since, VersionSettings settings) =>
        [.. history.Graph.Commits.Where((c, i) => since[i] && !c.IsMerge).SelectMany(c => Problems(c, settings))];

    private static IReadOnlyList<MessageProblem> Problems(HistoryCommit commit, VersionSettings settings) => commit.Message.Kind == MessageKind.Merge
        ? [new MessageProblem(commit.Hash, commit.Message.Subject, "is called a merge and is none, so what it changed is in no release", "squash with a header of its own: feat: DESCRIPTION", false)]
        : MessageCheck.Of(commit.Message, commit.Hash, settings);

    /// <summary>A tag of that name on a commit that HEAD does not hold: another branch released it, or history was rewritten after a release.</summary>
    private static void RefuseTaken(ReleaseHistory history, IReadOnlyList<VersionStep> planned)
    {
        foreach (var (step, series) in planned.Zip(history.Series))
        {
            if (step.Tag is { } tag && series.All.Tags.FirstOrDefault(t => t.Name == tag) is { } taken)
            {
                throw new UsageException($"The next version would be {tag}, but that tag is on commit {taken.Commit[..7]}, which {history.Head.Branch} does not hold.",
                    new Detail("why", "another branch has released it, or history was rewritten after that release; a version is released once"),
                    new Detail("next", $"git merge {tag}, or if that release never reached anybody: git push --delete origin {tag} && git tag --delete {tag}"));
            }
        }
    }
}
