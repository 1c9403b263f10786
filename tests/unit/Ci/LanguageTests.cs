using System.Text.Json;
using Pipeline.Ci;

namespace Pipeline.Tests.Ci;

/// <summary>What is said to each runner, byte by byte; foreign text ends no command and begins none.</summary>
public sealed class LanguageTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_795_426_860);
    private static readonly Annotation Hostile = new(true, "CS,1: %a;b]'|", "100 %\r\n::error::boom]|'[", "a,b:c;d]%.cs", 12);
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void Make() => _folder = Directory.CreateTempSubdirectory("ci-language-");

    [TearDown]
    public void Delete() => _folder.Delete(recursive: true);

    [TestCase(CiProvider.GitHub, "::group::Lint%0A::x", "::endgroup::")]
    [TestCase(CiProvider.Azure, "##[group]Lint%0A::x", "##[endgroup]")]
    [TestCase(CiProvider.TeamCity, "##teamcity[blockOpened name='Lint|n::x']", "##teamcity[blockClosed name='Lint|n::x']")]
    [TestCase(CiProvider.Jenkins, null, null)]
    [TestCase(CiProvider.None, null, null)]
    public void A_group_begins_and_ends(CiProvider provider, string? start, string? end)
    {
        var language = Language(provider);

        Assert.That(language.GroupStart("Lint\n::x", Now), Is.EqualTo(Lines(start)));
        Assert.That(language.GroupEnd("Lint\n::x", Now), Is.EqualTo(Lines(end)));
    }

    [Test]
    public void A_section_of_GitLab_has_a_time_and_a_key()
    {
        var language = Language(CiProvider.GitLab);

        Assert.That(language.GroupStart("Unit tests", Now), Is.EqualTo(new[] { "\x1b[0Ksection_start:1795426860:Unit_tests[collapsed=true]\r\x1b[0KUnit tests" }));
        Assert.That(language.GroupEnd("Unit tests", Now), Is.EqualTo(new[] { "\x1b[0Ksection_end:1795426860:Unit_tests\r\x1b[0K" }));
    }

    [TestCase(CiProvider.GitHub, "::error file=a%2Cb%3Ac;d]%25.cs,line=12,title=CS%2C1%3A %25a;b]'|::100 %25%0D%0A::error::boom]|'[")]
    [TestCase(CiProvider.Azure, "##vso[task.logissue type=error;sourcepath=a,b:c%3Bd%5D%AZP25.cs;linenumber=12;code=CS,1: %AZP25a%3Bb%5D'|]100 %AZP25%0D%0A::error::boom]|'[")]
    public void An_annotation_is_one_line_at_its_place(CiProvider provider, string line) =>
        Assert.That(Language(provider).Annotations([Hostile]), Is.EqualTo(new[] { line }));

    [Test]
    public void An_annotation_of_TeamCity_is_an_inspection_whose_kind_is_introduced_once()
    {
        var lines = Language(CiProvider.TeamCity).Annotations([Hostile, Hostile with { Line = 13 }, new Annotation(false, "Test", "é")]);

        Assert.That(lines, Is.EqualTo(new[]
        {
            "##teamcity[inspectionType id='CS,1: %a;b|]|'||' name='CS,1: %a;b|]|'||' category='pipeline' description='CS,1: %a;b|]|'||']",
            "##teamcity[inspection typeId='CS,1: %a;b|]|'||' message='100 %|r|n::error::boom|]|||'|[' file='a,b:c;d|]%.cs' line='12' SEVERITY='ERROR']",
            "##teamcity[inspection typeId='CS,1: %a;b|]|'||' message='100 %|r|n::error::boom|]|||'|[' file='a,b:c;d|]%.cs' line='13' SEVERITY='ERROR']",
            "##teamcity[message text='Test: |0x00e9' status='WARNING']",
        }));
    }

    [Test]
    public void Without_a_place_there_is_none_in_the_annotation()
    {
        Assert.That(Language(CiProvider.GitHub).Annotations([new Annotation(false, "Security: advisories", "not evaluable")]), Is.EqualTo(new[] { "::warning title=Security%3A advisories::not evaluable" }));
        Assert.That(Language(CiProvider.Azure).Annotations([new Annotation(false, "x", "y")]), Is.EqualTo(new[] { "##vso[task.logissue type=warning;code=x]y" }));
    }

    [Test]
    public void As_many_are_told_as_are_shown_of_each_level()
    {
        Annotation[] many = [.. Enumerable.Range(0, 15).SelectMany(i => (Annotation[])[new(true, "e", $"{i}"), new(false, "w", $"{i}")])];

        var lines = Language(CiProvider.GitHub).Annotations(many).ToList();

        Assert.That((lines.Count(l => l.StartsWith("::error ", StringComparison.Ordinal)), lines.Count(l => l.StartsWith("::warning ", StringComparison.Ordinal))), Is.EqualTo((10, 10)));
        Assert.That(lines[0], Does.EndWith("::0"), "the first are the most useful");
    }

    [Test]
    public void Findings_are_a_code_quality_report_of_GitLab()
    {
        Assert.That(Language(CiProvider.GitLab).Annotations([Hostile, new Annotation(true, "no", "place")]), Is.Empty);

        using var report = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder.FullName, "artifacts", "gl-code-quality.json")));
        var issue = report.RootElement.EnumerateArray().Single();
        Assert.That(issue.GetProperty("location").GetRawText(), Is.EqualTo("""{"path":"a,b:c;d]%.cs","lines":{"begin":12}}"""));
        Assert.That(issue.GetProperty("fingerprint").GetString(), Has.Length.EqualTo(32));
    }

    [Test]
    public void An_output_cannot_end_itself_and_set_another()
    {
        var file = Path.Combine(_folder.FullName, "output");
        var language = CiLanguage.Of(CiProvider.GitHub, name => name == "GITHUB_OUTPUT" ? file : null, "");

        Assert.That(language.Outputs(new Dictionary<string, string> { ["urls"] = "a\nEOF\nevil=1\nend-", ["next"] = "b" }), Is.Empty);
        language.Outputs(new Dictionary<string, string> { ["third"] = "c" });

        var lines = File.ReadAllLines(file);
        var end = lines[0].Split("<<")[1];
        Assert.That(lines[0], Does.StartWith("urls<<end-"));
        Assert.That(Array.IndexOf(lines, end), Is.EqualTo(5), "nothing before it looks like the end");
        Assert.That(lines[6], Does.StartWith("next<<end-").And.Not.EndsWith(end));
        Assert.That(lines[9], Does.StartWith("third<<"), "what was there stays");
    }

    [Test]
    public void An_output_of_Azure_TeamCity_and_GitLab_is_on_one_line()
    {
        var values = new Dictionary<string, string> { ["urls"] = "{\"a\":\"http://x\"}\n##vso[x]" };

        Assert.That(Language(CiProvider.Azure).Outputs(values), Is.EqualTo(new[] { "##vso[task.setvariable variable=urls;isOutput=true]{\"a\":\"http://x\"}%0A##vso[x]" }));
        Assert.That(Language(CiProvider.TeamCity).Outputs(values), Is.EqualTo(new[] { "##teamcity[setParameter name='pipeline.urls' value='{\"a\":\"http://x\"}|n##vso|[x|]']" }));
        Language(CiProvider.GitLab).Outputs(values);
        Assert.That(File.ReadAllText(Path.Combine(_folder.FullName, "artifacts", "ci.env")), Is.EqualTo("PIPELINE_URLS={\"a\":\"http://x\"} ##vso[x]\n"));
    }

    [Test]
    public void A_summary_is_added_to_the_steps_page_and_never_larger_than_it_may_be()
    {
        var (page, file) = (Path.Combine(_folder.FullName, "page"), Path.Combine(_folder.FullName, "summary.md"));
        var language = CiLanguage.Of(CiProvider.GitHub, name => name == "GITHUB_STEP_SUMMARY" ? page : null, "");
        File.WriteAllText(file, "# one\n");
        language.Summary(file);
        File.WriteAllText(file, new string('é', 2_000_000));

        language.Summary(file);

        Assert.That(File.ReadAllText(page), Does.StartWith("# one\né"));
        Assert.That(new FileInfo(page).Length, Is.LessThan(1024 * 1024));
        Assert.That(Language(CiProvider.Azure).Summary("/a/b.md"), Is.EqualTo(new[] { "##vso[task.uploadsummary]/a/b.md" }));
    }

    [Test]
    public void A_secret_is_told_to_those_who_can_hide_it()
    {
        Assert.That(Language(CiProvider.GitHub).Mask("100%"), Is.EqualTo(new[] { "::add-mask::100%25" }));
        Assert.That(Language(CiProvider.Azure).Mask("100%"), Is.EqualTo(new[] { "##vso[task.setsecret]100%AZP25" }));
        Assert.That(Language(CiProvider.TeamCity).Mask("100%").Concat(Language(CiProvider.GitLab).Mask("x")).Concat(Language(CiProvider.None).Mask("x")), Is.Empty);
    }

    private CiLanguage Language(CiProvider provider) => CiLanguage.Of(provider, _ => null, Path.Combine(_folder.FullName, "artifacts"));

    private static string[] Lines(string? line) => line is null ? [] : [line];
}
