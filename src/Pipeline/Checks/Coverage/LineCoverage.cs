using System.Globalization;

namespace Pipeline.Checks.Coverage;

/// <summary>Which lines of which files were run, from any number of reports; a line counts once however often it is reported.</summary>
internal sealed class LineCoverage
{
    private readonly Dictionary<string, Dictionary<int, bool>> _files = new(StringComparer.Ordinal);

    /// <summary>Files relative to the root.</summary>
    public IEnumerable<string> Files => _files.Keys;

    /// <summary>A file's lines, and which of them were run.</summary>
    public IReadOnlyDictionary<int, bool> this[string file] => _files[file];

    /// <summary>Adds lines; one that was run in any report was run.</summary>
    public void Add(string file, IEnumerable<KeyValuePair<int, bool>> lines)
    {
        if (!_files.TryGetValue(file, out var known))
        {
            _files[file] = known = [];
        }

        foreach (var (line, hit) in lines)
        {
            known[line] = hit || known.GetValueOrDefault(line);
        }
    }

    /// <summary>Adds what another one knows of the files that count.</summary>
    public LineCoverage Add(LineCoverage other, Func<string, bool> counts)
    {
        foreach (var (file, lines) in other._files.Where(f => counts(f.Key)))
        {
            Add(file, lines);
        }

        return this;
    }

    /// <summary>Lines run and lines there are.</summary>
    public CoverageFraction Fraction => Of(_ => true);

    /// <summary>The same over the files that count.</summary>
    public CoverageFraction Of(Func<string, bool> counts) =>
        _files.Where(f => counts(f.Key)).Aggregate(new CoverageFraction(0, 0), (sum, f) => sum + Of(f.Value));

    /// <summary>The files that miss the most lines.</summary>
    public IEnumerable<(string File, CoverageFraction Fraction, int FirstMissed)> Least() =>
        _files.Where(f => f.Value.ContainsValue(false))
            .Select(f => (f.Key, Of(f.Value), f.Value.Where(l => !l.Value).Min(l => l.Key)))
            .OrderByDescending(f => f.Item2.Total - f.Item2.Covered)
            .ThenBy(f => f.Key, StringComparer.Ordinal);

    private static CoverageFraction Of(Dictionary<int, bool> lines) => new(lines.Count(l => l.Value), lines.Count);
}

/// <summary>An exact fraction of lines.</summary>
internal readonly record struct CoverageFraction(int Covered, int Total)
{
    public static CoverageFraction operator +(CoverageFraction left, CoverageFraction right) => new(left.Covered + right.Covered, left.Total + right.Total);

    /// <summary>Compared without division: 79.99… is not 80.</summary>
    public bool Reaches(decimal percent) => Total > 0 && Covered * 100m >= percent * Total;

    /// <summary>Percent with one digit, cut off and never rounded up.</summary>
    public override string ToString() => Total == 0 ? "no lines" : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(Covered * 1000m / Total) / 10m:0.0} %");
}
