using System.Buffers;
using System.Text;

namespace Pipeline.Versions;

/// <summary>Commits that git has printed and whose messages are still to be read: on another core, while git prints the next ones.</summary>
/// <param name="longest">the first message's most characters: it fits in any case</param>
internal sealed class CommitBatch(int longest)
{
    private const int Most = 1024;
    private readonly List<(string Hash, IReadOnlyList<string> Parents, DateTimeOffset At, IReadOnlyList<string> Paths)> commits = new(Most);
    private readonly List<int> ends = new(Most);
    private readonly char[] messages = ArrayPool<char>.Shared.Rent(Math.Max(longest, 1 << 18));

    /// <summary>Whether one more message finds room.</summary>
    /// <param name="most">its most characters</param>
    public bool Fits(int most) => ends.Count < Most && messages.Length - End >= most;

    private int End => ends.Count == 0 ? 0 : ends[^1];

    /// <summary>Keeps the next commit's message.</summary>
    /// <param name="utf8">what is no UTF-8 in it is replaced</param>
    public void Message(ReadOnlySpan<byte> utf8) => ends.Add(End + Encoding.UTF8.GetChars(utf8, messages.AsSpan(End)));

    /// <summary>Adds the commit of the last message.</summary>
    public void Commit(string hash, IReadOnlyList<string> parents, DateTimeOffset at, IReadOnlyList<string> paths) => commits.Add((hash, parents, at, paths));

    /// <summary>Reads the messages, once.</summary>
    public LoggedCommit[] Parse(string? prefix)
    {
        var parsed = new LoggedCommit[commits.Count];
        for (var (i, start) = (0, 0); i < parsed.Length; start = ends[i++])
        {
            var (hash, parents, at, paths) = commits[i];
            parsed[i] = new(hash, parents, at, ConventionalCommits.Parse(messages.AsSpan(start..ends[i]), prefix, withBody: false), paths);
        }

        ArrayPool<char>.Shared.Return(messages);
        return parsed;
    }
}
