namespace Pipeline.Cake;

/// <summary>Finds the name that somebody probably meant.</summary>
internal static class Nearest
{
    /// <summary>The known name with the fewest typing mistakes; <c>null</c> when none is near.</summary>
    public static string? To(string typed, IEnumerable<string> known)
    {
        var best = known
            .Select(name => (name, distance: Distance(typed.ToUpperInvariant(), name.ToUpperInvariant())))
            .OrderBy(candidate => candidate.distance)
            .FirstOrDefault((name: "", distance: int.MaxValue));
        return best.distance <= Math.Max(1, Math.Min(typed.Length, best.name.Length) / 3) ? best.name : StartsWith(typed, known);
    }

    private static string? StartsWith(string typed, IEnumerable<string> known) =>
        typed.Length >= 3 && known.Where(name => name.StartsWith(typed, StringComparison.OrdinalIgnoreCase)).ToList() is [var only] ? only : null;

    /// <summary>Letters to add, drop, change or swap with their neighbour.</summary>
    private static int Distance(string left, string right)
    {
        var table = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                table[i, j] = (i, j) switch
                {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => Math.Min(
                        Math.Min(table[i - 1, j], table[i, j - 1]) + 1,
                        table[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1)),
                };
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
                }
            }
        }

        return table[left.Length, right.Length];
    }
}
