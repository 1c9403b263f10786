using System.Text;
using System.Text.RegularExpressions;

namespace Pipeline.Versions.Changelogs;

/// <summary>Text that anybody may have written, so that it stays text on a page of Markdown or HTML.</summary>
internal static partial class MarkdownText
{
    /// <summary>One line: what stands between backticks stays code, everything else is plain.</summary>
    public static string Inline(string text)
    {
        var line = Blank().Replace(Unseen().Replace(text, ""), " ").Trim();
        var page = new StringBuilder(line.Length);
        for (var at = 0; at < line.Length;)
        {
            var ticks = line.AsSpan(at).IndexOfAnyExcept('`') is var run and >= 0 ? run : line.Length - at;
            if (ticks == 0)
            {
                page.Append(Plain(line, at++));
            }
            else if (Closing(line, at + ticks, ticks) is { } end)
            {
                page.Append(line, at, end - at);
                at = end;
            }
            else
            {
                page.Insert(page.Length, "\\`", ticks);
                at += ticks;
            }
        }

        return Opening().Replace(page.ToString(), m => m.Value.Insert(m.Length - 1, "\\"));
    }

    /// <summary>Behind the run of backticks, as long as the opening one, that closes it; <c>null</c>: none does.</summary>
    private static int? Closing(string line, int from, int ticks)
    {
        for (var at = from; at < line.Length;)
        {
            var start = line.IndexOf('`', at);
            if (start < 0)
            {
                return null;
            }

            at = start;
            while (at < line.Length && line[at] == '`')
            {
                at++;
            }

            if (at - start == ticks)
            {
                return at;
            }
        }

        return null;
    }

    private static string Plain(string line, int at) => line[at] switch
    {
        '<' => "&lt;",
        '\\' or '*' or '[' or ']' => $"\\{line[at]}",
        // Inside a word it means nothing: snake_case stays as it is.
        '_' when !IsWord(line, at - 1) || !IsWord(line, at + 1) => "\\_",
        '~' when at + 1 < line.Length && line[at + 1] == '~' => "\\~",
        var other => other.ToString(),
    };

    private static bool IsWord(string line, int at) => at >= 0 && at < line.Length && char.IsLetterOrDigit(line[at]);

    /// <summary>What would begin a heading, a quotation, a list or a block of code; its last character is the one to escape.</summary>
    [GeneratedRegex(@"^(?:#(?=#{0,5}(?:\s|$))|>|[+-](?=[\s-]|$)|=(?==*$)|~(?=~)|\d{1,9}[.)](?=\s|$))")]
    private static partial Regex Opening();

    /// <summary>Control characters, and those that turn the reading direction.</summary>
    [GeneratedRegex(@"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")]
    private static partial Regex Unseen();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
