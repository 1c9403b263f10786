namespace Pipeline.Approvals;

/// <summary>What somebody wrote to say yes or no. Who it was is not in it: only the key under which it lies can tell.</summary>
/// <param name="Deployment">the request's id</param>
/// <param name="Environment">the request's</param>
/// <param name="Plan">hash of what was approved</param>
/// <param name="Approve">yes or no</param>
/// <param name="Reason">in the voter's words</param>
/// <param name="At">UTC, by the voter's clock</param>
public sealed record Vote(string Deployment, string Environment, string Plan, bool Approve, string? Reason, DateTimeOffset At)
{
    /// <summary>Of this one writing.</summary>
    public string? Writing { get; init; }
}

/// <summary>A vote that counts.</summary>
/// <param name="Person">the configured entry that the voter is</param>
/// <param name="By">the voter: ARN of the user or role, or <c>github:LOGIN</c></param>
/// <param name="At">UTC, not before it was stored</param>
/// <param name="Reason">in the voter's words</param>
public sealed record CountedVote(string Person, string By, DateTimeOffset At, string? Reason);

/// <summary>A vote that does not count.</summary>
/// <param name="By">the voter, or the object's key where that names nobody</param>
/// <param name="Why">half a sentence</param>
public sealed record IgnoredVote(string By, string Why);

/// <summary>How a request stands.</summary>
public enum ApprovalVerdict
{
    /// <summary>People are missing.</summary>
    Waiting,

    /// <summary>Enough people said yes, and nobody no.</summary>
    Approved,

    /// <summary>Somebody said no.</summary>
    Rejected,

    /// <summary>It is over.</summary>
    Expired,

    /// <summary>It is not about what would be deployed now.</summary>
    Void,
}

/// <summary>The votes on a request, counted.</summary>
/// <param name="Verdict">only <see cref="ApprovalVerdict.Approved"/> lets it go on</param>
/// <param name="Why">half a sentence: what the verdict comes from</param>
/// <param name="Required">people that must say yes</param>
public sealed record Tally(ApprovalVerdict Verdict, string Why, int Required)
{
    /// <summary>Those who said yes, in time's order.</summary>
    public IReadOnlyList<CountedVote> Approvals { get; init; } = [];

    /// <summary>Those who said no.</summary>
    public IReadOnlyList<CountedVote> Rejections { get; init; } = [];

    /// <summary>What does not count, and why.</summary>
    public IReadOnlyList<IgnoredVote> Ignored { get; init; } = [];

    /// <summary>Configured people who may still say yes.</summary>
    public IReadOnlyList<string> Awaited { get; init; } = [];

    /// <summary>Sources of approvals that could not be read; they never count as a yes.</summary>
    public IReadOnlyList<string> NotEvaluable { get; init; } = [];

    /// <summary>When the last yes came that was needed; <c>null</c>: it has not.</summary>
    public DateTimeOffset? ApprovedAt { get; init; }

    /// <summary>How many people must still say yes.</summary>
    public int Missing => Math.Max(0, Required - Approvals.Count);
}
