using System.Xml.Linq;
using Pipeline.Checks.Coverage;

namespace Pipeline.Tests.Checks;

internal sealed class CoverageTests
{
    [TestCase(7999, 10000, "79.9 %", false)]
    [TestCase(79999, 100000, "79.9 %", false)]
    [TestCase(8000, 10000, "80.0 %", true)]
    [TestCase(4, 5, "80.0 %", true)]
    [TestCase(99999, 100000, "99.9 %", true)]
    [TestCase(0, 0, "no lines", false)]
    public void The_fraction_is_compared_exactly_and_never_rounded_up(int covered, int total, string shown, bool reaches)
    {
        var fraction = new CoverageFraction(covered, total);

        Assert.That(fraction.ToString(), Is.EqualTo(shown));
        Assert.That(fraction.Reaches(80m), Is.EqualTo(reaches));
    }

    [Test]
    public void Two_suites_reports_merged_by_hand_are_the_same_to_the_line()
    {
        using var code = new Code(("a/A.cs", 6), ("b/B.cs", 3));
        var first = code.Report("first.xml", Class("a/A.cs", (1, 0), (2, 1), (4, 0)) + Class("a/A.cs", (2, 0), (3, 0)) + Class("b/B.cs", (1, 3)));
        var second = code.Report("second.xml", Class("a/A.cs", (1, 7), (6, 0)) + Class("b/B.cs", (2, 0), (1, 0)));

        var sum = new LineCoverage().Add(Read(code, first), _ => true).Add(Read(code, second), _ => true);
        CoberturaFile.Write(Path.Combine(code.Root, "merged.xml"), sum, DateTimeOffset.UtcNow);

        // A.cs: 1 and 2 run, 3, 4 and 6 not; B.cs: 1 run, 2 not.
        var merged = XDocument.Load(Path.Combine(code.Root, "merged.xml"));
        Assert.Multiple(() =>
        {
            Assert.That(sum.Fraction, Is.EqualTo(new CoverageFraction(3, 7)));
            Assert.That(sum.Least().Select(f => (f.File, f.FirstMissed)), Is.EqualTo(new[] { ("a/A.cs", 3), ("b/B.cs", 2) }));
            Assert.That(
                merged.Descendants("class").Select(c => $"{(string?)c.Attribute("filename")} {string.Join(' ', c.Descendants("line").Select(l => $"{(string?)l.Attribute("number")}:{(string?)l.Attribute("hits")}"))}"),
                Is.EqualTo(new[] { "a/A.cs 1:1 2:1 3:0 4:0 6:0", "b/B.cs 1:1 2:0" }));
            Assert.That(((string?)merged.Root!.Attribute("lines-covered"), (string?)merged.Root.Attribute("lines-valid"), (string?)merged.Root.Attribute("line-rate")), Is.EqualTo(("3", "7", "0.4285")));
            Assert.That(merged.Descendants("package").Select(p => (string?)p.Attribute("name")), Is.EqualTo(new[] { "a", "b" }));
        });
    }

    [TestCase("", "it can not be read")]
    [TestCase("not xml", "it can not be read")]
    [TestCase("<coverage><class filename=\"a/A.cs\"><lines><line number=\"1\" hits=\"NaN\"/></lines></class></coverage>", "it can not be read")]
    [TestCase("<coverage><class filename=\"a/A.cs\"><lines><line number=\"-1\" hits=\"1\"/></lines></class></coverage>", "it can not be read")]
    [TestCase("<coverage/>", "it holds no lines")]
    [TestCase("<coverage><class filename=\"a/A.cs\"><lines/></class></coverage>", "it holds no lines")]
    [TestCase("<coverage><class filename=\"a/A.cs\"><lines><line number=\"0\" hits=\"1\"/></lines></class></coverage>", "it is of another commit: a/A.cs has fewer lines")]
    [TestCase("<coverage><class filename=\"a/A.cs\"><lines><line number=\"7\" hits=\"1\"/></lines></class></coverage>", "it is of another commit: a/A.cs has fewer lines")]
    [TestCase("<coverage><class filename=\"a/Gone.cs\"><lines><line number=\"1\" hits=\"1\"/></lines></class></coverage>", "it is of another commit: there is no a/Gone.cs")]
    [TestCase("<coverage><class filename=\"/elsewhere/A.cs\"><lines><line number=\"1\" hits=\"1\"/></lines></class></coverage>", "it is of code outside the repository")]
    [TestCase("<coverage timestamp=\"1700000000\"><class filename=\"a/A.cs\"><lines><line number=\"1\" hits=\"1\"/></lines></class></coverage>", "it is older than the run")]
    [TestCase("<coverage timestamp=\"1700000000000\"><class filename=\"a/A.cs\"><lines><line number=\"1\" hits=\"1\"/></lines></class></coverage>", "it is older than the run")]
    public void A_report_that_does_not_fit_is_refused_with_its_reason(string content, string why)
    {
        using var code = new Code(("a/A.cs", 6));
        File.WriteAllText(Path.Combine(code.Root, "report.xml"), content);

        Assert.That(CoverageReport.Read(Path.Combine(code.Root, "report.xml"), code.Root, DateTime.UtcNow), Is.EqualTo(((LineCoverage?)null, why)));
    }

