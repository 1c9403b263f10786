namespace Pipeline.Approvals;

/// <summary>The GitHub workflow run that this process belongs to, and where its approvals are read.</summary>
/// <param name="Run">the run</param>
/// <param name="Api">GitHub's API; <c>null</c>: there is no token for it, so nothing that people decide there counts</param>
public sealed record GitHubSource(GitHubRun Run, GitHubApprovals? Api)
{
    /// <summary>From the surroundings; <c>null</c>: this is no such run.</summary>
    /// <param name="variable">the environment's variables</param>
    public static GitHubSource? Current(Func<string, string?> variable) => GitHubRun.Current(variable) is { } run ? new(run, GitHubApprovals.Current(variable)) : null;

    /// <summary>The run with whoever triggered it: on GitHub that person is the requester.</summary>
    public async Task<GitHubRun> Triggered(CancellationToken cancel) =>
        Api is null ? Run : Run with { TriggeredBy = (await Api.TriggeredBy(Run, cancel).ConfigureAwait(false)).Value };
}
