namespace Pipeline.Versions.Changelogs;

/// <summary>As conventional-changelog and the tools around it write it.</summary>
internal sealed class ConventionalWriter : ChangelogWriter
{
    private static readonly (string Type, string Title)[] Types =
    [
        ("feat", "Features"),
        ("fix", "Bug Fixes"),
        ("perf", "Performance Improvements"),
        ("revert", "Reverts"),
        ("docs", "Documentation"),
        ("style", "Styles"),
        ("chore", "Miscellaneous Chores"),
        ("refactor", "Code Refactoring"),
        ("test", "Tests"),
        ("build", "Build System"),
        ("ci", "Continuous Integration"),
    ];

    public override string Beginning => "# Changelog\n";

    public override bool TakesUnreleased => false;

    protected override string BreakingTitle => "⚠ BREAKING CHANGES";

    protected override string[] Order { get; } = [.. Types.Select(t => t.Title)];

    public override string Heading(ReleaseNotes notes, bool byReference) => notes.Link is { } link ? $"## [{notes.Title}]({link}) ({notes.Day})" : $"## {notes.Title} ({notes.Day})";

    protected override string Title(ConventionalMessage message)
    {
        var type = message.Type.ToLowerInvariant() is "feature" ? "feat" : message.Type.ToLowerInvariant();
        return Types.FirstOrDefault(t => t.Type == type).Title ?? MarkdownText.Inline(char.ToUpperInvariant(message.Type[0]) + message.Type[1..]);
    }

    protected override string Group(string title, IEnumerable<string> entries) => $"### {title}\n\n{string.Join('\n', entries)}";

    protected override string Entry(ReleaseNotes notes, ReleasedChange change)
    {
        var (pullRequest, closes) = (notes.PullRequest(change), notes.Closes(change));
        return $"* {ReleaseNotes.Scope(change)}{ReleaseNotes.Description(change)}{(pullRequest is null ? "" : $" ({pullRequest})")} ({notes.Commit(change)}){(closes.Count == 0 ? "" : $", closes {string.Join(' ', closes)}")}";
    }

    protected override string BreakingEntry(ReleaseNotes notes, ReleasedChange change, string text) => $"* {BreakingText(change, text)}";
}
