using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Deployments;

/// <summary>How a rollback's target is named.</summary>
public enum RollbackTargetKind
{
    /// <summary>The newest release before the current one that succeeded and survived its watch.</summary>
    LastGood,

    /// <summary>By a release's id.</summary>
    Release,

    /// <summary>By the version of a service that a release brought, or a release's id.</summary>
    Version,
}

/// <summary>Where a rollback goes.</summary>
/// <param name="Name">a release's id or a version; empty: the last good one</param>
public sealed record RollbackTarget(RollbackTargetKind Kind, string Name)
{
    private const string LastGoodWord = "last-good";

    /// <summary>The newest release before the current one that succeeded and survived its watch.</summary>
    public static RollbackTarget LastGood { get; } = new(RollbackTargetKind.LastGood, "");

    /// <summary>Reads what was typed.</summary>
    /// <param name="to"><c>last-good</c> or a release's id; <c>null</c>: not given</param>
    /// <param name="version"><c>null</c>: not given</param>
    /// <exception cref="UsageException">both were given</exception>
    public static RollbackTarget Of(string? to, string? version) => (to, version) switch
    {
        (not null, not null) => throw new UsageException("--to and --version both say where the rollback goes.", new Detail("next", "give one of them")),
        (_, not null) => new(RollbackTargetKind.Version, version),
        (null or LastGoodWord, _) => LastGood,
        _ => new(RollbackTargetKind.Release, to),
    };

    /// <summary>As it is typed.</summary>
    public override string ToString() => Kind switch
    {
        RollbackTargetKind.LastGood => $"--to={LastGoodWord}",
        RollbackTargetKind.Release => $"--to={Name}",
        _ => $"--version={Name}",
    };
}

/// <summary>Somebody, or a watch, wants an earlier release's state back.</summary>
/// <param name="Target">which one</param>
/// <param name="Reason">in a person's words, without secrets</param>
/// <param name="By"><c>user@host</c>, or who else asks</param>
public sealed record RollbackRequest(RollbackTarget Target, string Reason, string By)
{
    /// <summary>Id of what fired; there is one rollback per incident. <c>null</c>: a person asks.</summary>
    public string? Incident { get; init; }

    /// <summary>A person goes past releases that say <c>rollbackSafe: false</c>.</summary>
    public bool PastUnsafe { get; init; }
}

/// <summary>What became of a rollback.</summary>
/// <param name="Record">the rollback's own release; how it ended is its <see cref="ReleaseRecord.Outcome"/></param>
/// <param name="Deployed">what was proven; <c>null</c>: the incident had its rollback already, and this is its record</param>
public sealed record RollbackResult(ReleaseRecord Record, DeploymentResult? Deployed);
