using Pipeline.Configuration;

namespace Pipeline.Versions.Changelogs;

/// <summary>How a version's section is written; the layouts differ in words and signs.</summary>
internal abstract class ChangelogWriter
{
    /// <summary>What a new file begins with.</summary>
    public abstract string Beginning { get; }

    /// <summary>Entries that were written by hand before the release become the version's own.</summary>
    public abstract bool TakesUnreleased { get; }

    /// <summary>The group of what breaks.</summary>
    protected abstract string BreakingTitle { get; }

    /// <summary>The groups in the order they are shown; others follow.</summary>
    protected abstract string[] Order { get; }

    public static ChangelogWriter Of(ChangelogLayout layout) => layout == ChangelogLayout.Conventional ? new ConventionalWriter() : new KeepWriter();

    /// <summary>The version's heading.</summary>
    /// <param name="byReference">the file defines its links in lines of their own</param>
    public abstract string Heading(ReleaseNotes notes, bool byReference);

    /// <summary>The services that are released with it, then what breaks; empty: neither.</summary>
    /// <param name="isKnown">the reader is told of this change by hand</param>
    public string First(ReleaseNotes notes, Func<ReleasedChange, string, bool> isKnown)
    {
        var breaking = notes.Breaking.Where(b => !isKnown(b.Change, b.Text)).Select(b => BreakingEntry(notes, b.Change, b.Text)).ToList();
        return Blocks(
            notes.Services.Count == 0 ? "" : $"Services: {string.Join(", ", notes.Services.Select(ReleaseNotes.TitleOf))}",
            breaking.Count == 0 ? "" : Group(BreakingTitle, breaking));
    }

    /// <summary>Everything else, grouped; empty: nothing else.</summary>
    public string Groups(ReleaseNotes notes) =>
        Blocks([.. ReleaseNotes.Groups(Listed(notes), Title, Order).Select(g => Group(g.Title, g.Changes.Select(c => Entry(notes, c))))]);

    /// <summary>All of it below the heading.</summary>
    public string Body(ReleaseNotes notes) => Blocks(First(notes, (_, _) => false), Groups(notes));

    /// <summary>A blank line between them.</summary>
    public static string Blocks(params IReadOnlyList<string> blocks) => string.Join("\n\n", blocks.Where(b => b.Length > 0));

    protected abstract string Title(ConventionalMessage message);

    protected abstract string Group(string title, IEnumerable<string> entries);

    protected abstract string Entry(ReleaseNotes notes, ReleasedChange change);

    protected abstract string BreakingEntry(ReleaseNotes notes, ReleasedChange change, string text);

    /// <summary>The changes that stand in groups.</summary>
    protected virtual IEnumerable<ReleasedChange> Listed(ReleaseNotes notes) => notes.Changes;

    /// <summary>Of a lone <c>!</c> the description says what breaks.</summary>
    protected static string BreakingText(ReleasedChange change, string text) =>
        ReleaseNotes.Scope(change) + (text == change.Message.Description ? ReleaseNotes.Description(change) : MarkdownText.Inline(text));
}
