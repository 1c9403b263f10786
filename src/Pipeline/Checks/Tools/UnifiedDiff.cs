using System.Globalization;
using System.Text.RegularExpressions;

namespace Pipeline.Checks.Tools;

/// <summary>Reads a unified diff of many files as black and isort print it. Hunks are counted, so no line of code is taken for a header.</summary>
internal static partial class UnifiedDiff
{
    /// <returns>file as the diff's header names it → the first line that differs, in the file as it is</returns>
    public static IReadOnlyDictionary<string, int> FirstLines(string diff)
    {
        var firsts = new Dictionary<string, int>(StringComparer.Ordinal);
        var lines = diff.Split('\n');
        var file = "";
        for (var at = 0; at < lines.Length;)
        {
            if (Hunk().Match(lines[at]) is { Success: true } hunk)
            {
                var first = Consume(lines, ref at, hunk);
                firsts.TryAdd(file, first);
            }
            else if (lines[at].StartsWith("--- ", StringComparison.Ordinal))
            {
                file = Header(lines, ref at);
            }
            else
            {
                at++;
            }
        }

        return firsts;
    }

    /// <summary>A file's name may have several lines; a tab and the time end it.</summary>
    private static string Header(string[] lines, ref int at)
    {
        var from = at++;
        while (at < lines.Length && !lines[at].StartsWith("+++ ", StringComparison.Ordinal))
        {
            at++;
        }

        var text = string.Join('\n', lines[from..at])[4..];
        return text.LastIndexOf('\t') is var tab and > 0 ? text[..tab] : text;
    }

    private static int Consume(string[] lines, ref int at, Match hunk)
    {
        var (line, old, @new) = (Number(hunk, "line", 1), Number(hunk, "old", 1), Number(hunk, "new", 1));
        int? first = null;
        for (at++; at < lines.Length && (old > 0 || @new > 0); at++)
        {
            var sign = lines[at].Length > 0 ? lines[at][0] : ' ';
            if (sign is '-' or '+')
            {
                first ??= line;
            }

            old -= sign is '-' or ' ' ? 1 : 0;
            @new -= sign is '+' or ' ' ? 1 : 0;
            line += sign is '-' or ' ' ? 1 : 0;
        }

        return Math.Max(1, first ?? line);
    }

    private static int Number(Match match, string group, int otherwise) =>
        match.Groups[group].Success && int.TryParse(match.Groups[group].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    [GeneratedRegex(@"^@@ -(?<line>\d+)(,(?<old>\d+))? \+\d+(,(?<new>\d+))? @@")]
    private static partial Regex Hunk();
}
