namespace Pipeline.Versions;

/// <summary>
/// Which commits still count where some take others back, by their hashes. A revert that is taken back itself takes nothing back: what it had
/// taken back counts again. A revert of something that is not in the range, because it was released, is a change of its own.
/// </summary>
internal static class Cancellation
{
    /// <param name="range">by index: the commits that are looked at</param>
    /// <returns>by index: the changes that count</returns>
    public static bool[] Counted(CommitGraph graph, bool[] range)
    {
        var commits = graph.Commits;
        var counted = new bool[commits.Count];
        var reverts = new Dictionary<int, Revert>();
        for (var i = 0; i < commits.Count; i++)
        {
            var (commit, message) = (commits[i], commits[i].Message);
            counted[i] = range[i] && !commit.IsMerge && message.Kind == MessageKind.Change;
            if (counted[i] && message.Reverts.Count > 0)
            {
                reverts[i] = Targets(graph, range, message.Reverts);
            }
        }

        TakeBack(reverts, counted);
        foreach (var (index, revert) in reverts.Where(r => !r.Value.Beyond && r.Value.Of.Count > 0))
        {
            // It says itself that it breaks something: better a version too high than a break without a word.
            counted[index] &= commits[index].Message.Message!.Breaking.Count > 0;
        }

        return counted;
    }

    /// <summary>A revert is judged when all that might take it back are judged; hashes allow no circles, and what forged ones entangle stays as it is.</summary>
    private static void TakeBack(Dictionary<int, Revert> reverts, bool[] counted)
    {
        var open = reverts.Values.SelectMany(r => r.Of).GroupBy(target => target).ToDictionary(g => g.Key, g => g.Count());
        var ready = new Queue<int>(reverts.Keys.Where(r => !open.ContainsKey(r)));
        while (ready.TryDequeue(out var next))
        {
            var applies = counted[next];
            foreach (var target in reverts[next].Of)
            {
                counted[target] &= !applies;
                if (--open[target] == 0 && reverts.ContainsKey(target))
                {
                    ready.Enqueue(target);
                }
            }
        }
    }

    private static Revert Targets(CommitGraph graph, bool[] range, IReadOnlyList<RevertedCommit> named)
    {
        var of = new HashSet<int>();
        var beyond = false;
        foreach (var revert in named)
        {
            if (!graph.Find(revert.Hash, out var index) || !range[index])
            {
                beyond = true;
            }
            else if (graph.Commits[index].IsMerge)
            {
                of.UnionWith(graph.BroughtBy(index, revert.Mainline).Where(i => range[i]));
            }
            else
            {
                of.Add(index);
            }
        }

        return new Revert([.. of], beyond);
    }

    /// <param name="Of">indexes of the commits that it takes back</param>
    /// <param name="Beyond">it takes back others, too</param>
    private sealed record Revert(IReadOnlyList<int> Of, bool Beyond);
}
