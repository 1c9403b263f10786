using System.Text;
using System.Text.RegularExpressions;

namespace Pipeline.Checks.Dockerfiles;

/// <summary>One instruction.</summary>
/// <param name="Name">in capitals</param>
/// <param name="Text">all after it: continued lines joined, comments between them removed, the texts of its here-documents below it</param>
/// <param name="Line">its first line, from 1</param>
/// <param name="Comments">directly above it and within it</param>
internal sealed record Instruction(string Name, string Text, int Line, IReadOnlyList<string> Comments)
{
    /// <summary>The words that are no options (<c>--platform=…</c>) at its beginning.</summary>
    public IReadOnlyList<string> Words => [.. Text.Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries).SkipWhile(w => w.StartsWith("--", StringComparison.Ordinal))];
}

/// <summary>What a Dockerfile says, as BuildKit splits it.</summary>
internal static partial class Dockerfile
{
    public static IReadOnlyList<Instruction> Read(string text)
    {
        var lines = text.ReplaceLineEndings("\n").TrimStart('\ufeff').Split('\n');
        var escape = EscapeDirective(lines);
        var instructions = new List<Instruction>();
        var comments = new List<string>();
        for (var at = 0; at < lines.Length; at++)
        {
            var line = lines[at].Trim();
            if (line.StartsWith('#'))
            {
                comments.Add(line);
            }
            else if (line.Length == 0)
            {
                comments.Clear();
            }
            else
            {
                var from = at;
                var whole = Join(lines, ref at, escape, comments);
                var name = whole.Split((char[])[' ', '\t'], 2)[0];
                instructions.Add(new Instruction(name.ToUpperInvariant(), whole[name.Length..].Trim() + HereDocuments(name, whole, lines, ref at), from + 1, [.. comments]));
                comments.Clear();
            }
        }

        return instructions;
    }

    /// <summary>A line that ends with the escape character goes on; comments and empty lines between do not end it.</summary>
    private static string Join(string[] lines, ref int at, char escape, List<string> comments)
    {
        var whole = new StringBuilder();
        for (; ; at++)
        {
            var line = lines[at].Trim();
            var open = line.EndsWith(escape);
            if (line.StartsWith('#'))
            {
                comments.Add(line);
                open = true;
            }
            else
            {
                whole.Append(open ? line[..^1] : line);
                open |= line.Length == 0 && whole.Length > 0;
            }

            if (!open || at + 1 >= lines.Length)
            {
                return whole.ToString();
            }

            whole.Append(' ');
        }
    }

    private static string HereDocuments(string name, string whole, string[] lines, ref int at)
    {
        var text = new StringBuilder();
        if (name.ToUpperInvariant() is not ("RUN" or "COPY" or "ADD"))
        {
            return "";
        }

        foreach (Match document in HereDocument().Matches(whole))
        {
            var (end, indented) = (document.Groups["end"].Value, document.Groups["tabs"].Success);
            for (at++; at < lines.Length && (indented ? lines[at].TrimStart('\t') : lines[at]) != end; at++)
            {
                text.Append('\n').Append(lines[at]);
            }
        }

        return text.ToString();
    }

    private static char EscapeDirective(string[] lines) =>
        lines.TakeWhile(l => Directive().IsMatch(l)).Select(l => Directive().Match(l)).FirstOrDefault(m => m.Groups[1].Value.Equals("escape", StringComparison.OrdinalIgnoreCase)) is { } directive && directive.Groups[2].Value == "`" ? '`' : '\\';

    [GeneratedRegex(@"^\s*#\s*([a-zA-Z]+)\s*=\s*(\S+)\s*$")]
    private static partial Regex Directive();

    [GeneratedRegex(@"<<(?<tabs>-)?[""']?(?<end>[A-Za-z_][A-Za-z0-9_]*)[""']?")]
    private static partial Regex HereDocument();
}
