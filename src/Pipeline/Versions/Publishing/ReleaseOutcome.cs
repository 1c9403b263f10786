namespace Pipeline.Versions.Publishing;

/// <summary>How far a release came.</summary>
public enum ReleaseState
{
    /// <summary>No commit asks for a version.</summary>
    Nothing,

    /// <summary>Committed and tagged in this clone.</summary>
    Local,

    /// <summary>Nothing new; what was released in this clone before waits for its push.</summary>
    Waiting,

    /// <summary>The remote has it.</summary>
    Pushed,

    /// <summary>Another runner has released the same commit.</summary>
    ByAnother,
}

/// <summary>What <c>Release</c> did.</summary>
/// <param name="Tags">its tags; empty with <see cref="ReleaseState.Nothing"/></param>
/// <param name="Commit">that the tags are on; <c>null</c> with <see cref="ReleaseState.Nothing"/></param>
/// <param name="Upstream">where it is or would be pushed: <c>origin/main</c>; <c>null</c>: there is no remote</param>
public sealed record ReleaseOutcome(ReleaseState State, IReadOnlyList<string> Tags, string? Commit, string? Upstream);

/// <summary>A step of a release that has taken effect.</summary>
public enum ReleaseStage
{
    /// <summary>It is written down what will be done.</summary>
    Planned,

    /// <summary>The changelog has its section.</summary>
    Written,

    /// <summary>The release's commit is made.</summary>
    Committed,

    /// <summary>One more tag is there.</summary>
    Tagged,

    /// <summary>The remote has branch and tags.</summary>
    Pushed,
}
