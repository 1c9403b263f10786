namespace Pipeline.Configuration;

/// <summary>Finds the name that somebody probably meant.</summary>
public static class NearestName
{
    /// <summary>The nearest of the known names, or <c>null</c> when none is near.</summary>
    /// <param name="name">as typed</param>
    /// <param name="known">the names that exist</param>
    public static string? Of(string name, IEnumerable<string> known)
    {
        var all = known.ToList();
        var (nearest, distance) = all.Select(k => (k, Distance(name.ToUpperInvariant(), k.ToUpperInvariant()))).DefaultIfEmpty((name, int.MaxValue)).MinBy(p => p.Item2);
        return distance <= Math.Max(1, Math.Min(name.Length, nearest.Length) / 3) ? nearest : Beginning(name, all);
    }

    /// <summary>Half a sentence to append: <c>; did you mean 'x'?</c>, or nothing when no name is near.</summary>
    /// <param name="name">as typed</param>
    /// <param name="known">the names that exist</param>
    public static string Hint(string name, IEnumerable<string> known) => Of(name, known) is { } nearest ? $"; did you mean '{nearest}'?" : "";

    /// <summary>The only name that begins as it was typed, three letters at least.</summary>
    private static string? Beginning(string name, IReadOnlyList<string> known) =>
        name.Length >= 3 && known.Where(k => k.StartsWith(name, StringComparison.OrdinalIgnoreCase)).ToList() is [var only] ? only : null;

    /// <summary>Insertions, deletions, replacements and swaps of neighbours.</summary>
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    d[i, j] = i + j;
                    continue;
                }

                var same = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + same);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
