using System.Globalization;
using System.Text;

namespace Pipeline.Notifications;

/// <summary>A notice as people read it: what every receiver that shows text is made of.</summary>
public static class NoticeText
{
    private const int Longest = 500;

    /// <summary>One sentence; a test says so first.</summary>
    public static string Headline(Notice notice) => Shown($"{(notice.IsTest ? "[TEST] " : "")}{notice.Headline}");

    /// <summary>Labelled lines; those that say nothing are left out.</summary>
    public static IReadOnlyList<(string Label, string Text)> Rows(Notice notice) =>
    [
        .. new (string Label, string? Text)[]
        {
            ("Release", notice.About),
            ("Services", string.Join(", ", notice.Services.Select(s => $"{s.Service} {s.From ?? "none"} → {s.To}"))),
            ("Commit", notice.Commit is { } commit ? $"{commit[..Math.Min(7, commit.Length)]} {notice.Subject}" : null),
            ("Asked by", notice.By),
            ("Reason", notice.Reason),
            ("Why", string.Join("; ", notice.Why)),
            (Capitalised(notice.Environment), notice.State),
            ("Who can act", string.Join(", ", notice.Who)),
            ("Until", notice.Until is { } until ? Time(until) : null),
            ("Next", notice.Next),
            ("At", Time(notice.At)),
        }.Where(r => !string.IsNullOrWhiteSpace(r.Text)).Select(r => (r.Label, Shown(r.Text!))),
    ];

    /// <summary>All of it as plain text.</summary>
    public static string Plain(Notice notice)
    {
        var rows = Rows(notice);
        var width = rows.Max(r => r.Label.Length) + 2;
        var text = new StringBuilder(Headline(notice)).Append("\n\n");
        foreach (var (label, value) in rows.Concat(notice.Links.Select(l => (Capitalised(l.Name), l.Url.AbsoluteUri))))
        {
            text.Append(label.PadRight(width)).Append(value).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>
    /// Foreign text as it may be shown anywhere: one line of limited length, without invisible characters; what reads as a mention, a link or
    /// a Markdown link is parted by a zero-width space, so that nobody's commit message calls a channel or leads elsewhere.
    /// </summary>
    internal static string Shown(string text)
    {
        var shown = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var invisible = Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse;
            shown.Append(invisible ? " " : rune.ToString());
        }

        var line = string.Join(' ', shown.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var cut = line.Length <= Longest ? line : $"{line[..(char.IsHighSurrogate(line[Longest - 1]) ? Longest - 1 : Longest)]}…";
        return cut.Replace("@", "@\u200b", StringComparison.Ordinal).Replace("://", ":\u200b//", StringComparison.Ordinal).Replace("](", "]\u200b(", StringComparison.Ordinal);
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Capitalised(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
