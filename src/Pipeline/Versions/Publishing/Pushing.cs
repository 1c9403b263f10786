using Pipeline.Outcomes;

namespace Pipeline.Versions.Publishing;

/// <summary>Sends a release to the remote, once. Of several runners that send at the same time, the remote takes one.</summary>
internal sealed class Pushing(Clone clone, Remote remote, LocalRelease local, ReleaseJournal journal)
{
    public Action<string, string> Say { get; init; } = (_, _) => { };

    public Func<ReleaseStage, CancellationToken, Task> Between { get; init; } = (_, _) => Task.CompletedTask;

    private string Name => remote.Upstream.Remote;

    /// <param name="made">the release in this clone</param>
    /// <exception cref="PipelineException">the branch has moved on over there, or the remote refuses (3)</exception>
    public async Task<ReleaseOutcome> Run(ReleaseIntent intent, ReleaseOutcome made, CancellationToken cancel)
    {
        var there = await Look(intent, made.Commit!, cancel).ConfigureAwait(false);
        var words = there.IsComplete || there.HasMoved ? null : await remote.Push(there.HasCommit ? null : made.Commit, there.MissingTags, cancel).ConfigureAwait(false);
        if (words is not null)
        {
            // It may have been taken though the answer was lost; or somebody was faster.
            there = await Look(intent, made.Commit!, cancel).ConfigureAwait(false);
        }

        if (there.HasMoved)
        {
            return await Lost(intent, made, cancel).ConfigureAwait(false);
        }

        if (words is not null && !there.IsComplete)
        {
            throw Refusals.Push(intent.Name, Name, words);
        }

        Say("Push", $"{remote.Upstream.Name}, {string.Join(", ", intent.AllTags)}");
        await Between(ReleaseStage.Pushed, cancel).ConfigureAwait(false);
        journal.Forget(null);
        return made with { State = ReleaseState.Pushed };
    }

    /// <summary>What was made here is taken back: either the same release is there already, or it has to be planned anew on what is there now.</summary>
    private async Task<ReleaseOutcome> Lost(ReleaseIntent intent, ReleaseOutcome made, CancellationToken cancel)
    {
        await local.TakeBack(intent, journal, foreign: true, cancel).ConfigureAwait(false);
        await remote.Fetch(cancel).ConfigureAwait(false);
        if (await clone.ReleaseOf(intent.Base, remote.Upstream, cancel).ConfigureAwait(false) is var (theirs, tags))
        {
            return made with { State = ReleaseState.ByAnother, Commit = theirs, Tags = tags };
        }

        var ahead = await clone.Count(remote.Upstream.Tracking, "HEAD", cancel).ConfigureAwait(false);
        throw Refusals.Moved($"REFUSED: somebody pushed to {remote.Upstream.Name} meanwhile; {intent.Name} was taken back, and nothing of it was pushed.", ahead > 0);
    }

    private async Task<Standing> Look(ReleaseIntent intent, string commit, CancellationToken cancel)
    {
        var there = await remote.References(intent.AllTags, cancel).ConfigureAwait(false);
        var (missing, foreign) = (new List<string>(), false);
        foreach (var tag in intent.AllTags)
        {
            // One of an earlier release may have been deleted here: then it is not wanted.
            if (await clone.Reference($"refs/tags/{tag}", cancel).ConfigureAwait(false) is not { } ours)
            {
                continue;
            }

            var held = there.GetValueOrDefault($"refs/tags/{tag}");
            foreign |= held is not null && held != ours;
            if (held is null)
            {
                missing.Add(tag);
            }
        }

        var tip = there.GetValueOrDefault(remote.Upstream.Reference);
        var has = tip is not null && await clone.Contains(tip, commit, cancel).ConfigureAwait(false);
        return new Standing(missing, has, foreign || (tip is not null && !has && !await clone.Contains(commit, tip, cancel).ConfigureAwait(false)));
    }

    /// <summary>How the remote stands.</summary>
    /// <param name="HasMoved">it has a tag of ours on something else, or a branch that ours does not continue</param>
    private sealed record Standing(IReadOnlyList<string> MissingTags, bool HasCommit, bool HasMoved)
    {
        public bool IsComplete => HasCommit && MissingTags.Count == 0 && !HasMoved;
    }
}
