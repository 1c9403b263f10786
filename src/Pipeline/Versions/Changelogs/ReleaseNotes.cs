using System.Globalization;
using System.Text.RegularExpressions;

namespace Pipeline.Versions.Changelogs;

/// <summary>What a version brings, before it has a form.</summary>
/// <param name="Step">the repository's or a service's, with a next version</param>
/// <param name="Date">of the release</param>
/// <param name="Links">to the code host's pages; <c>null</c>: none are known</param>
internal sealed partial record ReleaseNotes(VersionStep Step, DateOnly Date, RemoteLinks? Links)
{
    private const int ShortHash = 7;

    /// <summary>Services that get a version of their own in the same release.</summary>
    public IReadOnlyList<VersionStep> Services { get; init; } = [];

    /// <summary>As headings say it: <c>1.3.0</c>, <c>api 1.4.0</c>.</summary>
    public string Title => TitleOf(Step);

    public string Day => Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>What changed since the version before, or the tag where there is none before.</summary>
    public string? Link => Links is null ? null : Step.ReleasedTag is { } before ? Links.Compare(before, Step.Tag!) : Links.Tag(Step.Tag!);

    /// <summary>Those that users notice: they asked for a version.</summary>
    public IEnumerable<ReleasedChange> Changes => Step.Changes.Where(c => c.Bump != Bump.None || c.Message.Breaking.Count > 0);

    /// <summary>What breaks, commit by commit, newest first.</summary>
    public IEnumerable<(ReleasedChange Change, string Text)> Breaking => Step.Changes.SelectMany(c => c.Message.Breaking.Select(text => (c, text)));

    public static string TitleOf(VersionStep step) => step.Service is null ? step.Next!.ToNormalizedString() : $"{step.Service} {step.Next!.ToNormalizedString()}";

    /// <summary>Grouped, scope by scope; those without one first, of one scope the newest first.</summary>
    /// <param name="title">what a change's group is called</param>
    /// <param name="order">of the titles; others come after them</param>
    public static IEnumerable<(string Title, IEnumerable<ReleasedChange> Changes)> Groups(IEnumerable<ReleasedChange> changes, Func<ConventionalMessage, string> title, string[] order) => changes
        .GroupBy(c => title(c.Message))
        .OrderBy(g => Array.IndexOf(order, g.Key) is var at and >= 0 ? at : int.MaxValue).ThenBy(g => g.Key, StringComparer.Ordinal)
        .Select(g => (g.Key, g.OrderBy(c => string.Join(", ", c.Message.Scopes), StringComparer.OrdinalIgnoreCase).AsEnumerable()));

    /// <summary>The description without the pull request's number, which is linked.</summary>
    public static string Description(ReleasedChange change) => MarkdownText.Inline(
        change.PullRequest is { } number && change.Message.Description is var text && text.EndsWith($"(#{number})", StringComparison.Ordinal) ? text[..text.LastIndexOf('(')] : change.Message.Description);

    /// <summary><c>**api, web:** </c>, or nothing.</summary>
    public static string Scope(ReleasedChange change) => change.Message.Scopes.Count == 0 ? "" : $"**{MarkdownText.Inline(string.Join(", ", change.Message.Scopes))}:** ";

    public string Commit(ReleasedChange change) => Linked(change.Commit[..Math.Min(ShortHash, change.Commit.Length)], Links?.Commit(change.Commit));

    public string? PullRequest(ReleasedChange change) => change.PullRequest is { } number ? Linked($"#{number}", Links?.PullRequest(number)) : null;

    /// <summary>The issues that its footers close.</summary>
    public IReadOnlyList<string> Closes(ReleasedChange change) =>
    [
        .. change.Message.Footers.Where(f => ClosingToken().IsMatch(f.Token)).SelectMany(f => IssueNumber().Matches(f.Value))
            .Select(m => int.TryParse(m.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Linked($"#{number}", Links?.Issue(number)) : null).OfType<string>().Distinct(),
    ];

    private static string Linked(string text, string? address) => address is null ? text : $"[{text}]({address})";

    [GeneratedRegex("^(close[sd]?|fix(es|ed)?|resolve[sd]?)$", RegexOptions.IgnoreCase)]
    private static partial Regex ClosingToken();

    [GeneratedRegex(@"(?:(?<![\w/-])#|^)(\d+)\b")]
    private static partial Regex IssueNumber();
}