    [Test]
    public void A_report_that_was_there_before_the_run_is_refused_and_so_is_none()
    {
        using var code = new Code(("a/A.cs", 6));
        var report = code.Report("report.xml", Class("a/A.cs", (1, 1)));
        File.SetLastWriteTimeUtc(report, DateTime.UtcNow.AddMinutes(-1));

        Assert.That(CoverageReport.Read(report, code.Root, DateTime.UtcNow).Refusal, Is.EqualTo("it is older than the run"));
        Assert.That(CoverageReport.Read(report + ".none", code.Root, DateTime.UtcNow).Refusal, Is.EqualTo("there is none"));
    }

    [Test]
    public void A_name_that_two_sources_have_is_nobodys()
    {
        using var code = new Code(("one/app.py", 2), ("two/app.py", 2));
        var report = Path.Combine(code.Root, "report.xml");
        File.WriteAllText(report, $"<coverage><sources><source>{code.Root}/one</source><source>{code.Root}/two</source></sources>{Class("app.py", (1, 1))}</coverage>");

        Assert.That(CoverageReport.Read(report, code.Root, DateTime.UtcNow).Refusal, Is.EqualTo("'app.py' lies in several of its sources (one/app.py, two/app.py): give each service a suite of its own"));
    }

    [Test]
    public void Kept_lines_are_those_of_exactly_these_inputs_and_of_files_that_have_them()
    {
        using var code = new Code(("a/A.cs", 6));
        var kept = new KeptCoverage(code.Root);
        var lines = new LineCoverage();
        lines.Add("a/A.cs", [new(1, true), new(6, false)]);

        kept.Keep("api", "aaaa", lines);

        Assert.That(kept.Find("api", "aaaa")!.Fraction, Is.EqualTo(new CoverageFraction(1, 2)));
        Assert.That(kept.Find("api", "bbbb"), Is.Null);
        File.Copy(Path.Combine(code.Root, ".pipeline/coverage/api-aaaa.json"), Path.Combine(code.Root, ".pipeline/coverage/api-bbbb.json"));
        Assert.That(kept.Find("api", "bbbb"), Is.Null, "kept of other inputs");
        File.WriteAllText(Path.Combine(code.Root, "a/A.cs"), "\n");
        Assert.That(kept.Find("api", "aaaa"), Is.Null, "the file is shorter");
    }

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("null")]
    [TestCase("""{"service":"api","inputs":"aaaa","files":{"a/A.cs":null}}""")]
    [TestCase("""{"service":"api","inputs":"aaaa","files":{"a/A.cs":{"covered":[1]}}}""")]
    [TestCase("""{"service":"api","inputs":"aaaa","files":{"../A.cs":{"covered":[],"missed":[]}}}""")]
    public void What_was_kept_and_can_not_be_believed_is_not_kept(string content)
    {
        using var code = new Code((".pipeline/coverage/api-aaaa.json", 0), ("a/A.cs", 1));
        File.WriteAllText(Path.Combine(code.Root, ".pipeline/coverage/api-aaaa.json"), content);

        Assert.That(new KeptCoverage(code.Root).Find("api", "aaaa"), Is.Null);
    }

    private static LineCoverage Read(Code code, string report)
    {
        var (lines, refusal) = CoverageReport.Read(report, code.Root, DateTime.UtcNow);
        Assert.That(refusal, Is.Null);
        return lines!;
    }

    private static string Class(string file, params IEnumerable<(int Line, int Hits)> lines) =>
        $"<class filename=\"{file}\"><lines>{string.Concat(lines.Select(l => $"<line number=\"{l.Line}\" hits=\"{l.Hits}\"/>"))}</lines></class>";

    /// <summary>A folder with files of so many lines.</summary>
    private sealed class Code : IDisposable
    {
        public Code(params IEnumerable<(string File, int Lines)> files)
        {
            foreach (var (file, lines) in files)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Root, file))!);
                File.WriteAllText(Path.Combine(Root, file), string.Concat(Enumerable.Repeat("line\n", lines)));
            }
        }

        public string Root { get; } = Directory.CreateTempSubdirectory("coverage-").FullName;

        public string Report(string name, string classes)
        {
            var file = Path.Combine(Root, name);
            File.WriteAllText(file, $"<coverage><sources><source>{Root}</source></sources><packages><package><classes>{classes}</classes></package></packages></coverage>");
            return file;
        }

        public void Dispose() => Directory.Delete(Root, recursive: true);
    }
}
