using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Pipeline.Changes;

namespace Pipeline.Checks;

/// <summary>Neighbouring lines that one commit added to one file.</summary>
/// <param name="FirstLine">its number in the file, as the commit left it</param>
internal sealed record AddedText(string Commit, string File, int FirstLine, string Text);

/// <summary>Reads what <c>git log --patch --cc --unified=0</c> prints, as it comes: a history may be larger than memory.</summary>
internal static partial class AddedLines
{
    /// <summary>Begins the line with a commit's hash; no line of a diff does.</summary>
    public const string CommitMark = "%x00";

    /// <exception cref="Outcomes.PipelineException">git failed</exception>
    public static IAsyncEnumerable<AddedText> Read(Git git, IReadOnlyList<string> log, CancellationToken cancel) =>
        git.Stream(log, output => Parse(Lines(new StreamReader(output, new UTF8Encoding(false), false, 1 << 16), cancel)), cancel);

    /// <summary>Hunks are counted, so no line of code is taken for a header. Of a merge, only what none of its parents has is added.</summary>
    public static async IAsyncEnumerable<AddedText> Parse(IAsyncEnumerable<string> lines)
    {
        var (commit, file) = ("", "");
        Hunk? hunk = null;
        await foreach (var line in lines.ConfigureAwait(false))
        {
            if (line.StartsWith('\0'))
            {
                (commit, hunk) = (line[1..], null);
            }
            else if (hunk is not null && hunk.Take(line))
            {
                if (!hunk.IsComplete)
                {
                    continue;
                }

                foreach (var (first, text) in hunk.Added)
                {
                    yield return new AddedText(commit, file, first, text);
                }

                hunk = null;
            }
            else if (line.StartsWith("+++ ", StringComparison.Ordinal))
            {
                file = FileName(line[4..]);
            }
            else if (HunkHeader().Match(line) is { Success: true } header)
            {
                hunk = new Hunk(header);
                hunk = hunk.IsComplete ? null : hunk;
            }
        }
    }

    /// <summary>Ended by a line feed and nothing else: a carriage return is part of the line.</summary>
    private static async IAsyncEnumerable<string> Lines(StreamReader reader, [EnumeratorCancellation] CancellationToken cancel)
    {
        var buffer = new char[1 << 16];
        var open = new StringBuilder();
        while (await reader.ReadAsync(buffer.AsMemory(), cancel).ConfigureAwait(false) is var count and > 0)
        {
            var from = 0;
            for (var end = Array.IndexOf(buffer, '\n', 0, count); end >= 0; end = Array.IndexOf(buffer, '\n', from, count - from))
            {
                yield return open.Append(buffer, from, end - from).ToString();
                open.Clear();
                from = end + 1;
            }

            open.Append(buffer, from, count - from);
        }

        if (open.Length > 0)
        {
            yield return open.ToString();
        }
    }

    /// <summary><c>b/a file.txt⇥</c>, or quoted where it holds control characters.</summary>
    private static string FileName(string text)
    {
        var name = text.StartsWith('"') ? Unquoted(text.TrimEnd('\t')[1..^1]) : text.EndsWith('\t') ? text[..^1] : text;
        return name.StartsWith("b/", StringComparison.Ordinal) ? name[2..] : name;
    }

    private static string Unquoted(string text) => Escape().Replace(text, m => m.Groups[1].Value switch
    {
        "n" => "\n",
        "t" => "\t",
        "r" => "\r",
        { Length: 3 } octal => ((char)Convert.ToInt32(octal, 8)).ToString(),
        { } other => other,
    });

    [GeneratedRegex(@"^@@+(?: -\d+(?:,\d+)?)+ \+(?<line>\d+)(?:,(?<new>\d+))? @@")]
    private static partial Regex HunkHeader();

    [GeneratedRegex(@"\\([0-7]{3}|.)")]
    private static partial Regex Escape();

    /// <summary>One hunk with as many columns of signs as the commit has parents.</summary>
    private sealed class Hunk
    {
        private readonly int[] _old;
        private readonly List<(int First, StringBuilder Text)> _added = [];
        private int _new;
        private int _line;
        private bool _adding;

        public Hunk(Match header)
        {
            _old = [.. OldCounts().Matches(header.Value).Select(m => Number(m.Groups["count"]))];
            (_line, _new) = (Number(header.Groups["line"]), Number(header.Groups["new"]));
        }

        public bool IsComplete => _new <= 0 && _old.All(o => o <= 0);

        public IEnumerable<(int First, string Text)> Added => _added.Select(a => (a.First, a.Text.ToString()));

        /// <returns>whether it is a line of this hunk</returns>
        public bool Take(string line)
        {
            if (line.StartsWith('\\') || line.Length < _old.Length)
            {
                return line.StartsWith('\\');
            }

            var signs = line.AsSpan(0, _old.Length);
            var removed = signs.Contains('-');
            for (var parent = 0; parent < _old.Length; parent++)
            {
                _old[parent] -= signs[parent] == (removed ? '-' : ' ') ? 1 : 0;
            }

            if (removed)
            {
                return true;
            }

            Keep(signs.ContainsAnyExcept('+') ? null : line[_old.Length..]);
            _line++;
            _new--;
            return true;
        }

        private void Keep(string? added)
        {
            if (added is not null)
            {
                if (!_adding)
                {
                    _added.Add((_line, new StringBuilder()));
                }

                _added[^1].Text.Append(added).Append('\n');
            }

            _adding = added is not null;
        }

        private static int Number(Group group) => group.Success ? int.Parse(group.Value, CultureInfo.InvariantCulture) : 1;
    }

    [GeneratedRegex(@" -\d+(?:,(?<count>\d+))?")]
    private static partial Regex OldCounts();
}
