using System.Text.RegularExpressions;
using Pipeline.Processes;

namespace Pipeline.Reporting;

/// <summary>Words for a Markdown page.</summary>
internal static partial class Markdown
{
    private const int Longest = 300;

    /// <summary>One short line in which nothing is markup, whoever wrote it.</summary>
    public static string Plain(string text)
    {
        var line = TerminalText.Echo(text.ReplaceLineEndings(" "));
        return Markup().Replace(line.Length <= Longest ? line : line[..Longest] + " …", m => m.Value == "<" ? "&lt;" : $"\\{m.Value}");
    }

    /// <summary>The same line by line, within one cell or item.</summary>
    public static string Lines(string text) => string.Join("<br>", text.TrimEnd().Split('\n').Select(Plain));

    [GeneratedRegex(@"[\\`*_\[\]<|#!~]")]
    private static partial Regex Markup();
}
