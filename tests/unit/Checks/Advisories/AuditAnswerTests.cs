using Pipeline.Checks.Advisories;

namespace Pipeline.Tests.Checks.Advisories;

/// <summary>Answers of the tools that ask online sources, as they were recorded or as their documentation shows them.</summary>
internal sealed class AuditAnswerTests
{
    private static readonly InstalledPackage Flask = new(Ecosystem.PyPI, "Flask", "0.5", "requirements.txt", 1);
    private static readonly InstalledPackage Jinja = new(Ecosystem.PyPI, "jinja2", "3.1.4", "requirements.txt", 2);

    [Test]
    public void Pip_audit_names_vulnerabilities_with_their_aliases_and_fixes()
    {
        const string json = """
            {"dependencies":[{"name":"flask","version":"0.5","vulns":[
              {"id":"PYSEC-2019-179","fix_versions":["1.0"],"aliases":["CVE-2019-1010083","GHSA-5wv5-4vpf-pj6m"],"description":"x"},
              {"id":"PYSEC-2018-66","fix_versions":["0.12.3","0.4"],"aliases":[],"description":"y"}]},
              {"name":"jinja2","version":"3.1.4","vulns":[]}],"fixes":[]}
            """;

        var (found, problem) = PythonAudit.ReadPipAudit(json, [Flask, Jinja]);

        Assert.That(problem, Is.Null);
        Assert.That(found.Select(v => $"{v.Package.Name} {string.Join(' ', v.Ids)} {v.Fixed}"),
            Is.EqualTo(new[] { "Flask PYSEC-2019-179 CVE-2019-1010083 GHSA-5wv5-4vpf-pj6m 1.0", "Flask PYSEC-2018-66 0.12.3" }));
    }

    [TestCase("", "gave no answer that can be read")]
    [TestCase("[]", "gave no answer that can be read")]
    [TestCase("""{"dependencies":[]}""", "says nothing about Flask 0.5")]
    [TestCase("""{"dependencies":[{"name":"flask","skip_reason":"Dependency not found on PyPI"}]}""", "says nothing about Flask 0.5")]
    public void What_pip_audit_does_not_answer_is_a_problem(string json, string problem) =>
        Assert.That(PythonAudit.ReadPipAudit(json, [Flask]), Is.EqualTo((Array.Empty<Vulnerability>(), problem)));

    [Test]
    public void Safety_names_vulnerabilities()
    {
        const string json = """
            {"report_meta":{"safety_version":"2.3.5"},"scanned_packages":{"flask":{"name":"flask","version":"0.5"},"jinja2":{"name":"jinja2","version":"3.1.4"}},
             "vulnerabilities":[{"vulnerability_id":"36388","package_name":"flask","analyzed_version":"0.5","fixed_versions":["0.12.3"],"CVE":"CVE-2018-1000656","severity":null},
               {"vulnerability_id":"1","package_name":"flask","CVE":null,"fixed_versions":[]}],"ignored_vulnerabilities":[]}
            """;

        var (found, problem) = PythonAudit.ReadSafety(json, [Flask, Jinja]);

        Assert.That(problem, Is.Null);
        Assert.That(found.Select(v => $"{string.Join(' ', v.Ids)} {v.Fixed}"), Is.EqualTo(new[] { "CVE-2018-1000656 safety-36388 0.12.3", "safety-1 " }));
    }

    [TestCase("[]", "gave no answer that can be read")]
    [TestCase("""{"scanned_packages":{},"vulnerabilities":[]}""", "says nothing about Flask 0.5")]
    public void What_Safety_does_not_answer_is_a_problem(string json, string problem) =>
        Assert.That(PythonAudit.ReadSafety(json, [Flask]).Problem, Is.EqualTo(problem));

    [Test]
    public void Npm_audit_names_the_advisory_where_the_package_lies()
    {
        const string json = """
            {"auditReportVersion":2,"vulnerabilities":{
              "lodash":{"name":"lodash","severity":"critical","isDirect":false,"via":[
                {"source":1,"name":"lodash","dependency":"lodash","title":"x","url":"https://github.com/advisories/GHSA-35jh-r3h4-6jhm","severity":"high","range":">=1.0.0 <4.17.21"}],
                "effects":["top"],"range":"<4.17.21","nodes":["node_modules/a/node_modules/lodash"],"fixAvailable":true},
              "top":{"name":"top","severity":"high","via":["lodash"],"nodes":["node_modules/top"],"fixAvailable":true}},"metadata":{}}
            """;
        var inner = Npm("lodash", "4.17.20", "node_modules/a/node_modules/lodash");

        var (found, problem) = NpmAudit.Read(json, [Npm("lodash", "4.17.21", "node_modules/lodash"), inner, Npm("top", "1.0.0", "node_modules/top")]);

        Assert.That(problem, Is.Null);
        Assert.That(found.Select(v => (v.Package, v.Ids.Single(), v.Severity, v.Fixed)), Is.EqualTo(new[] { (inner, "GHSA-35jh-r3h4-6jhm", "high", "4.17.21") }));
    }

    [TestCase("", "gave no answer that can be read")]
    [TestCase("""{"message":"405 Method Not Allowed - POST https://registry.example.test/","method":"POST","statusCode":405}""", "405 Method Not Allowed - POST https://registry.example.test/")]
    [TestCase("""{"error":{"code":"ENOLOCK","summary":"This command requires an existing lockfile.","detail":"x"}}""", "This command requires an existing lockfile.")]
    [TestCase("""{"auditReportVersion":2,"vulnerabilities":{"b":{"via":[],"nodes":["node_modules/b"]}}}""", "names b, which the lock file does not")]
    public void What_npm_does_not_answer_is_a_problem(string json, string problem) =>
        Assert.That(NpmAudit.Read(json, [Npm("a", "1.0.0", "node_modules/a")]), Is.EqualTo((Array.Empty<Vulnerability>(), problem)));

    private static InstalledPackage Npm(string name, string version, string folder) => new(Ecosystem.Npm, name, version, "package-lock.json", 1) { Folder = folder };
}
