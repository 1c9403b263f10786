namespace Pipeline.Versions;

/// <summary>What becomes of a commit by its message.</summary>
public enum MessageKind
{
    /// <summary>It says what changed.</summary>
    Change,

    /// <summary>It calls itself a merge: what changed is said by the commits that it merges.</summary>
    Merge,

    /// <summary>It is a release's own commit.</summary>
    Release,

    /// <summary>It is no Conventional Commit: no release mentions it, no version rises by it.</summary>
    Unreadable,
}

/// <summary>A commit's message, read.</summary>
/// <param name="Kind">what becomes of the commit</param>
/// <param name="Subject">its first line</param>
/// <param name="Message"><c>null</c> unless it is a <see cref="MessageKind.Change"/></param>
public sealed record ParsedMessage(MessageKind Kind, string Subject, ConventionalMessage? Message = null)
{
    /// <summary>Number of the pull request named at the end of its header, or by its prefix; <c>null</c>: none.</summary>
    public int? PullRequest { get; init; }

    /// <summary>The commits that it takes back; empty: it is no revert, or names none by its hash.</summary>
    public IReadOnlyList<RevertedCommit> Reverts { get; init; } = [];

    /// <summary>What it says wrongly.</summary>
    public IReadOnlyList<MessageProblem> Problems { get; init; } = [];
}

/// <summary>A commit that another one takes back.</summary>
/// <param name="Hash">in lower case, at least seven digits of it</param>
/// <param name="Mainline">of a merge: the parent that it went back to; <c>null</c>: it was no merge, or that is not said</param>
public sealed record RevertedCommit(string Hash, string? Mainline = null);
