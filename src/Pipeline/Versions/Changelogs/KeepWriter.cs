namespace Pipeline.Versions.Changelogs;

/// <summary>Keep a Changelog: its six groups, and <c>Breaking</c> before them.</summary>
internal sealed class KeepWriter : ChangelogWriter
{
    public override string Beginning => """
        # Changelog

        Notable changes, newest first. The format is [Keep a Changelog](https://keepachangelog.com/en/1.1.0/), versions follow [Semantic Versioning](https://semver.org/).

        ## Unreleased

        """;

    public override bool TakesUnreleased => true;

    protected override string BreakingTitle => "Breaking";

    protected override string[] Order => ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

    public override string Heading(ReleaseNotes notes, bool byReference) => notes.Link is not { } link ? $"## {notes.Title} - {notes.Day}"
        : byReference ? $"## [{notes.Title}] - {notes.Day}"
        : $"## [{notes.Title}]({link}) - {notes.Day}";

    protected override string Title(ConventionalMessage message) =>
        Is(message.Type, "security") || message.Scopes.Any(s => Is(s, "security")) ? "Security"
        : message.Type.ToLowerInvariant() switch
        {
            "feat" or "feature" => "Added",
            "fix" => "Fixed",
            "deprecate" => "Deprecated",
            "remove" => "Removed",
            _ => "Changed",
        };

    protected override string Group(string title, IEnumerable<string> entries) => $"### {title}\n{string.Join('\n', entries)}";

    protected override string Entry(ReleaseNotes notes, ReleasedChange change) =>
        $"- {ReleaseNotes.Scope(change)}{(Is(change.Message.Type, "revert") ? "Reverted: " : "")}{ReleaseNotes.Description(change)} ({References(notes, change)})";

    protected override string BreakingEntry(ReleaseNotes notes, ReleasedChange change, string text) => $"- {BreakingText(change, text)} ({References(notes, change)})";

    /// <summary>What stands among the breaking ones in the same words is not said twice.</summary>
    protected override IEnumerable<ReleasedChange> Listed(ReleaseNotes notes) => notes.Changes.Where(c => !c.Message.Breaking.Contains(c.Message.Description));

    private static string References(ReleaseNotes notes, ReleasedChange change)
    {
        var closes = notes.Closes(change);
        return string.Join(", ", new[] { notes.PullRequest(change), closes.Count == 0 ? null : $"closes {string.Join(", ", closes)}", notes.Commit(change) }.OfType<string>());
    }

    private static bool Is(string text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);
}
