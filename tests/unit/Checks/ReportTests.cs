using System.Text.Json.Nodes;
using System.Xml.Linq;
using Pipeline.Checks;
using Pipeline.Checks.Advisories;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Checks;

internal sealed class ReportTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("reports-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void A_failed_test_leads_to_its_line_in_the_repository()
    {
        var report = Trx(
            Result("1", "Adds", "Passed"),
            Result("2", "Fails", "Failed", "sum &amp; more\n  Expected: 4", $"   at Lib.Check() in /elsewhere/Lib.cs:line 3\n   at T.Fails() in {_folder}/tests/T.cs:line 18"),
            Result("3", "Waits", "NotExecuted", "needs rain"),
            Result("4", "Hangs", "Timeout"));

        Assert.That(report.Counts, Is.EqualTo(new TestCounts(1, 2, 1)));
        Assert.That(report.Failures(_folder).First(), Is.EqualTo(new Finding("Shop.T.Fails", "sum & more; Expected: 4", "tests/T.cs", 18)));
        Assert.That(report.Skipped().Single(), Is.EqualTo(new SkippedTest("Shop.T.Waits", "needs rain")));
    }

    [Test]
    public void The_JUnit_file_says_the_same_and_is_valid_XML_whatever_the_tests_are_called()
    {
        var file = Path.Combine(_folder, "deep", "unit.junit.xml");
        var report = new TestReport([new TestCase("T", "Case(\"a\u0001b\")", TestOutcome.Failed, TimeSpan.FromMilliseconds(1500), "boom \u0002 <&>", null)], null);

        JUnitReport.Write(file, "unit", report);

        var suite = XDocument.Load(file).Root!.Element("testsuite")!;
        Assert.That((string?)suite.Attribute("failures"), Is.EqualTo("1"));
        Assert.That((string?)suite.Attribute("time"), Is.EqualTo("1.500"));
        Assert.That((string?)suite.Element("testcase")!.Element("failure")!.Attribute("message"), Is.EqualTo("boom \ufffd <&>"));
    }

    [Test]
    public void Compiler_errors_are_read_once_each()
    {
        var output = $"{_folder}/api/Program.cs(3,1): error IDE0005: Using directive is unnecessary. (https://example.test) [{_folder}/api/Api.csproj]\n"
            + $"{_folder}/api/Program.cs(3,1): error IDE0005: Using directive is unnecessary. (https://example.test) [{_folder}/api/Api.csproj]\n"
            + "CSC : error CS5001: Program does not contain a static 'Main' method [x.csproj]\n";

        Assert.That(Dotnet.Errors(_folder, output), Is.EqualTo(new[]
        {
            new Finding("IDE0005", "Using directive is unnecessary. (https://example.test)", "api/Program.cs", 3),
            new Finding("CS5001", "Program does not contain a static 'Main' method"),
        }));
    }

    [Test]
    public void A_formatting_finding_names_the_command_that_mends_it()
    {
        var report = Path.Combine(_folder, "format.json");
        File.WriteAllText(report, new JsonArray(new JsonObject
        {
            ["FilePath"] = Path.Combine(_folder, "api", "Orders", "Order.cs"),
            ["FileChanges"] = new JsonArray(new JsonObject { ["LineNumber"] = 7, ["DiagnosticId"] = "WHITESPACE", ["FormatDescription"] = "Fix whitespace." }),
        }).ToJsonString());

        Assert.That(FormatReport.Read(_folder, report, ["Root.csproj", "api/Api.csproj"]), Is.EqualTo(new[]
        {
            new Finding("WHITESPACE", "Fix whitespace.", "api/Orders/Order.cs", 7, "dotnet format api/Api.csproj"),
        }));
    }

    [Test]
    public void Vulnerable_packages_are_read_with_severity_and_advisory()
    {
        const string json = """
            {"version":1,"projects":[{"path":"/r/api/Api.csproj","frameworks":[{"framework":"net10.0","topLevelPackages":[
              {"id":"Newtonsoft.Json","requestedVersion":"12.0.3","resolvedVersion":"12.0.3","vulnerabilities":[{"severity":"High","advisoryurl":"https://example.test/GHSA-1"}]}],
              "transitivePackages":[{"id":"Other","resolvedVersion":"1.0.0","vulnerabilities":[{"severity":"Low","advisoryurl":"https://example.test/GHSA-2"}]}]}]},{"path":"/r/web/Web.csproj"}]}
            """;

        var (found, problem) = NuGetAudit.Read("/r", json);

        Assert.That(problem, Is.Null);
        Assert.That(found.Select(v => (v.Package.Name, v.Package.Version, v.Package.File, v.Ids.Single(), v.Severity)), Is.EqualTo(new[]
        {
            ("Newtonsoft.Json", "12.0.3", "api/Api.csproj", "GHSA-1", "high"), ("Other", "1.0.0", "api/Api.csproj", "GHSA-2", "low"),
        }));
    }

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("""{"problems":[{"level":"error","text":"No assets file was found"}],"projects":[]}""")]
    public void An_answer_with_a_problem_is_never_clean(string json) =>
        Assert.That(NuGetAudit.Read("/r", json).Problem, Is.Not.Null.And.Not.Empty);

    [TestCase("""{"resources":[{"@id":"x","@type":"VulnerabilityInfo/6.7.0"}]}""", true)]
    [TestCase("""{"resources":[{"@id":"x","@type":["A","VulnerabilityInfo/6.7.0"]}]}""", true)]
    [TestCase("""{"resources":[{"@id":"x","@type":"SearchQueryService"}]}""", false)]
    [TestCase("""{}""", false)]
    public void A_source_has_vulnerability_data_if_its_index_says_so(string index, bool has) =>
        Assert.That(PackageSources.HasVulnerabilityData(JsonNode.Parse(index)), Is.EqualTo(has));

    [Test]
    public void Findings_become_SARIF()
    {
        var file = Path.Combine(_folder, "a.sarif");

        SarifReport.Write(file,
        [
            new CheckPart("secrets", Verdict.Failed, "2") { Findings = [new Finding("aws-access-key", "an AWS access key id: AKIA…", "a folder/ü.cs", 4, "revoke it"), new Finding("x", "no place")] },
            new CheckPart("bandit", Verdict.NotEvaluable, "bandit is not installed"),
            new CheckPart("other", Verdict.Skipped, "nothing to look at"),
        ]);

        var runs = JsonNode.Parse(File.ReadAllText(file))!["runs"]!.AsArray();
        Assert.That(runs.Select(r => (string?)r!["tool"]!["driver"]!["name"]), Is.EqualTo(new[] { "secrets", "bandit" }));
        Assert.That((bool?)runs[1]!["invocations"]![0]!["executionSuccessful"], Is.False, "nothing found is not nothing there");
        var run = runs[0]!;
        Assert.That((string?)run["tool"]!["driver"]!["rules"]![0]!["id"], Is.EqualTo("aws-access-key"));
        Assert.That((string?)run["results"]![0]!["locations"]![0]!["physicalLocation"]!["artifactLocation"]!["uri"], Is.EqualTo("a%20folder/%C3%BC.cs"));
        Assert.That((int?)run["results"]![0]!["locations"]![0]!["physicalLocation"]!["region"]!["startLine"], Is.EqualTo(4));
        Assert.That(run["results"]![1]!["locations"], Is.Null);
    }

    [TestCase(Verdict.Passed, Verdict.NotEvaluable, WhenNotEvaluable.Allow, true, "not evaluable: package advisories (no data); allowed in staging by gates.security.advisories")]
    [TestCase(Verdict.Passed, Verdict.NotEvaluable, WhenNotEvaluable.Refuse, false, "not evaluable: package advisories (no data); refused in staging by gates.security.advisories")]
    [TestCase(Verdict.NotEvaluable, Verdict.Passed, WhenNotEvaluable.Allow, false, "not evaluable: secrets (no data); refused in staging")]
    [TestCase(Verdict.Failed, Verdict.NotEvaluable, WhenNotEvaluable.Allow, false, "secrets: no data; refused in staging")]
    [TestCase(Verdict.Passed, Verdict.Passed, WhenNotEvaluable.Refuse, true, "")]
    public void The_gate_says_what_it_does_with_unknown_advisories(Verdict secrets, Verdict advisories, WhenNotEvaluable setting, bool allowed, string sentence)
    {
        CheckPart[] parts = [new("secrets", secrets, "no data"), new("package advisories", advisories, "no data") { Gate = "security.advisories" }];

        var judgement = CheckGate.Judge(Verdicts.Result("Security", default, parts), new GateSettings(80m, setting), "staging");

        Assert.That(judgement, Is.EqualTo(new CheckJudgement(allowed, sentence)));
    }

    private static string Result(string id, string name, string outcome, string? message = null, string? stack = null) =>
        $"<UnitTestResult testId=\"{id}\" testName=\"{name}\" outcome=\"{outcome}\" duration=\"00:00:00.5\"><Output><ErrorInfo><Message>{message}</Message><StackTrace>{stack}</StackTrace></ErrorInfo></Output></UnitTestResult>";

    private TestReport Trx(params string[] results)
    {
        var file = Path.Combine(_folder, "a.trx");
        var definitions = string.Concat(Enumerable.Range(1, results.Length).Select(i => $"<UnitTest id=\"{i}\"><TestMethod className=\"Shop.T\" /></UnitTest>"));
        File.WriteAllText(file, $"<TestRun xmlns=\"http://microsoft.com/schemas/VisualStudio/TeamTest/2010\"><Results>{string.Concat(results)}</Results><TestDefinitions>{definitions}</TestDefinitions></TestRun>");
        return TestReport.Read(file)!;
    }
}
