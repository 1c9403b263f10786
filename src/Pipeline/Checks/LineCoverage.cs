using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Pipeline.Checks;

/// <summary>Which lines of which files were run, over any number of Cobertura reports; a line counts once however often it is reported.</summary>
internal sealed class LineCoverage(string root)
{
    private readonly Dictionary<string, Dictionary<int, bool>> _files = new(StringComparer.Ordinal);

    /// <summary>Files with at least one line, relative to the root.</summary>
    public IEnumerable<string> Files => _files.Keys;

    /// <summary>Adds a report.</summary>
    /// <returns>whether there was one that could be read</returns>
    public bool Add(string report)
    {
        try
        {
            using var reader = XmlReader.Create(report, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
            var xml = XDocument.Load(reader);
            var sources = xml.Descendants("source").Select(s => s.Value.Trim()).Where(s => s.Length > 0).ToList();
            foreach (var type in xml.Descendants("class"))
            {
                Add(Resolve((string?)type.Attribute("filename") ?? "", sources), type);
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or XmlException or FormatException or OverflowException)
        {
            return false;
        }
    }

    /// <summary>Lines run and lines there are, over the files that count.</summary>
    public CoverageFraction Of(Func<string, bool> counts) =>
        _files.Where(f => counts(f.Key)).Aggregate(new CoverageFraction(0, 0), (sum, f) => sum + Of(f.Value));

    /// <summary>The files that miss the most lines.</summary>
    public IEnumerable<(string File, CoverageFraction Fraction, int FirstMissed)> Least(Func<string, bool> counts) =>
        _files.Where(f => counts(f.Key) && f.Value.ContainsValue(false))
            .Select(f => (f.Key, Of(f.Value), f.Value.Where(l => !l.Value).Min(l => l.Key)))
            .OrderByDescending(f => f.Item2.Total - f.Item2.Covered)
            .ThenBy(f => f.Key, StringComparer.Ordinal);

    private static CoverageFraction Of(Dictionary<int, bool> lines) => new(lines.Count(l => l.Value), lines.Count);

    private void Add(string file, XElement type)
    {
        if (!_files.TryGetValue(file, out var lines))
        {
            _files[file] = lines = [];
        }

        foreach (var line in type.Elements("lines").Elements("line"))
        {
            var number = int.Parse((string?)line.Attribute("number") ?? "", CultureInfo.InvariantCulture);
            var hit = long.Parse((string?)line.Attribute("hits") ?? "", CultureInfo.InvariantCulture) > 0;
            lines[number] = hit || lines.GetValueOrDefault(number);
        }
    }

    private string Resolve(string file, List<string> sources)
    {
        var path = sources.Select(s => Path.Combine(s, file)).FirstOrDefault(File.Exists) ?? file;
        return Dotnet.Relative(root, path);
    }
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
