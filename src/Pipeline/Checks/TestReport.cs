using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Pipeline.Checks;

/// <summary>One test as the runner reported it.</summary>
internal sealed record TestCase(string ClassName, string Name, TestOutcome Outcome, TimeSpan Duration, string? Message, string? Stack)
{
    /// <summary>Where it failed, or where it stands, if the runner says so; relative to the root.</summary>
    public string? File { get; init; }

    public int? Line { get; init; }

    public string FullName => ClassName.Length == 0 || Name.StartsWith(ClassName + ".", StringComparison.Ordinal) ? Name : $"{ClassName}.{Name}";
}

internal enum TestOutcome
{
    Passed,
    Failed,
    Skipped,
}

/// <summary>A suite's results.</summary>
/// <param name="Aborted">what the runner says about a run that did not reach its end</param>
internal sealed partial record TestReport(IReadOnlyList<TestCase> Tests, string? Aborted)
{
    public TestCounts Counts => new(Count(TestOutcome.Passed), Count(TestOutcome.Failed), Count(TestOutcome.Skipped));

    /// <summary>Reads a TRX file.</summary>
    /// <returns><c>null</c> where there is no report, or none that can be read</returns>
    public static TestReport? Read(string file)
    {
        try
        {
            using var reader = XmlReader.Create(file, new XmlReaderSettings { CheckCharacters = false, DtdProcessing = DtdProcessing.Prohibit });
            var xml = XDocument.Load(reader);
            var ns = xml.Root!.Name.Namespace;
            var classes = xml.Descendants(ns + "UnitTest").ToLookup(
                u => (string?)u.Attribute("id") ?? "",
                u => (string?)u.Element(ns + "TestMethod")?.Attribute("className") ?? "");
            var tests = xml.Descendants(ns + "UnitTestResult").Select(r => ToCase(r, ns, classes[(string?)r.Attribute("testId") ?? ""].FirstOrDefault() ?? ""));
            var runInfos = xml.Descendants(ns + "RunInfo").Where(r => (string?)r.Attribute("outcome") == "Error").Select(r => r.Value.Trim());
            return new TestReport([.. tests], runInfos.FirstOrDefault());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or XmlException)
        {
            return null;
        }
    }

    /// <summary>The failed tests, each with its message and the first place in its stack that lies below the root.</summary>
    public IEnumerable<Finding> Failures(string root)
    {
        foreach (var test in Tests.Where(t => t.Outcome == TestOutcome.Failed))
        {
            var place = test.File is not null ? null : Place().Matches(test.Stack ?? "").FirstOrDefault(m => !Path.IsPathRooted(Dotnet.Relative(root, m.Groups["file"].Value)));
            var message = string.Join("; ", (test.Message ?? "failed without a message").Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0));
            yield return new Finding(
                test.FullName,
                Processes.TerminalText.Echo(message),
                place is null ? test.File : Dotnet.Relative(root, place.Groups["file"].Value),
                place is null ? test.Line : int.Parse(place.Groups["line"].Value, CultureInfo.InvariantCulture));
        }
    }

    public IReadOnlyList<SkippedTest> Skipped() =>
        [.. Tests.Where(t => t.Outcome == TestOutcome.Skipped).Select(t => new SkippedTest(t.FullName, t.Message?.Trim() is { Length: > 0 } reason ? reason : "no reason given"))];

    private static TestCase ToCase(XElement result, XNamespace ns, string className)
    {
        var error = result.Element(ns + "Output")?.Element(ns + "ErrorInfo");
        return new TestCase(
            className,
            (string?)result.Attribute("testName") ?? "?",
            (string?)result.Attribute("outcome") switch
            {
                "Passed" => TestOutcome.Passed,
                "NotExecuted" or "Inconclusive" or "NotRunnable" or "Pending" => TestOutcome.Skipped,
                _ => TestOutcome.Failed,
            },
            TimeSpan.TryParse((string?)result.Attribute("duration"), CultureInfo.InvariantCulture, out var duration) ? duration : TimeSpan.Zero,
            error?.Element(ns + "Message")?.Value,
            error?.Element(ns + "StackTrace")?.Value);
    }

    private int Count(TestOutcome outcome) => Tests.Count(t => t.Outcome == outcome);

    [GeneratedRegex(@" in (?<file>[^\r\n]+?):line (?<line>\d+)")]
    private static partial Regex Place();
}
