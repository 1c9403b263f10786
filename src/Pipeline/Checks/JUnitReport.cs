using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Pipeline.Checks;

/// <summary>Writes a suite's results in the form that CI hosts read.</summary>
internal static class JUnitReport
{
    public static void Write(string file, string suite, TestReport report)
    {
        var counts = report.Counts;
        var xml = new XElement(
            "testsuites",
            new XElement(
                "testsuite",
                new XAttribute("name", suite),
                new XAttribute("tests", report.Tests.Count),
                new XAttribute("failures", counts.Failed),
                new XAttribute("errors", report.Aborted is null ? 0 : 1),
                new XAttribute("skipped", counts.Skipped),
                new XAttribute("time", Seconds(report.Tests.Aggregate(TimeSpan.Zero, (sum, t) => sum + t.Duration))),
                report.Tests.Select(Case)));
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        using var writer = XmlWriter.Create(file, new XmlWriterSettings { Indent = true });
        xml.Save(writer);
    }

    private static XElement Case(TestCase test) => new(
        "testcase",
        new XAttribute("classname", Clean(test.ClassName)),
        new XAttribute("name", Clean(test.Name)),
        new XAttribute("time", Seconds(test.Duration)),
        test.File is { } file ? new XAttribute("file", Clean(file)) : null,
        test.Line is { } line ? new XAttribute("line", line) : null,
        test.Outcome switch
        {
            TestOutcome.Failed => new XElement("failure", new XAttribute("message", Clean(FirstLine(test.Message))), Clean($"{test.Message}\n{test.Stack}")),
            TestOutcome.Skipped => new XElement("skipped", new XAttribute("message", Clean(test.Message?.Trim() ?? ""))),
            _ => null,
        });

    private static string FirstLine(string? message) => (message ?? "").Trim().Split('\n')[0].Trim();

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>Test names and messages may hold characters that XML has no form for.</summary>
    private static string Clean(string text) => string.Concat(text.EnumerateRunes().Select(r => r.Value is < 0x20 and not (9 or 10 or 13) or 0xfffe or 0xffff ? "\ufffd" : r.ToString()));
}
