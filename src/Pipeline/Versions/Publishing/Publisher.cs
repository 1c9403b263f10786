using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Versions.Changelogs;

namespace Pipeline.Versions.Publishing;

/// <summary>
/// Releases a branch: plan, changelog, commit, tags, push. Where it was killed, the next run looks at what is there and goes on; of two runners, the remote
/// takes one's branch and tags together, or nothing.
/// </summary>
public sealed class Publisher(PipelineConfiguration configuration, TimeProvider clock)
{
    private readonly Clone _clone = new(configuration.Root);

    /// <summary>Messages that would be dropped or misread do not refuse the release.</summary>
    public bool DespiteMessages { get; init; }

    /// <summary>Is told each step that is done: a label and a text.</summary>
    public Action<string, string> Say { get; init; } = (_, _) => { };

    /// <summary>Is shown the plan before anything changes.</summary>
    public Action<VersionPlan> Show { get; init; } = _ => { };

    /// <summary>Called when a step has taken effect and before the next one: here tests stop a release.</summary>
    internal Func<ReleaseStage, CancellationToken, Task> Between { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>The sections of a plan as they would stand in the changelog.</summary>
    public async Task<string> Preview(VersionPlan plan, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(plan);
        var changelog = await Changelog(plan, await _clone.Upstream(plan.Branch, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);
        return changelog.Preview(await Current(cancel).ConfigureAwait(false));
    }

    /// <summary>Releases what is due, or goes on with what was begun.</summary>
    /// <param name="push">and sends it to the branch's upstream</param>
    /// <exception cref="PipelineException">refused, with the command that helps; or git, a hook or the remote did</exception>
    public async Task<ReleaseOutcome> Release(bool push, CancellationToken cancel)
    {
        var (branch, _) = await _clone.Status(cancel).ConfigureAwait(false);
        var site = await Open(branch, cancel).ConfigureAwait(false);
        using var journal = await ReleaseJournal.Open(await _clone.CommonFolder(cancel).ConfigureAwait(false), branch, cancel).ConfigureAwait(false);
        if (push)
        {
            await Refusals.Demand(site.Remote, branch).Fetch(cancel).ConfigureAwait(false);
        }

        var local = new LocalRelease(_clone, site.Writing, configuration.Root) { Say = Say, Between = Between };
        var begun = await local.Begun(journal, cancel).ConfigureAwait(false);
        var isOpen = begun is not null && !await local.IsTagged(begun, cancel).ConfigureAwait(false);
        if (await ByAnother(isOpen ? begun : null, local, site, cancel).ConfigureAwait(false) is { } another)
        {
            if (isOpen)
            {
                await local.TakeBack(begun!, journal, foreign: true, cancel).ConfigureAwait(false);
            }

            return another;
        }

        if (isOpen)
        {
            Say("Resuming", $"{begun!.Name}, which was begun before");
        }

        var next = isOpen ? null : await Decide(begun, branch, site, cancel).ConfigureAwait(false);
        if (next is not null)
        {
            journal.Write(next);
            await Between(ReleaseStage.Planned, cancel).ConfigureAwait(false);
        }

        if ((next ?? begun) is not { } intent)
        {
            return new ReleaseOutcome(ReleaseState.Nothing, [], null, site.Upstream);
        }

        var commit = await local.Finish(intent, cancel).ConfigureAwait(false);
        var done = new ReleaseOutcome(isOpen || next is not null ? ReleaseState.Local : ReleaseState.Waiting, [.. intent.Versions.Select(v => v.Tag)], commit, site.Upstream);
        if (push)
        {
            return await new Pushing(_clone, site.Remote!, local, journal) { Say = Say, Between = Between }.Run(intent, done, cancel).ConfigureAwait(false);
        }

        // Whoever pushed by hand is not told that it waits.
        var isThere = done.State == ReleaseState.Waiting && site.Remote is { } remote && await _clone.Contains(remote.Upstream.Tracking, commit, cancel).ConfigureAwait(false);
        return isThere ? new ReleaseOutcome(ReleaseState.Nothing, [], null, site.Upstream) : done;
    }

    /// <summary>Takes the last release back that the remote does not have: tags, commit and changelog.</summary>
    /// <returns>its name; <c>null</c>: there is none</returns>
    /// <exception cref="PipelineException">the remote has it, or commits stand on it</exception>
    public async Task<string?> TakeBack(CancellationToken cancel)
    {
        var (branch, _) = await _clone.Status(cancel).ConfigureAwait(false);
        var site = await Open(branch, cancel).ConfigureAwait(false);
        using var journal = await ReleaseJournal.Open(await _clone.CommonFolder(cancel).ConfigureAwait(false), branch, cancel).ConfigureAwait(false);
        if (journal.Read() is not { } begun)
        {
            return null;
        }

        if (site.Remote is { } remote && await remote.References(begun.Versions.Select(v => v.Tag), cancel).ConfigureAwait(false) is var there
            && begun.Versions.FirstOrDefault(v => there.ContainsKey($"refs/tags/{v.Tag}")) is { } pushed)
        {
            throw new PipelineException(ExitCode.Refused, $"REFUSED: {pushed.Tag} is on {remote.Upstream.Remote}; others may use it already.", new Detail("next", "git revert what is wrong, then release the next version"));
        }

        await new LocalRelease(_clone, site.Writing, configuration.Root) { Say = Say }.TakeBack(begun, journal, foreign: false, cancel).ConfigureAwait(false);
        return begun.Name;
    }

    private async Task<Site> Open(string branch, CancellationToken cancel)
    {
        Refusals.Detached(branch);
        var writing = new Writing(configuration.Root, await Author.Missing(new Git(configuration.Root), configuration.Versions.Author, cancel).ConfigureAwait(false));
        return new Site(writing, await _clone.Upstream(branch, cancel).ConfigureAwait(false) is { } upstream ? new Remote(upstream, writing) : null);
    }

    /// <summary>What is to be released now; <c>null</c>: nothing.</summary>
    /// <param name="before">waits for its push</param>
    private async Task<ReleaseIntent?> Decide(ReleaseIntent? before, string branch, Site site, CancellationToken cancel)
    {
        var plan = await VersionPlanner.Plan(configuration, cancel).ConfigureAwait(false);
        Show(plan);
        var versions = plan.Steps.Where(s => s.Next is not null).Select(s => new ReleasedVersion(s.Service, s.Next!.ToNormalizedString(), s.Tag!)).ToList();
        if (versions.Count == 0)
        {
            return null;
        }

        var (_, uncommitted) = await _clone.Status(cancel).ConfigureAwait(false);
        Refusals.Uncommitted(uncommitted);
        await Refusals.Behind(_clone, site.Remote?.Upstream, branch, cancel).ConfigureAwait(false);
        Refusals.Messages(plan, DespiteMessages);
        var changelog = await Changelog(plan, site.Remote?.Upstream, cancel).ConfigureAwait(false);
        return new ReleaseIntent(plan.Commit, branch, Today, ReleaseMessage.Of(versions), configuration.Versions.Changelog.File, versions)
        {
            Text = changelog.In(await Current(cancel).ConfigureAwait(false)),
            Before = before is null ? null : before with { Text = [] },
        };
    }

    /// <summary>Somebody else has released the same commit, and it came with a fetch.</summary>
    /// <param name="open">is under way here; <c>null</c>: nothing is, and the commit is HEAD</param>
    private async Task<ReleaseOutcome?> ByAnother(ReleaseIntent? open, LocalRelease local, Site site, CancellationToken cancel) =>
        site.Remote is { } remote && await _clone.ReleaseOf(open?.Base ?? "HEAD", remote.Upstream, cancel).ConfigureAwait(false) is var (commit, tags)
        && (open is null || await local.CommitOf(open, cancel).ConfigureAwait(false) != commit)
            ? new ReleaseOutcome(ReleaseState.ByAnother, tags, commit, site.Upstream) : null;

    private async Task<ReleaseChangelog> Changelog(VersionPlan plan, Upstream? upstream, CancellationToken cancel) =>
        new(plan, configuration.Versions.Changelog, Today, upstream is null ? null : RemoteLinks.Of(await _clone.Address(upstream.Remote, cancel).ConfigureAwait(false)));

    /// <summary>The changelog of the work tree; <c>null</c>: there is none.</summary>
    private async Task<byte[]?> Current(CancellationToken cancel) =>
        Path.Combine(configuration.Root, configuration.Versions.Changelog.File) is var file && File.Exists(file) ? await File.ReadAllBytesAsync(file, cancel).ConfigureAwait(false) : null;

    private DateOnly Today => DateOnly.FromDateTime(clock.GetLocalNow().DateTime);

    private sealed record Site(Writing Writing, Remote? Remote)
    {
        public string? Upstream => Remote?.Upstream.Name;
    }
}
