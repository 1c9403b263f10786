using Pipeline.Checks;

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
    public void A_line_counts_once_over_classes_and_suites()
    {
        var folder = Directory.CreateTempSubdirectory("coverage-").FullName;
        try
        {
            var first = Report(folder, "first.xml", "<class filename=\"a/A.cs\"><lines><line number=\"1\" hits=\"0\"/><line number=\"2\" hits=\"1\"/></lines></class>"
                + "<class filename=\"a/A.cs\"><lines><line number=\"2\" hits=\"0\"/><line number=\"3\" hits=\"0\"/></lines></class>");
            var second = Report(folder, "second.xml", "<class filename=\"a/A.cs\"><lines><line number=\"1\" hits=\"7\"/></lines></class>");
            var coverage = new LineCoverage(folder);

            Assert.That(coverage.Add(first) && coverage.Add(second), Is.True);
            Assert.That(coverage.Of(_ => true), Is.EqualTo(new CoverageFraction(2, 3)));
            Assert.That(coverage.Least(_ => true).Single().FirstMissed, Is.EqualTo(3));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestCase("")]
    [TestCase("<coverage><class filename=\"a\"><lines><line number=\"1\" hits=\"NaN\"/></lines></class></coverage>")]
    [TestCase("not xml")]
    public void A_report_that_cannot_be_read_is_no_report(string content)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, content);

            Assert.That(new LineCoverage(Path.GetTempPath()).Add(file), Is.False);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Report(string folder, string name, string classes)
    {
        var file = Path.Combine(folder, name);
        File.WriteAllText(file, $"<coverage><sources><source>{folder}</source></sources><packages><package><classes>{classes}</classes></package></packages></coverage>");
        return file;
    }
}
