using System.Diagnostics.CodeAnalysis;

namespace Pipeline.Versions;

/// <summary>One commit of a history.</summary>
/// <param name="Parents">full hashes; two or more: a merge</param>
/// <param name="Message">of a merge: what it calls itself counts for nothing</param>
/// <param name="Touches">indexes of the services whose projects or folders it changed; empty where that was not asked</param>
internal sealed record HistoryCommit(string Hash, IReadOnlyList<string> Parents, DateTimeOffset At, ParsedMessage Message, IReadOnlyList<int> Touches)
{
    public bool IsMerge => Parents.Count > 1;
}

/// <summary>The commits that HEAD holds, back to some that are known to be released.</summary>
internal sealed class CommitGraph
{
    private readonly Dictionary<string, int> _indexes;
    private string[]? _sorted;

    /// <param name="commits">newest first</param>
    public CommitGraph(IReadOnlyList<HistoryCommit> commits)
    {
        Commits = commits;
        _indexes = new Dictionary<string, int>(commits.Count, StringComparer.Ordinal);
        for (var i = 0; i < commits.Count; i++)
        {
            _indexes[commits[i].Hash] = i;
        }
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<HistoryCommit> Commits { get; }

    /// <summary>Whether it is one of the commits, or the parent of one.</summary>
    public bool Reaches(string hash) => _indexes.ContainsKey(hash) || Commits.Any(c => c.Parents.Contains(hash));

    /// <summary>Whether it is one of the commits.</summary>
    public bool Holds(string hash) => _indexes.ContainsKey(hash);

    /// <summary>By index: whether a commit came after a released one, which is to be a commit that HEAD holds; <c>null</c>: after nothing.</summary>
    public bool[] Since(string? released)
    {
        var since = new bool[Commits.Count];
        Array.Fill(since, true);
        if (released is not null)
        {
            Ancestors(released, index => since[index] = false);
        }

        return since;
    }

    /// <summary>The commits that a merge brought: it and its ancestors, without those of the parent that it was merged into.</summary>
    public IReadOnlyList<int> BroughtBy(int merge, string? mainline)
    {
        var before = new HashSet<int>();
        Ancestors(mainline is not null && Find(mainline, out var known) ? Commits[known].Hash : Commits[merge].Parents[0], index => before.Add(index));
        var brought = new List<int>();
        Ancestors(Commits[merge].Hash, index =>
        {
            if (!before.Contains(index))
            {
                brought.Add(index);
            }
        });
        return brought;
    }

    /// <summary>Finds a commit by its hash or the beginning of it.</summary>
    /// <returns>whether it is one of these commits, and only one</returns>
    public bool Find(string hash, out int index)
    {
        if (_indexes.TryGetValue(hash, out index))
        {
            return true;
        }

        _sorted ??= [.. _indexes.Keys.Order(StringComparer.Ordinal)];
        var at = ~Array.BinarySearch(_sorted, hash, StringComparer.Ordinal);
        if (!StartsAt(at, hash, out var full) || StartsAt(at + 1, hash, out _))
        {
            return false;
        }

        index = _indexes[full];
        return true;
    }

    private bool StartsAt(int at, string hash, [NotNullWhen(true)] out string? full)
    {
        full = at < _sorted!.Length && _sorted[at].StartsWith(hash, StringComparison.Ordinal) ? _sorted[at] : null;
        return full is not null;
    }

    /// <summary>Visits a commit and everything before it, as far as it is here.</summary>
    private void Ancestors(string hash, Action<int> visit)
    {
        var seen = new HashSet<int>();
        var open = new Stack<string>([hash]);
        while (open.TryPop(out var next))
        {
            if (_indexes.TryGetValue(next, out var index) && seen.Add(index))
            {
                visit(index);
                foreach (var parent in Commits[index].Parents)
                {
                    open.Push(parent);
                }
            }
        }
    }
}
