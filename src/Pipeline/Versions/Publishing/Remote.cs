using System.Text;
using Pipeline.Changes;
using Pipeline.Outcomes;

namespace Pipeline.Versions.Publishing;

/// <summary>Where a branch is pushed to.</summary>
/// <param name="Remote">its name: <c>origin</c></param>
/// <param name="Reference">the branch over there: <c>refs/heads/main</c></param>
/// <param name="Tracking">what this clone knows of it: <c>refs/remotes/origin/main</c></param>
internal sealed record Upstream(string Remote, string Reference, string Tracking)
{
    /// <summary><c>origin/main</c>.</summary>
    public string Name => Tracking.StartsWith("refs/remotes/", StringComparison.Ordinal) ? Tracking["refs/remotes/".Length..] : $"{Remote} {Reference}";
}

/// <summary>The other side.</summary>
internal sealed class Remote(Upstream upstream, Writing writing)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>A pre-push hook may test, and a server's may, too.</summary>
    private static readonly TimeSpan PushTime = TimeSpan.FromMinutes(15);

    public Upstream Upstream => upstream;

    /// <summary>Gets what is new on the branches, and the tags on them.</summary>
    /// <exception cref="PipelineException">it cannot be reached</exception>
    public async Task Fetch(CancellationToken cancel) =>
        Demand(await writing.Act(["fetch", "--quiet", upstream.Remote], "", Patience, cancel).ConfigureAwait(false));

    /// <summary>What the branch and some tags hold over there; what is not there is not in it.</summary>
    public async Task<IReadOnlyDictionary<string, string>> References(IEnumerable<string> tags, CancellationToken cancel)
    {
        var answer = Demand(await writing.Act(["ls-remote", "--quiet", upstream.Remote, upstream.Reference, .. tags.Select(t => $"refs/tags/{t}")], "", Patience, cancel).ConfigureAwait(false));
        return Encoding.UTF8.GetString(answer.Output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t')).Where(f => f.Length == 2).ToDictionary(f => f[1], f => f[0]);
    }

    /// <summary>Sends a branch and tags: all of it, or nothing. Where the branch has moved on over there, or has one of the tags, it is nothing.</summary>
    /// <param name="commit">the branch's new tip; <c>null</c>: it holds it already</param>
    /// <returns>what was said where it was not taken; <c>null</c>: it is there</returns>
    public async Task<string?> Push(string? commit, IReadOnlyList<string> tags, CancellationToken cancel)
    {
        string[] references = [.. commit is null ? [] : new[] { $"{commit}:{upstream.Reference}" }, .. tags.Select(t => $"refs/tags/{t}:refs/tags/{t}")];
        var answer = await writing.Act(["push", "--quiet", "--atomic", "--no-follow-tags", upstream.Remote, .. references], "", PushTime, cancel).ConfigureAwait(false);
        return answer.ExitCode == 0 ? null : GitWords.Of(answer);
    }

    private GitAnswer Demand(GitAnswer answer) => answer.ExitCode == 0 ? answer
        : throw new PipelineException(ExitCode.Failed, $"The remote '{upstream.Remote}' does not answer.", new Detail("why", GitWords.Of(answer)), new Detail("next", $"git fetch {upstream.Remote} until it works, then the same command again"));
}
