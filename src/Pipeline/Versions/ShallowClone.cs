using System.Text;
using Pipeline.Changes;
using Pipeline.Outcomes;

namespace Pipeline.Versions;

/// <summary>A clone without its older commits: no version may be computed of what happens to be there.</summary>
internal static class ShallowClone
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Whether commits or tags that matter may be missing. What is there is only proven to be all of it where a straight line of commits leads
    /// to the last release, and no higher version is known that may lie beyond the edge.
    /// </summary>
    public static bool MayLack(ReleaseHistory history)
    {
        var (edge, graph) = (history.Head.Edge, history.Graph);
        return edge.Count > 0
            && (graph.Commits.Any(c => c.IsMerge || edge.Contains(c.Hash))
                || history.Series.Any(s => s.Stable is null || s.All.Tags[0].Version > s.Released.Max(t => t.Version)));
    }

    /// <summary>Fetches what is missing.</summary>
    /// <exception cref="UsageException">there is no remote, it does not answer in time, or refuses</exception>
    public static async Task Complete(Git git, HeadCommit head, CancellationToken cancel)
    {
        if (await Remote(git, head.Branch, cancel).ConfigureAwait(false) is not { } remote)
        {
            throw Refused("it has no remote to fetch them from", "git fetch --unshallow --tags URL");
        }

        string[] fetch = ["fetch", "--unshallow", "--tags", "--no-recurse-submodules", "--quiet", remote];
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        string said;
        try
        {
            said = (await git.Try(fetch, [], patience.Token).ConfigureAwait(false)).Said;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw Refused($"'{remote}' has not sent them within {Patience.TotalMinutes:0} minutes", $"git fetch --unshallow --tags {remote}");
        }

        // Whether it succeeded is seen by what is there: a tag that somebody has moved fails a fetch that has brought everything else.
        if ((await HeadCommit.Read(git, cancel).ConfigureAwait(false)).Edge.Count > 0)
        {
            throw Refused($"fetching them failed: {said}", $"git fetch --unshallow --tags {remote}");
        }
    }

    private static UsageException Refused(string why, string next) => new(
        $"No version can be computed: this clone is shallow and lacks commits since the last release, and {why}.",
        new Detail("next", next), new Detail("next", "in CI, clone the whole history: fetch-depth: 0 (GitHub), GIT_DEPTH: 0 (GitLab), fetchDepth: 0 (Azure)"));

    /// <summary>The branch's own, origin, or the only one.</summary>
    private static async Task<string?> Remote(Git git, string branch, CancellationToken cancel)
    {
        var own = await git.Try(["config", "--get", $"branch.{branch}.remote"], [], cancel).ConfigureAwait(false);
        var all = Encoding.UTF8.GetString(await git.Run(["remote"], cancel).ConfigureAwait(false)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return Encoding.UTF8.GetString(own.Output).Trim() is { Length: > 0 } named && all.Contains(named) ? named : all.Contains("origin") ? "origin" : all is [var only] ? only : null;
    }
}
