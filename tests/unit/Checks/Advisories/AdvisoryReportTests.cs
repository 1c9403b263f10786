using Pipeline.Checks;
using Pipeline.Checks.Advisories;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Checks.Advisories;

/// <summary>What all sources together mean.</summary>
internal sealed class AdvisoryReportTests
{
    private static readonly DateOnly Today = new(2026, 6, 15);
    private static readonly InstalledPackage Lodash = new(Ecosystem.Npm, "lodash", "4.17.20", "web/package-lock.json", 7);
    private static readonly InstalledPackage Jinja = new(Ecosystem.PyPI, "Jinja2", "2.11.2", "worker/requirements.txt", 3);
    private static readonly InstalledPackage Newtonsoft = new(Ecosystem.NuGet, "Newtonsoft.Json", "12.0.3", "api/packages.lock.json", 5);

    [Test]
    public void Clean_is_what_a_source_has_looked_at_in_every_ecosystem()
    {
        var part = Judge([Lodash, Jinja], [], new Answer("folder", Ecosystem.Npm), new Answer("npm audit", Ecosystem.Npm) { Problem = "405" }, new Answer("pip-audit", Ecosystem.PyPI));

        Assert.That((part.Verdict, part.Summary), Is.EqualTo((Verdict.Passed, "package advisories 0 in 2 packages (PyPI 1, npm 1)")));
    }

    [Test]
    public void An_ecosystem_without_an_answer_says_what_was_tried_and_the_way_out()
    {
        var part = Judge([Lodash, Jinja], [], new Answer("folder", Ecosystem.Npm), new Answer("pip-audit", Ecosystem.PyPI) { Problem = "is not installed" });

        Assert.That((part.Verdict, part.Gate), Is.EqualTo((Verdict.NotEvaluable, "security.advisories")));
        Assert.That(part.Summary, Is.EqualTo("nobody could answer for 1 package of PyPI (pip-audit: is not installed; osv.dev's PyPI/all.zip in the folder checks.security.advisories answers without a network)"));
    }

    [Test]
    public void A_gap_is_never_clean_whatever_the_sources_say()
    {
        var part = Judge([Jinja], [new(Ecosystem.PyPI, "worker/requirements.txt", "requests (line 1) has no exact version"), new(Ecosystem.PyPI, "worker/requirements.txt", "flask (line 2) has no exact version")], new Answer("pip-audit", Ecosystem.PyPI));

        Assert.That((part.Verdict, part.Summary), Is.EqualTo((Verdict.NotEvaluable, "worker/requirements.txt: requests (line 1) has no exact version, flask (line 2) has no exact version")));
    }

    [TestCase(null, Verdict.Passed)]
    [TestCase("the package source has no vulnerability data", Verdict.NotEvaluable)]
    public void A_project_without_a_lock_file_needs_a_source_that_resolves_it(string? problem, Verdict verdict) =>
        Assert.That(Judge([], [new(Ecosystem.NuGet, "api/Api.csproj", "has no lock file")], new Answer("dotnet", Ecosystem.NuGet) { Resolves = true, Problem = problem }).Verdict, Is.EqualTo(verdict));

    [Test]
    public void Findings_of_all_sources_are_merged_by_any_common_name()
    {
        var part = Judge(
            [Lodash, Lodash with { Line = 90, Folder = "elsewhere" }],
            [],
            new Answer("folder", Ecosystem.Npm) { Found = [new(Lodash, ["OSV-1", "CVE-1"], null, null), new(Lodash, ["OSV-2", "GHSA-1"], "high", "4.17.21"), new(Lodash, ["CVE-9"], "low", null)] },
            new Answer("npm audit", Ecosystem.Npm) { Found = [new(Lodash with { Line = 90, Folder = "elsewhere" }, ["ghsa-1", "CVE-1"], "moderate", null)] });

        Assert.That(part.Verdict, Is.EqualTo(Verdict.Failed));
        Assert.That(part.Findings, Is.EqualTo(new[]
        {
            new Finding("GHSA-1", "lodash 4.17.20: GHSA-1 (CVE-1, OSV-1, OSV-2), severity high, fixed in 4.17.21", "web/package-lock.json", 7, "npm update lodash --prefix web"),
            new Finding("CVE-9", "lodash 4.17.20: CVE-9, severity low, no fixed version known", "web/package-lock.json", 7, "do without lodash, or say in checks.security.ignore until when it is accepted"),
        }));
    }

