using System.Text.RegularExpressions;

namespace Pipeline.Versions.Changelogs;

/// <summary>What a line is part of.</summary>
internal enum LineKind
{
    /// <summary>The page itself.</summary>
    Text,

    /// <summary>A block of code: nothing in it is a heading.</summary>
    Code,

    /// <summary>A comment: nothing in it is shown.</summary>
    Comment,
}

/// <summary>One line of a page.</summary>
/// <param name="Start">of its first character</param>
/// <param name="End">behind its line feed</param>
/// <param name="Text">without what ends it</param>
internal sealed record MarkdownLine(int Start, int End, string Text, LineKind Kind);

/// <summary>A page's lines.</summary>
/// <param name="End">where text can be added at the end: before a block or comment that nobody closed</param>
internal sealed partial record MarkdownLines(IReadOnlyList<MarkdownLine> All, int End)
{
    /// <param name="text">a character for each byte; a byte order mark is not part of the first line</param>
    public static MarkdownLines Of(string text)
    {
        var lines = new List<MarkdownLine>();
        string? fence = null;
        var (comment, opened) = (false, 0);
        for (var start = text.StartsWith("ï»¿", StringComparison.Ordinal) ? 3 : 0; start < text.Length; start = lines[^1].End)
        {
            var end = text.IndexOf('\n', start) is var feed and >= 0 ? feed + 1 : text.Length;
            var line = text[start..end].TrimEnd('\n', '\r');
            var kind = fence is not null ? LineKind.Code : comment || line.TrimStart().StartsWith("<!--", StringComparison.Ordinal) ? LineKind.Comment : LineKind.Text;
            if (fence is not null)
            {
                fence = Closes(line.Trim(), fence) ? null : fence;
            }
            else if (!comment && Fence().Match(line) is { Success: true } opening)
            {
                (fence, kind, opened) = (opening.Groups[1].Value, LineKind.Code, start);
            }
            else
            {
                var (begins, ends) = (line.LastIndexOf("<!--", StringComparison.Ordinal), line.LastIndexOf("-->", StringComparison.Ordinal));
                (comment, opened) = (begins > ends || (comment && ends < 0), comment ? opened : start);
            }

            lines.Add(new MarkdownLine(start, end, line, kind));
        }

        return new(lines, fence is null && !comment ? text.Length : opened);
    }

    private static bool Closes(string line, string fence) => line.StartsWith(fence, StringComparison.Ordinal) && line.Trim(fence[0]).Length == 0;

    [GeneratedRegex("^ {0,3}(`{3,}|~{3,})[^`]*$")]
    private static partial Regex Fence();
}
