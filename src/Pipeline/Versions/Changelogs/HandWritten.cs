using System.Text;
using System.Text.RegularExpressions;

namespace Pipeline.Versions.Changelogs;

/// <summary>What people wrote below <c>Unreleased</c>.</summary>
/// <param name="Text">with what encloses it</param>
/// <param name="Length">up to its last line that is not blank</param>
/// <param name="HasEntries">items of a list: the notes of the version, as they are</param>
/// <param name="HasText">anything else that is neither a heading nor a comment</param>
internal sealed partial record HandWritten(string Text, int Length, bool HasEntries, bool HasText)
{
    /// <param name="text">a character for each byte</param>
    public static HandWritten Of(string text)
    {
        var lines = MarkdownLines.Of(text).All.Where(l => l.Text.Trim().Length > 0).ToList();
        return new HandWritten(
            Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text)),
            lines.Count == 0 ? 0 : lines[^1].End,
            lines.Any(l => l.Kind == LineKind.Text && Item().IsMatch(l.Text)),
            lines.Any(l => l.Kind == LineKind.Code || (l.Kind == LineKind.Text && !Heading().IsMatch(l.Text))));
    }

    /// <summary>The change is in it: its words, its pull request or its commit.</summary>
    public bool Mentions(ReleasedChange change, string breaking) =>
        Squeezed(Text).Contains(Squeezed(breaking), StringComparison.OrdinalIgnoreCase)
        || Text.Contains(change.Commit[..Math.Min(7, change.Commit.Length)], StringComparison.OrdinalIgnoreCase)
        || (change.PullRequest is { } number && Regex.IsMatch(Text, $@"#{number}\b", RegexOptions.None, TimeSpan.FromSeconds(1)));

    private static string Squeezed(string text) => Blank().Replace(text, " ").Trim();

    [GeneratedRegex(@"^\s*([-*+]|\d{1,9}[.)])\s+\S")]
    private static partial Regex Item();

    [GeneratedRegex("^ {0,3}#{1,6}([ \t]|$)")]
    private static partial Regex Heading();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
