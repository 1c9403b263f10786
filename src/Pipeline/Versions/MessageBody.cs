using System.Text.RegularExpressions;

namespace Pipeline.Versions;

/// <summary>What follows the header: free text, then footers.</summary>
/// <param name="Breaking">what breaks, a text for each; an empty one where nothing but the token is there</param>
/// <param name="Doubts">what may be meant otherwise</param>
internal sealed partial record MessageBody(string Text, IReadOnlyList<MessageFooter> Footers, IReadOnlyList<string> Breaking, IReadOnlyList<(string Problem, string Fix)> Doubts)
{
    private const string Spaced = "BREAKING CHANGE";
    private const string Hyphened = "BREAKING-CHANGE";
    private static readonly MessageBody None = new("", [], [], []);

    /// <param name="text">after the header's line</param>
    /// <param name="withText">whether anybody will read the free text</param>
    public static MessageBody Read(ReadOnlySpan<char> text, bool withText)
    {
        if (text.IsWhiteSpace())
        {
            return None;
        }

        List<(string, string)> doubts = [];
        var lines = Lines(text);
        if (!lines[0].IsBlank)
        {
            doubts.Add(("has no blank line after its header, so tools take more for the header than its first line", "leave the second line empty"));
        }

        NearMisses(lines, text, doubts);
        var start = FirstFooter(lines);
        var free = start == 0 || !withText ? "" : text[..lines[start - 1].End].Trim().ToString();
        if (start == lines.Count && doubts.Count == 0)
        {
            return free.Length == 0 ? None : new(free, [], [], []);
        }

        var (footers, breaking) = (new List<MessageFooter>(), new List<string>());
        for (var i = start; i < lines.Count;)
        {
            var end = i + 1;
            while (end < lines.Count && lines[end].Token == 0)
            {
                end++;
            }

            var footer = new MessageFooter(text.Slice(lines[i].Start, lines[i].Token).ToString(), text[(lines[i].Start + lines[i].Token + 1)..lines[end - 1].End].Trim().ToString());
            footers.Add(footer);
            if (lines[i].IsBreaking)
            {
                breaking.Add(footer.Value);
                Doubt(lines, i, start, text, doubts);
            }

            i = end;
        }

        return new MessageBody(free, footers, breaking, doubts);
    }

    /// <summary>
    /// The line where footers begin: one that follows a blank line, or one behind which there is nothing else. A breaking change begins them
    /// wherever it stands: it is better read leniently than lost.
    /// </summary>
    private static int FirstFooter(List<Line> lines)
    {
        var pure = lines.Count;
        for (var i = lines.Count - 1; i >= 0 && (lines[i].IsBlank || lines[i].IsIndented || lines[i].Token > 0); i--)
        {
            pure = lines[i].Token == 0 ? pure : i;
        }

        for (var i = 0; i < pure; i++)
        {
            if (lines[i].IsBreaking || (lines[i].Token > 0 && i > 0 && lines[i - 1].IsBlank))
            {
                return i;
            }
        }

        return pure;
    }

    private static void Doubt(List<Line> lines, int at, int start, ReadOnlySpan<char> text, List<(string, string)> doubts)
    {
        if (at == start && at > 0 && !lines[at - 1].IsBlank)
        {
            doubts.Add(("has a breaking change without a blank line before it, which other tools do not see", "leave an empty line before 'BREAKING CHANGE: '"));
        }

        var value = text[(lines[at].Start + Spaced.Length + 1)..lines[at].End];
        if (value.IsWhiteSpace() || value[0] != ' ')
        {
            doubts.Add(("has no space and text after 'BREAKING CHANGE:', which other tools do not see", $"write what breaks in the same line: BREAKING CHANGE: {(value.IsWhiteSpace() ? "TEXT" : value.Trim())}"));
        }
    }

    /// <summary>Lines that were probably meant as breaking changes, and are none.</summary>
    private static void NearMisses(List<Line> lines, ReadOnlySpan<char> text, List<(string, string)> doubts)
    {
        if (!text.Contains("breaking", StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        foreach (var line in lines.Where(l => !l.IsBreaking))
        {
            var said = text[line.Start..line.End].ToString();
            if (NearMiss().Match(said) is { Success: true } miss)
            {
                doubts.Add(($"has a line '{miss.Value.Trim()}', which announces no breaking change", $"if it breaks something, write: BREAKING CHANGE: {said[miss.Length..].Trim()}"));
            }
        }
    }

    private static List<Line> Lines(ReadOnlySpan<char> text)
    {
        var lines = new List<Line>(text.Count('\n') + 1);
        for (var start = 0; start <= text.Length;)
        {
            var length = text[start..].IndexOf('\n');
            var end = length < 0 ? text.Length : start + length;
            lines.Add(Line.Of(text[start..end], start));
            start = end + 1;
        }

        return lines;
    }

    [GeneratedRegex(@"^[\s*_>#-]*breaking([ _-]?changes?)?[*_]*\s*[:#]", RegexOptions.IgnoreCase)]
    private static partial Regex NearMiss();

    /// <summary>Where a line is, and what it looks like; most are neither kept nor copied.</summary>
    /// <param name="Token">length of a footer's token at its beginning; 0: there is none</param>
    private readonly record struct Line(int Start, int End, int Token, bool IsBreaking, bool IsBlank, bool IsIndented)
    {
        public static Line Of(ReadOnlySpan<char> line, int start)
        {
            var breaking = line.Length > Spaced.Length && line[Spaced.Length] == ':' && (line.StartsWith(Spaced) || line.StartsWith(Hyphened));
            return new(start, start + line.Length, breaking ? Spaced.Length : TokenOf(line), breaking, line.IsWhiteSpace(), line is [var first, ..] && char.IsWhiteSpace(first));
        }

        /// <summary><c>token: value</c> or <c>token #value</c>, where the number sign stays with the value, as people write it.</summary>
        private static int TokenOf(ReadOnlySpan<char> line)
        {
            var end = 0;
            while (end < line.Length && (char.IsLetterOrDigit(line[end]) || line[end] == '-'))
            {
                end++;
            }

            return end > 0 && line[end..] is [':', ' ', ..] or [' ', '#', ..] && !line[(end + 2)..].IsWhiteSpace() ? end : 0;
        }
    }
}
