using System.Text;

namespace Pipeline.Versions.Changelogs;

/// <summary>Insertions into a text, gathered first: what is not named stays as it is.</summary>
/// <param name="text">a character for each byte</param>
/// <param name="newLine">as the text has it</param>
internal sealed class Edits(string text, string newLine)
{
    private readonly List<(int At, int Removed, string Added)> _edits = [];

    /// <summary>A block that a heading's line is followed by; what followed it follows the block.</summary>
    public void After(int at, string block) => Add(at, $"{(EndsLine(at) ? "" : "\n")}\n{block}\n{(at == text.Length || IsBlankLine(at) ? "" : "\n")}");

    /// <summary>A block with a blank line before and behind it.</summary>
    public void Section(int at, string block)
    {
        var before = at == 0 || IsStart(at) ? "" : EndsLine(at) ? EndsLine(at - LineEnd(at)) ? "" : "\n" : "\n\n";
        Add(at, $"{before}{block}\n{(at == text.Length || IsBlankLine(at) ? "" : "\n")}");
    }

    /// <summary>A line of its own.</summary>
    public void Line(int at, string line) => Add(at, $"{(at == 0 || EndsLine(at) ? "" : "\n")}{line}\n");

    public void Replace(int at, int length, string by) => _edits.Add((at, length, Bytes(by)));

    public string Apply()
    {
        var result = new StringBuilder(text);
        foreach (var (at, removed, added) in _edits.OrderByDescending(e => e.At))
        {
            result.Remove(at, removed).Insert(at, added);
        }

        return result.ToString();
    }

    private void Add(int at, string block) => _edits.Add((at, 0, Bytes(block).Replace("\n", newLine, StringComparison.Ordinal)));

    /// <summary>Only the byte order mark is before it.</summary>
    private bool IsStart(int at) => at == 3 && text.StartsWith("ï»¿", StringComparison.Ordinal);

    private bool EndsLine(int at) => at > 0 && text[at - 1] == '\n';

    private int LineEnd(int at) => at > 1 && text[at - 2] == '\r' ? 2 : 1;

    private bool IsBlankLine(int at) => text.AsSpan(at).IndexOf('\n') is var end && (end < 0 ? text.AsSpan(at) : text.AsSpan(at, end)).IsWhiteSpace();

    private static string Bytes(string added) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(added));
}
