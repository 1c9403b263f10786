using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Pipeline.Checks.Coverage;

/// <summary>Reads one Cobertura report, and believes it only where it fits the code that is here.</summary>
internal static class CoverageReport
{
    /// <summary>File systems keep times more coarsely than the clock, and coverlet whole seconds.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(2);

    /// <param name="since">when the run began that is to have written it</param>
    /// <returns>either its lines, or half a sentence that says why it is refused: <c>it is older than the run</c></returns>
    public static (LineCoverage? Lines, string? Refusal) Read(string report, string root, DateTime since)
    {
        try
        {
            if (!File.Exists(report))
            {
                return (null, "there is none");
            }

            using var reader = XmlReader.Create(report, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, MaxCharactersFromEntities = 0 });
            var xml = XDocument.Load(reader);
            if (File.GetLastWriteTimeUtc(report) < since - Margin || Written(xml) < since - Margin)
            {
                return (null, "it is older than the run");
            }

            return Read(xml, root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or XmlException or FormatException or OverflowException or ArgumentException)
        {
            return (null, "it can not be read");
        }
    }

    private static (LineCoverage? Lines, string? Refusal) Read(XDocument xml, string root)
    {
        var sources = xml.Descendants("source").Select(s => s.Value.Trim()).Where(s => s.Length > 0).ToList();
        var lines = new LineCoverage();
        var elsewhere = 0;
        foreach (var type in xml.Descendants("class"))
        {
            var name = (string?)type.Attribute("filename") ?? "";
            var found = sources.Select(s => Path.GetFullPath(Path.Combine(root, s, name))).Append(Path.GetFullPath(Path.Combine(root, name))).Where(File.Exists).Distinct().ToList();
            var file = Dotnet.Relative(root, found.FirstOrDefault() ?? Path.GetFullPath(Path.Combine(root, sources.FirstOrDefault() ?? "", name)));
            if (Path.IsPathRooted(file))
            {
                elsewhere++;
            }
            else if (IsGenerated(file))
            {
                continue;
            }
            else if (found.Count > 1)
            {
                return (null, $"'{name}' lies in several of its sources ({string.Join(", ", found.Select(f => Dotnet.Relative(root, f)))}): give each service a suite of its own");
            }
            else if (found.Count == 0)
            {
                return (null, $"it is of another commit: there is no {file}");
            }
            else
            {
                lines.Add(file, Lines(type));
            }
        }

        return lines.Files.FirstOrDefault(f => !Fits(root, f, lines[f].Keys)) is { } longer ? (null, $"it is of another commit: {longer} has fewer lines")
            : lines.Fraction.Total > 0 ? (lines, null)
            : elsewhere > 0 ? (null, "it is of code outside the repository")
            : (null, "it holds no lines");
    }

    /// <summary>A file has all of these lines.</summary>
    public static bool Fits(string root, string file, IEnumerable<int> lines)
    {
        var last = lines.DefaultIfEmpty(0).Max();
        return lines.All(l => l > 0) && File.Exists(Path.Combine(root, file)) && File.ReadLines(Path.Combine(root, file)).Take(last).Count() == last;
    }

    private static IEnumerable<KeyValuePair<int, bool>> Lines(XElement type) => type.Elements("lines").Elements("line").Select(line => KeyValuePair.Create(
        int.Parse((string?)line.Attribute("number") ?? "", NumberStyles.None, CultureInfo.InvariantCulture),
        long.Parse((string?)line.Attribute("hits") ?? "", NumberStyles.None, CultureInfo.InvariantCulture) > 0));

    private static bool IsGenerated(string file) => file.EndsWith(".g.cs", StringComparison.Ordinal) || file.Split('/').Any(p => p is "obj" or "bin");

    /// <summary>When it says that it was written: in seconds (coverlet) or milliseconds (coverage.py); long ahead where it says nothing.</summary>
    private static DateTime Written(XDocument xml) => long.TryParse((string?)xml.Root?.Attribute("timestamp"), NumberStyles.None, CultureInfo.InvariantCulture, out var time) && time > 0
        ? DateTimeOffset.FromUnixTimeMilliseconds(time > 100_000_000_000 ? time : time * 1000).UtcDateTime
        : DateTime.MaxValue;
}
