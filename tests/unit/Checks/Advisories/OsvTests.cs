using System.IO.Compression;
using Pipeline.Checks.Advisories;

namespace Pipeline.Tests.Checks.Advisories;

internal sealed class OsvTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("osv-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestCase("""[{"introduced":"0"},{"fixed":"1.2.0"}]""", "1.1.9", "1.2.0")]
    [TestCase("""[{"introduced":"0"},{"fixed":"1.2.0"}]""", "1.2.0", null)]
    [TestCase("""[{"introduced":"0"},{"fixed":"1.2.0"}]""", "1.2.0-rc.1", "1.2.0")]
    [TestCase("""[{"introduced":"1.0.0"},{"fixed":"1.2.0"}]""", "1.0.0-rc.1", null)]
    [TestCase("""[{"introduced":"1.0.0"},{"last_affected":"1.2.0"}]""", "1.2.0", "")]
    [TestCase("""[{"introduced":"1.0.0"},{"last_affected":"1.2.0"}]""", "1.2.1", null)]
    [TestCase("""[{"introduced":"1.0.0"},{"last_affected":"1.0.0"}]""", "1.0.0", "")]
    [TestCase("""[{"introduced":"1.0.0"},{"last_affected":"1.0.0"}]""", "2.0.0", null)]
    [TestCase("""[{"fixed":"2.1.0"},{"introduced":"2.0.0"},{"fixed":"1.2.0"},{"introduced":"1.0.0"}]""", "2.0.5", "2.1.0")]
    [TestCase("""[{"fixed":"2.1.0"},{"introduced":"2.0.0"},{"fixed":"1.2.0"},{"introduced":"1.0.0"}]""", "1.5.0", null)]
    [TestCase("""[{"introduced":"0"},{"fixed":"1.0.0"},{"introduced":"1.0.0"}]""", "1.0.0", "")]
    [TestCase("""[{"introduced":"0"},{"limit":"1.2.0"}]""", "1.1.0", "")]
    [TestCase("""[{"introduced":"0"},{"limit":"1.2.0"}]""", "1.2.0", null)]
    [TestCase("""[{"introduced":"0"},{"limit":"*"}]""", "9.0.0", "")]
    [TestCase("""[{"introduced":"0"}]""", "9.0.0", "")]
    [TestCase("""[{"introduced":"0"}]""", "no version", "")]
    [TestCase("[]", "1.0.0", null)]
    public void Events_say_which_versions_are_affected(string events, string version, string? firstFixed)
    {
        var verdict = Judge($$"""{"package":{"ecosystem":"npm","name":"a"},"ranges":[{"type":"SEMVER","events":{{events}}}]}""", version);

        Assert.That((verdict.Affected, verdict.Problem), Is.EqualTo((firstFixed is not null, (string?)null)));
        if (firstFixed is not null)
        {
            Assert.That(verdict.Fixed ?? "", Is.EqualTo(firstFixed));
        }
    }

    [TestCase("""{"package":{"ecosystem":"npm","name":"a"},"versions":["1.0.0","1.0.1"]}""", "1.0.1", true)]
    [TestCase("""{"package":{"ecosystem":"npm","name":"a"},"versions":["1.0.0","1.0.1"]}""", "1.0.2", false)]
    [TestCase("""{"package":{"ecosystem":"npm","name":"b"},"versions":["1.0.0"]}""", "1.0.0", false)]
    [TestCase("""{"package":{"ecosystem":"PyPI","name":"a"},"versions":["1.0.0"]}""", "1.0.0", false)]
    [TestCase("""{"package":{"ecosystem":"npm","name":"a"}}""", "1.0.0", true)]
    [TestCase("""{"package":{"ecosystem":"npm","name":"a"},"ranges":[{"type":"GIT","events":[{"introduced":"0"}]}],"versions":["1.0.0"]}""", "2.0.0", false)]
    public void Versions_can_be_listed_and_a_package_named_as_a_whole(string affected, string version, bool isAffected) =>
        Assert.That(Judge(affected, version), Has.Property("Affected").EqualTo(isAffected).And.Property("Problem").Null);

    [TestCase("""{"package":{"ecosystem":"npm","name":"a"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"soon"}]}]}""")]
    [TestCase("""{"package":{"ecosystem":"npm","name":"a"},"ranges":[{"type":"SEMVER","events":[{"until":"2.0.0"}]}]}""")]
    [TestCase("""{"package":{"ecosystem":"npm","name":"a"},"ranges":[{"type":"GIT","repo":"x","events":[{"introduced":"0"}]}]}""")]
    public void What_cannot_be_compared_is_a_problem_and_never_clean(string affected) =>
        Assert.That(Judge(affected, "1.0.0"), Has.Property("Affected").False.And.Property("Problem").Not.Null);

    [Test]
    public void Python_versions_are_compared_as_Python_does()
    {
        var advisory = Advisory("""{"package":{"ecosystem":"PyPI","name":"Some.Package"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"last_affected":"2.0"}]}],"versions":["3.0"]}""");

        Assert.That(new[] { "2.0.0", "2.0+cu118", "1!1.0", "3.0.0", "2.0.post1" }.Select(v => OsvRanges.Judge(advisory, Package(Ecosystem.PyPI, "some_package", v)).Affected),
            Is.EqualTo(new[] { true, true, false, true, false }));
    }

    [Test]
    public void A_folder_and_the_archives_in_it_are_read_and_what_was_taken_back_is_left_out()
    {
        Write("npm/a/A.json", Json("A", "npm", "a", "2026-03-01T00:00:00Z"));
        Write("B.json", Json("B", "PyPI", "Some_Package", "2026-05-01T12:00:00.123456789Z"));
        Write("W.json", Json("W", "NuGet", "a", "2026-01-01T00:00:00Z").Replace("\"id\"", "\"withdrawn\":\"2026-02-01T00:00:00Z\",\"id\"", StringComparison.Ordinal));
        Write("G.json", Json("G", "Go", "a", "2026-01-01T00:00:00Z"));
        Write("readme.md", "not read");
        using (var archive = ZipFile.Open(Path.Combine(_folder, "all.zip"), ZipArchiveMode.Create))
        {
            using var writer = new StreamWriter(archive.CreateEntry("C.json").Open());
            writer.Write("\uFEFF" + Json("C", "npm", "a", "2026-04-01T00:00:00Z"));
        }

        var content = OsvFolder.Read(_folder, [Package(Ecosystem.Npm, "a", "1.0.0"), Package(Ecosystem.PyPI, "some-package", "1"), Package(Ecosystem.NuGet, "A", "1.0.0")], CancellationToken.None);

        Assert.That(content.Relevant.Select(a => a.Id), Is.EqualTo(new[] { "A", "B", "C" }));
        Assert.That((content.Count, content.Newest!.Value.UtcDateTime.Date, content.Broken), Is.EqualTo((5, new DateTime(2026, 5, 1), Array.Empty<string>())));
        Assert.That(content.Ecosystems, Is.EquivalentTo(new[] { Ecosystem.Npm, Ecosystem.PyPI }));
        Assert.That(OsvFolder.Read(Path.Combine(_folder, "all.zip"), [], CancellationToken.None).Count, Is.EqualTo(1));
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("null")]
    [TestCase("""{"id":"A"}""")]
    [TestCase("""{"id":"A","modified":"yesterday"}""")]
    [TestCase("""{"id":"A","modified":"2026-03-01T00:00:00Z","affected":[{"versions":"1.0.0"}]}""")]
    public void A_file_that_is_no_advisory_is_named(string text)
    {
        Write("sub/X.json", text);

        Assert.That(OsvFolder.Read(_folder, [], CancellationToken.None).Broken.Single(), Is.EqualTo("sub/X.json is no advisory in OSV's format"));
    }

    [Test]
    public void A_broken_archive_is_named()
    {
        Write("all.zip", "PK no archive");

        Assert.That(OsvFolder.Read(_folder, [], CancellationToken.None).Broken.Single(), Does.StartWith("all.zip cannot be read ("));
    }

    [TestCase("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8)]
    [TestCase("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1)]
    [TestCase("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0)]
    [TestCase("CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:L", 1.8)]
    [TestCase("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:L/E:P", 7.4)]
    [TestCase("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0)]
    [TestCase("CVSS:3.1/AV:N", null)]
    [TestCase("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", null)]
    public void A_vector_of_version_3_has_a_score(string vector, double? score) => Assert.That(Cvss3.Score(vector), Is.EqualTo(score));

    [TestCase("""{"database_specific":{"severity":"MODERATE"},"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]}""", "moderate")]
    [TestCase("""{"severity":[{"type":"CVSS_V4","score":"CVSS:4.0/AV:N"},{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]}""", "critical")]
    [TestCase("""{"severity":[{"type":"CVSS_V4","score":"CVSS:4.0/AV:N"}],"database_specific":{"severity":["x"]}}""", "CVSS:4.0/AV:N")]
    [TestCase("{}", null)]
    public void Severity_is_one_word_where_there_is_one(string json, string? severity) =>
        Assert.That(Severities.Of(Parse(json.Insert(1, "\"id\":\"A\",\"modified\":\"2026-01-01T00:00:00Z\"" + (json == "{}" ? "" : ",")))), Is.EqualTo(severity));

    private static OsvVerdict Judge(string affected, string version) => OsvRanges.Judge(Advisory(affected), Package(Ecosystem.Npm, "a", version));

    private static InstalledPackage Package(Ecosystem ecosystem, string name, string version) => new(ecosystem, name, version, "lock", 1);

    private static OsvAdvisory Advisory(string affected) => Parse($$"""{"id":"A","modified":"2026-01-01T00:00:00Z","affected":[{{affected}}]}""");

    private static OsvAdvisory Parse(string json) => System.Text.Json.JsonSerializer.Deserialize(json, OsvJson.Default.OsvAdvisory)!;

    private static string Json(string id, string ecosystem, string name, string modified) =>
        $$$"""{"id":"{{{id}}}","schema_version":"1.6.0","modified":"{{{modified}}}","aliases":null,"affected":[{"package":{"ecosystem":"{{{ecosystem}}}","name":"{{{name}}}","purl":"pkg:x"},"versions":["1.0.0"],"database_specific":{"source":"x"}}],"references":[{"type":"WEB","url":"x"}]}""";

    private void Write(string file, string text)
    {
        var path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
