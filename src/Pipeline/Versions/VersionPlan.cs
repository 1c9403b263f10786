using NuGet.Versioning;

namespace Pipeline.Versions;

/// <summary>By how much a version rises; the higher one counts.</summary>
public enum Bump
{
    /// <summary>Not at all: nothing to release.</summary>
    None,

    /// <summary>1.2.3 → 1.2.4</summary>
    Patch,

    /// <summary>1.2.3 → 1.3.0</summary>
    Minor,

    /// <summary>1.2.3 → 2.0.0</summary>
    Major,
}

/// <summary>One commit that a release consists of; what was reverted again is none.</summary>
/// <param name="Commit">full hash</param>
/// <param name="At">when it was committed</param>
/// <param name="Message">without its body</param>
/// <param name="Bump">what it asks for, by the release rules</param>
public sealed record ReleasedChange(string Commit, DateTimeOffset At, ConventionalMessage Message, Bump Bump)
{
    /// <summary>Number of the pull request named at the end of its header; <c>null</c>: none.</summary>
    public int? PullRequest { get; init; }
}

/// <summary>What a commit's message says wrongly, and how it would be right.</summary>
/// <param name="Commit">full hash; empty: the message of a commit that is not made yet</param>
/// <param name="Subject">its first line</param>
/// <param name="Problem">half a sentence: what is wrong, and what is lost by it</param>
/// <param name="Fix">what to write or type instead</param>
/// <param name="IsError">it would be dropped or misread; else a warning</param>
public sealed record MessageProblem(string Commit, string Subject, string Problem, string Fix, bool IsError);

/// <summary>The next version of one series: of the repository, or of one service.</summary>
/// <param name="Service">its name; <c>null</c>: the repository</param>
/// <param name="Released">the highest version released so far that HEAD holds; <c>null</c>: none</param>
/// <param name="ReleasedTag">its tag; <c>null</c>: none</param>
/// <param name="Next">the version to come; <c>null</c>: nothing to release</param>
/// <param name="Tag">the tag to come; <c>null</c>: nothing to release</param>
public sealed record VersionStep(string? Service, SemanticVersion? Released, string? ReleasedTag, SemanticVersion? Next, string? Tag)
{
    /// <summary>The highest of its changes.</summary>
    public Bump Bump { get; init; }

    /// <summary>Since <see cref="Released"/>, newest first, those that ask for nothing among them.</summary>
    public IReadOnlyList<ReleasedChange> Changes { get; init; } = [];
}

/// <summary>What the next release would be.</summary>
/// <param name="Commit">HEAD, full hash</param>
/// <param name="Branch">its name, or "(detached)"</param>
/// <param name="Steps">the repository's series first, then the services' in configuration order where they have their own</param>
/// <param name="Problems">of all messages since the last release, newest first</param>
public sealed record VersionPlan(string Commit, string Branch, IReadOnlyList<VersionStep> Steps, IReadOnlyList<MessageProblem> Problems);
