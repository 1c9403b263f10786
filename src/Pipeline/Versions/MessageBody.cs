using System.Text.RegularExpressions;

namespace Pipeline.Versions;

/// <summary>What follows the header: free text, then footers.</summary>
/// <param name="Breaking">what breaks, a text for each; an empty one where nothing but the token is there</param>
/// <param name="Doubts">what may be meant otherwise</param>
internal sealed partial record MessageBody(string Text, IReadOnlyList<MessageFooter> Footers, IReadOnlyList<string> Breaking, IReadOnlyList<(string Problem, string Fix)> Doubts)
{
    private static readonly MessageBody None = new("", [], [], []);
    private static readonly string[] BreakingTokens = ["BREAKING CHANGE", "BREAKING-CHANGE"];

    /// <param name="lines">after the header</param>
    public static MessageBody Read(ReadOnlySpan<string> lines)
    {
        if (!lines.ContainsAnyExcept(""))
        {
            return None;
        }

        List<(string, string)> doubts = lines[0].Length > 0 ? [("has no blank line after its header, so tools take more for the header than its first line", "leave the second line empty")] : [];
        var start = FirstFooter(lines);
        var footers = new List<(string Token, List<string> Value)>();
        for (var i = start; i < lines.Length; i++)
        {
            if (Token(lines[i]) is not { } token)
            {
                footers[^1].Value.Add(lines[i]);
                continue;
            }

            footers.Add((token.Name, [token.Value]));
            if (IsBreaking(token.Name))
            {
                Doubt(lines, i, start, token.Value, doubts);
            }
        }

        NearMisses(lines, doubts);
        var read = footers.Select(f => new MessageFooter(f.Token, string.Join('\n', f.Value).Trim())).ToList();
        return new MessageBody(string.Join('\n', lines[..start]!).Trim(), read, [.. read.Where(f => IsBreaking(f.Token)).Select(f => f.Value)], doubts);
    }

    /// <summary>
    /// The line where footers begin: one that follows a blank line, or one behind which there is nothing else. A breaking change begins them
    /// wherever it stands: it is better read leniently than lost.
    /// </summary>
    private static int FirstFooter(ReadOnlySpan<string> lines)
    {
        var pure = lines.Length;
        for (var i = lines.Length - 1; i >= 0 && (lines[i].Length == 0 || char.IsWhiteSpace(lines[i][0]) || Token(lines[i]) is not null); i--)
        {
            pure = Token(lines[i]) is null ? pure : i;
        }

        for (var i = 0; i < pure; i++)
        {
            if (Token(lines[i]) is { } token && (i > 0 && lines[i - 1].Length == 0 || IsBreaking(token.Name)))
            {
                return i;
            }
        }

        return pure;
    }

    private static void Doubt(ReadOnlySpan<string> lines, int at, int start, string value, List<(string, string)> doubts)
    {
        if (at == start && at > 0 && lines[at - 1].Length > 0)
        {
            doubts.Add(("has a breaking change without a blank line before it, which other tools do not see", "leave an empty line before 'BREAKING CHANGE: '"));
        }

        if (value.Length == 0 || lines[at]["BREAKING CHANGE:".Length] != ' ')
        {
            doubts.Add(("has no space and text after 'BREAKING CHANGE:', which other tools do not see", $"write what breaks in the same line: BREAKING CHANGE: {(value.Length > 0 ? value : "TEXT")}"));
        }
    }

    /// <summary>Lines that were probably meant as breaking changes, and are none.</summary>
    private static void NearMisses(ReadOnlySpan<string> lines, List<(string, string)> doubts)
    {
        foreach (var line in lines)
        {
            if (line.Contains("breaking", StringComparison.OrdinalIgnoreCase) && Token(line) is not { Name: "BREAKING CHANGE" or "BREAKING-CHANGE" } && NearMiss().Match(line) is { Success: true } miss)
            {
                doubts.Add(($"has a line '{miss.Value.Trim()}', which announces no breaking change", $"if it breaks something, write: BREAKING CHANGE: {line[miss.Length..].Trim()}"));
            }
        }
    }

    private static bool IsBreaking(string token) => BreakingTokens.Contains(token);

    /// <summary><c>token: value</c> or <c>token #value</c>, where the number sign stays with the value, as people write it.</summary>
    private static (string Name, string Value)? Token(string line)
    {
        foreach (var breaking in BreakingTokens)
        {
            if (line.StartsWith(breaking, StringComparison.Ordinal) && line.Length > breaking.Length && line[breaking.Length] == ':')
            {
                return (breaking, line[(breaking.Length + 1)..].Trim());
            }
        }

        var end = 0;
        while (end < line.Length && (char.IsLetterOrDigit(line[end]) || line[end] == '-'))
        {
            end++;
        }

        return end == 0 || end + 2 >= line.Length ? null
            : line[end] == ':' && line[end + 1] == ' ' ? (line[..end], line[(end + 2)..].Trim())
            : line[end] == ' ' && line[end + 1] == '#' ? (line[..end], line[(end + 1)..].Trim())
            : null;
    }

    [GeneratedRegex(@"^[\s*_>#-]*breaking([ _-]?changes?)?[*_]*\s*[:#]", RegexOptions.IgnoreCase)]
    private static partial Regex NearMiss();
}
