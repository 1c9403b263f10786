using Pipeline.Aws;

namespace Pipeline.Approvals;

/// <summary>A deployment that waits, or waited, for people.</summary>
/// <param name="Id">the release's id</param>
/// <param name="Environment">where it is to be deployed</param>
/// <param name="Plan">hash over everything that is approved; another hash is another request</param>
/// <param name="Requester">who asked for it, as STS says</param>
/// <param name="RequestedAt">UTC</param>
/// <param name="Expires">UTC; from then on it is not deployed any more</param>
public sealed record DeploymentRequest(string Id, string Environment, string Plan, CallerIdentity Requester, DateTimeOffset RequestedAt, DateTimeOffset Expires)
{
    /// <summary>What is approved, a few lines for people.</summary>
    public IReadOnlyList<string> Summary { get; init; } = [];

    /// <summary>How many people must say yes; more if the configuration says more by then.</summary>
    public int Required { get; init; }

    /// <summary>The GitHub workflow run that asked; <c>null</c>: none did.</summary>
    public GitHubRun? GitHubRun { get; init; }

    /// <summary>How it ended; <c>null</c>: it is open.</summary>
    public RequestEnd? Closed { get; init; }

    /// <summary>When it ended, UTC.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>What to type to go on once it is approved.</summary>
    public string? Command { get; init; }
}

/// <summary>How a request ended.</summary>
public enum RequestEnd
{
    /// <summary>What it asked for was begun.</summary>
    Deployed,

    /// <summary>An approver said no.</summary>
    Rejected,

    /// <summary>Nobody decided in time.</summary>
    Expired,

    /// <summary>A newer request took its place.</summary>
    Superseded,

    /// <summary>The plan is not what it was.</summary>
    Void,
}
