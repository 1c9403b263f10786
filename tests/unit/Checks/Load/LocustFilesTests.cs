using Pipeline.Checks.Load;

namespace Pipeline.Tests.Checks.Load;

/// <summary>Locust's CSV files, also broken and hostile ones.</summary>
public sealed class LocustFilesTests
{
    private const string Head = "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%\n";
    private string _prefix = "";

    [SetUp]
    public void Prepare() => _prefix = Path.Combine(Directory.CreateTempSubdirectory("pipeline-locust-").FullName, "locust");

    [TearDown]
    public void Delete() => Directory.Delete(Path.GetDirectoryName(_prefix)!, recursive: true);

    [Test]
    public void Figures_failures_and_moments_are_read()
    {
        Write("_stats.csv", Head + "GET,\"/a,\"\"b\"\"\",400,40,3,3.25,1.1,11.5,2.0,140.5,14.5,3,3,4,4,6,7,8,9,12,12,12\n,Aggregated,438,44,3,3.298361730425869,1.12,11.56,2.0,146.6,14.7,3,3,4,4,6,7,8,9,12,12,12\n");
        Write("_failures.csv", "Method,Name,Error,Occurrences\nGET,/a,\"HTTPError('500\nServer Error')\",44\n");
        Write("_stats_history.csv", "Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,95%,99%\n100,0,,Aggregated,0.0,0.0,N/A,N/A,N/A\n101,10,,Aggregated,90.5,10.5,3,7,9\n102,10,,Aggregated,95,0,4,8,10\n103,1");

        var measured = new LocustFiles(_prefix).Read()!;

        Assert.Multiple(() =>
        {
            Assert.That((measured.Requests, measured.Succeeded, measured.Times!.Mean, measured.Times.Percentile95, measured.Rate), Is.EqualTo((438L, 394L, 3.298361730425869m, 7m, 131.9m)));
            Assert.That(measured.Kinds.Select(k => k.Name), Is.EqualTo(new[] { "GET /a,\"b\"" }));
            Assert.That(measured.Failures, Is.EqualTo(new[] { new LoadFailure("HTTPError('500 Server Error')", 44, "GET /a") }));
            Assert.That(measured.Samples.Select(s => (s.Second, s.Rate, s.Failed, s.Percentile99)), Is.EqualTo(new[] { (0m, 80m, 10.5m, (decimal?)9m), (1m, 95m, 0m, 10m) }));
            Assert.That(measured.Within, Is.Null);
        });
    }

    [Test]
    public void What_a_script_raised_is_one_line_without_commands_for_a_CI_host()
    {
        Write("_exceptions.csv", "Count,Message,Traceback,Nodes\n151,\"\u001b[31mbad\n::error::mine\",\"File \"\"f.py\"\", line 7\n\",local\n");

        var (message, _, count) = new LocustFiles(_prefix).Exceptions().Single();

        Assert.That((message.Contains("::error", StringComparison.Ordinal), message.Contains('\u001b'), message.StartsWith("bad ", StringComparison.Ordinal), count), Is.EqualTo((false, false, true, 151L)));
    }

    [TestCase("")]
    [TestCase("Type,Name\nGET,/a\n")]
    [TestCase(Head + ",Aggregated,many,0,3,3,1,1,2,1,1,3,3,4,4,6,7,8,9,12,12,12\n")]
    [TestCase("\"never closed")]
    public void What_cannot_be_read_are_no_figures(string stats)
    {
        Write("_stats.csv", stats);

        Assert.That(new LocustFiles(_prefix).Read(), Is.Null);
    }

    [Test]
    public void No_files_are_no_figures() => Assert.That((new LocustFiles(_prefix).Read(), new LocustFiles(_prefix).Exceptions().Count), Is.EqualTo(((LoadMeasurement?)null, 0)));

    private void Write(string file, string text) => File.WriteAllText(_prefix + file, text);
}
