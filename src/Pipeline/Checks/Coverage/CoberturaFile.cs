using System.Globalization;
using System.Xml.Linq;

namespace Pipeline.Checks.Coverage;

/// <summary>Writes lines as Cobertura, paths relative to the root: a package a folder.</summary>
internal static class CoberturaFile
{
    public static void Write(string file, LineCoverage lines, DateTimeOffset now)
    {
        var packages = lines.Files.Order(StringComparer.Ordinal).GroupBy(f => Path.GetDirectoryName(f)!.Replace('\\', '/')).Select(folder => new XElement(
            "package",
            new XAttribute("name", folder.Key),
            Rate(lines.Of(f => folder.Contains(f))),
            new XElement("classes", folder.Select(f => Class(f, lines)))));
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        new XElement(
            "coverage",
            Rate(lines.Fraction),
            new XAttribute("branch-rate", "0"),
            new XAttribute("lines-covered", lines.Fraction.Covered),
            new XAttribute("lines-valid", lines.Fraction.Total),
            new XAttribute("version", "1.9"),
            new XAttribute("timestamp", now.ToUnixTimeSeconds()),
            new XElement("sources", new XElement("source", ".")),
            new XElement("packages", packages)).Save(file);
    }

    private static XElement Class(string file, LineCoverage lines) => new(
        "class",
        new XAttribute("name", Path.GetFileNameWithoutExtension(file)),
        new XAttribute("filename", file),
        Rate(lines.Of(f => f == file)),
        new XElement("methods"),
        new XElement("lines", lines[file].OrderBy(l => l.Key).Select(l => new XElement("line", new XAttribute("number", l.Key), new XAttribute("hits", l.Value ? 1 : 0)))));

    private static XAttribute Rate(CoverageFraction fraction) =>
        new("line-rate", (fraction.Total == 0 ? 0 : Math.Floor(fraction.Covered * 10_000m / fraction.Total) / 10_000m).ToString(CultureInfo.InvariantCulture));
}