    [Test]
    public void A_finding_by_name_and_version_stands_where_the_lock_file_has_it()
    {
        var part = Judge([Newtonsoft], [], new Answer("dotnet", Ecosystem.NuGet) { Found = [new(Newtonsoft with { Name = "newtonsoft.json", File = "api/Api.csproj", Line = null }, ["GHSA-1"], "high", "13.0.1")] });

        Assert.That(part.Findings.Single(), Is.EqualTo(new Finding("GHSA-1", "Newtonsoft.Json 12.0.3: GHSA-1, severity high, fixed in 13.0.1", "api/packages.lock.json", 5, "dotnet add api package Newtonsoft.Json --version 13.0.1")));
    }

    [Test]
    public void A_finding_counts_although_its_source_is_broken_and_what_is_open_is_said_too()
    {
        var part = Judge([Lodash], [], new Answer("folder", Ecosystem.Npm) { Found = [new(Lodash, ["GHSA-1"], "high", null)], Problem = "x.json is no advisory in OSV's format" });

        Assert.That((part.Verdict, part.Gate), Is.EqualTo((Verdict.Failed, (string?)null)));
        Assert.That(part.Summary, Does.StartWith("package advisories 1 in 1 package (npm 1); not evaluable: nobody could answer for 1 package of npm (folder: x.json is no advisory"));
    }

    [TestCase("2026-06-15", Verdict.Passed)]
    [TestCase("2026-06-14", Verdict.Failed)]
    public void What_the_team_lives_with_is_no_finding_until_its_day_is_over(string until, Verdict verdict)
    {
        var ignored = new IgnoredAdvisory("cve-1", DateOnly.Parse(until, System.Globalization.CultureInfo.InvariantCulture), "not reachable");
        var answer = new Answer("folder", Ecosystem.PyPI) { Found = [new(Jinja, ["PYSEC-1", "CVE-1"], "high", "2.11.3")] };

        var part = new AdvisoryReport([ignored], Today) { Note = "5 advisories" }.Judge(new Inventory([Jinja], []), [answer]);

        Assert.That(part.Verdict, Is.EqualTo(verdict));
        if (verdict == Verdict.Passed)
        {
            Assert.That(part.Summary, Is.EqualTo("package advisories 0 in 1 package (PyPI 1); cve-1 ignored until 2026-06-15 (not reachable); 5 advisories"));
        }
        else
        {
            Assert.That((part.Findings.Single().Message, part.Findings.Single().Fix), Is.EqualTo((
                "Jinja2 2.11.2: CVE-1 (PYSEC-1), severity high, fixed in 2.11.3; it was ignored until 2026-06-14 (not reachable), which has passed", "write Jinja2==2.11.3 into worker/requirements.txt")));
        }
    }

    [Test]
    public void Nothing_installed_is_clean() => Assert.That(Judge([], []).Summary, Is.EqualTo("package advisories 0 in 0 packages"));

    [TestCase("api/obj/project.assets.json", "dotnet add api package Jinja2 --version 3")]
    [TestCase("packages.lock.json", "dotnet add . package Jinja2 --version 3")]
    [TestCase("poetry.lock", "poetry --directory . update Jinja2")]
    [TestCase("w/uv.lock", "uv lock --directory w --upgrade-package Jinja2")]
    [TestCase("w/pdm.lock", "pdm update --project w Jinja2")]
    [TestCase("w/Pipfile.lock", "cd w && pipenv upgrade Jinja2")]
    public void Each_lock_file_has_a_command(string file, string command) => Assert.That(AdvisoryFix.Of(Jinja with { File = file }, "3"), Is.EqualTo(command));

    private static CheckPart Judge(IReadOnlyList<InstalledPackage> packages, IReadOnlyList<Gap> gaps, params IReadOnlyList<Answer> answers) =>
        new AdvisoryReport([], Today).Judge(new Inventory(packages, gaps), answers);
}
