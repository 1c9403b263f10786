using System.Text.RegularExpressions;

namespace Pipeline.Processes;

/// <summary>Makes foreign output safe to show.</summary>
public static partial class TerminalText
{
    private const int LongestLine = 4000;

    /// <summary>The text without colours, cursor movements, titles and links.</summary>
    public static string WithoutSequences(string text) => text.Contains('\x1b', StringComparison.Ordinal) ? Sequence().Replace(text, "") : text;

    /// <summary>
    /// One line as it may be echoed: no terminal sequences or control characters, at most 4000 characters, and no workflow command
    /// (<c>::error::</c>, <c>##[group]</c>, <c>##vso[</c>), which a CI host would obey whoever printed it.
    /// </summary>
    public static string Echo(string line)
    {
        var text = Control().Replace(WithoutSequences(line.TrimEnd('\r')), "");
        text = WorkflowCommand().Replace(text, m => m.Value.Insert(m.Length - 1, "\u200b"));
        return text.Length <= LongestLine ? text : $"{text[..LongestLine]} … ({text.Length - LongestLine} characters more)";
    }

    /// <summary>
    /// Text of ours, which may quote anybody's: no terminal sequences or control characters, and no line that a CI host would take for a
    /// command. Within a line <c>::</c> stays as it is: ARNs hold it.
    /// </summary>
    public static string Inert(string text) => LineCommand().Replace(Control().Replace(WithoutSequences(text), ""), m => m.Value.Insert(m.Length - 1, "\u200b"));

    [GeneratedRegex(@"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|[PX^_][^\x1b]*(\x1b\\)?|[ -/]*[0-~])?")]
    private static partial Regex Sequence();

    [GeneratedRegex(@"[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f]")]
    private static partial Regex Control();

    [GeneratedRegex(@"::(?=[A-Za-z])|##\[|##vso\[|##teamcity\[")]
    private static partial Regex WorkflowCommand();

    [GeneratedRegex(@"^[^\S\n]*::(?=[A-Za-z])|##\[|##vso\[|##teamcity\[", RegexOptions.Multiline)]
    private static partial Regex LineCommand();
}
