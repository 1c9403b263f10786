using System.IO.Compression;
using System.Runtime.Versioning;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Pipeline.Checks;
using Pipeline.Checks.Advisories;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Checks;

/// <summary>Repositories with packages of three ecosystems; sources with and without an answer, all of them on this machine.</summary>
internal sealed class PackageAdvisoriesTests
{
    private static readonly CheckScope All = new([], WholeRepository: true);

    [Test]
    public async Task Known_vulnerable_packages_of_three_ecosystems_are_found_without_a_network()
    {
        using var repository = new DotnetRepository();
        await using var source = await Source("[]");
        Fill(repository, source, ("12.0.3", "2.11.2", "4.17.20"));

        var result = await SecurityCheck.Run(Configuration(repository, "advisories"), All, null, CancellationToken.None);

        var part = result.Parts.Single(p => p.Name == "package advisories");
        Assert.That(part.Verdict, Is.EqualTo(Verdict.Failed), part.Summary);
        Assert.That(part.Findings.Select(f => (f.Rule, f.Message, f.File, f.Line, f.Fix)), Is.EqualTo(new (string, string, string?, int?, string?)[]
        {
            ("GHSA-5crp-9r3c-p9vr", "Newtonsoft.Json 12.0.3: GHSA-5crp-9r3c-p9vr, severity high, fixed in 13.0.1", "api/packages.lock.json", 5, "dotnet add api package Newtonsoft.Json --version 13.0.1"),
            ("GHSA-35jh-r3h4-6jhm", "lodash 4.17.20: GHSA-35jh-r3h4-6jhm (CVE-2021-23337), severity high, fixed in 4.17.21", "web/package-lock.json", 6, "npm update lodash --prefix web"),
            ("CVE-2020-28493", "Jinja2 2.11.2: CVE-2020-28493 (PYSEC-2021-66), severity moderate, fixed in 2.11.3", "worker/requirements.txt", 2, "write Jinja2==2.11.3 into worker/requirements.txt"),
        }));
        Assert.That(part.Summary, Does.Contain("3 in 3 packages (NuGet 1, PyPI 1, npm 1)").And.Contain("3 advisories in 'advisories', the newest of 2026-05-01"));
        Assert.That(File.ReadAllText(Path.Combine(repository.Root, "artifacts/security/security.sarif")), Does.Contain("GHSA-35jh-r3h4-6jhm"));
    }

    [Test]
    public async Task The_versions_that_are_mended_are_clean()
    {
        using var repository = new DotnetRepository();
        await using var source = await Source("[]");
        Fill(repository, source, ("13.0.1", "2.11.3", "4.17.21"));

        var part = await Run(repository, Configuration(repository, "advisories"));

        Assert.That((part.Verdict, part.Summary), Is.EqualTo((Verdict.Passed, "package advisories 0 in 3 packages (NuGet 1, PyPI 1, npm 1); 3 advisories in 'advisories', the newest of 2026-05-01")));
    }

    [TestCase(null, "nobody could answer for 1 package of NuGet (dotnet list package --vulnerable: no package source with vulnerability data is configured; ")]
    [TestCase("nowhere", "the advisories in 'nowhere': there is no such folder")]
    [TestCase("empty", "the advisories in 'empty': there is none")]
    [TestCase("advisories/NuGet", "the advisories in 'advisories/NuGet': none is of npm")]
    [TestCase("broken", "the advisories in 'broken': X.json is no advisory in OSV's format")]
    public async Task Where_no_source_can_answer_nothing_is_clean(string? folder, string said)
    {
        using var repository = new DotnetRepository();
        await using var source = await Source("[]");
        Fill(repository, source, ("13.0.1", "2.11.3", "4.17.21"));
        Directory.CreateDirectory(Path.Combine(repository.Root, "empty"));
        repository.Write("broken/X.json", "{\"id\":");

        var part = await Run(repository, Configuration(repository, folder));

        Assert.That((part.Verdict, part.Gate), Is.EqualTo((Verdict.NotEvaluable, "security.advisories")));
        Assert.That(part.Summary, Does.Contain(said).And.Contain("osv.dev's npm/all.zip in the folder checks.security.advisories answers without a network"));
    }

    [Test]
    public async Task Services_without_lock_files_and_requirements_without_versions_are_named()
    {
        using var repository = new DotnetRepository();
        await using var source = await Source("[]");
        Fill(repository, source, ("13.0.1", "2.11.3", "4.17.21"));
        repository.Write("worker/requirements.txt", "requests>=2\n");
        repository.Write("bare/pyproject.toml", "[project]\nname = \"bare\"\n");
        repository.Write("go/main.go", "package main\n");
        repository.Write("site/package.json", "{\"dependencies\":{\"a\":\"1\"}}");
        var services = new[] { Service(repository, "worker", Toolchain.Python), Service(repository, "bare", Toolchain.Python), Service(repository, "go", Toolchain.None), Service(repository, "site", Toolchain.None) };

        var part = await Run(repository, Configuration(repository, "advisories") with { Services = services });

        Assert.That(part.Verdict, Is.EqualTo(Verdict.NotEvaluable));
        Assert.That(part.Summary.Split("; ").Select(s => s.Split(" (make one")[0].Split(": requirements*")[0]), Is.SupersetOf(new[]
        {
            "worker/requirements.txt: requests (line 1) has no exact version", "bare: has no lock file", "go: has no lock file of NuGet, Python or npm", "site/package.json: has no package-lock.json",
        }));
    }

    [TestCase("{\"lockfileVersion\": 3, \"packages\": {")]
    [TestCase("<<<<<<< HEAD")]
    [TestCase("{\"lockfileVersion\": 3, \"packages\": {\"node_modules/\u00ff\": {\"version\": \"1.0.0\"}}}")]
    public async Task A_lock_file_that_cannot_be_read_is_named(string text)
    {
        using var repository = new DotnetRepository();
        await using var source = await Source("[]");
        Fill(repository, source, ("13.0.1", "2.11.3", "4.17.21"));
        await File.WriteAllBytesAsync(Path.Combine(repository.Root, "web/package-lock.json"), System.Text.Encoding.Latin1.GetBytes(text));

        var part = await Run(repository, Configuration(repository, "advisories"));

        Assert.That((part.Verdict, part.Summary.Split("; ")[0]), Is.EqualTo((Verdict.NotEvaluable, "web/package-lock.json: cannot be read")));
    }

    [Test]
    public async Task The_lock_file_of_a_workspace_stands_above_its_services()
    {
        using var repository = new DotnetRepository();
        await using var source = await Source("[]");
        Fill(repository, source, ("13.0.1", "2.11.3", "4.17.20"));
        repository.Write("site/package.json", "{\"dependencies\":{\"lodash\":\"4\"}}");
        File.Move(Path.Combine(repository.Root, "web/package-lock.json"), Path.Combine(repository.Root, "package-lock.json"));

        var part = await Run(repository, Configuration(repository, "advisories") with { Services = [Service(repository, "site", Toolchain.None)] });

        Assert.That(part.Findings.Single().File, Is.EqualTo("package-lock.json"), part.Summary);
    }

    [Test]
    public async Task A_project_without_a_lock_file_is_restored_to_see_what_it_has()
    {
        using var repository = new DotnetRepository();
        await using var source = await Source("[]");
        Fill(repository, source, ("13.0.1", "2.11.3", "4.17.21"));
        File.Delete(Path.Combine(repository.Root, "api/packages.lock.json"));
        repository.Write("api/Api.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup><PackageReference Include=\"newtonsoft.json\" Version=\"12.0.3\" /></ItemGroup></Project>");
        Pack(repository, "Newtonsoft.Json", "12.0.3");

        var part = await Run(repository, Configuration(repository, "advisories") with { Services = [repository.Service] });

        Assert.That(part.Findings.Select(f => (f.Rule, f.File)), Is.EqualTo(new[] { ("GHSA-5crp-9r3c-p9vr", "api/obj/project.assets.json") }), part.Summary);
    }

    [Test]
    public async Task A_project_that_cannot_be_restored_is_not_clean()
    {
        using var repository = new DotnetRepository();
        await using var source = await Source("[]");
        Fill(repository, source, ("13.0.1", "2.11.3", "4.17.21"));
        File.Delete(Path.Combine(repository.Root, "api/packages.lock.json"));
        repository.Write("api/Api.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup><PackageReference Include=\"Nowhere\" Version=\"1.0.0\" /></ItemGroup></Project>");

        var part = await Run(repository, Configuration(repository, "advisories") with { Services = [repository.Service] });

        Assert.That((part.Verdict, part.Summary), Is.EqualTo((Verdict.NotEvaluable, part.Summary)));
        Assert.That(part.Summary, Does.Contain("packages of api/Api.csproj cannot be restored").And.Contain("Nowhere"));
    }

    [Test]
    public async Task Npm_answers_where_its_registry_does()
    {
        var npm = Requires.Program("npm", "npm");
        using var repository = new DotnetRepository();
        await using var source = await Source("[]", """{"lodash":[{"id":1,"url":"https://github.com/advisories/GHSA-35jh-r3h4-6jhm","title":"x","severity":"high","vulnerable_versions":"<4.17.21"}]}""");
        Fill(repository, source, ("13.0.1", "2.11.3", "4.17.20"));

        var answer = await new NpmAudit(repository.Root, _ => npm, TimeSpan.FromMinutes(2)).Ask([Lodash], CancellationToken.None);

        Assert.That(answer.Problem, Is.Null);
        Assert.That(answer.Found.Select(v => (v.Package, v.Ids.Single(), v.Fixed)), Is.EqualTo(new[] { (Lodash, "GHSA-35jh-r3h4-6jhm", "4.17.21") }));
    }

    [Test]
    public async Task A_registry_that_refuses_npm_is_no_clean_answer()
    {
        var npm = Requires.Program("npm", "npm");
        using var repository = new DotnetRepository();
        await using var source = await Source("[]");
        Fill(repository, source, ("13.0.1", "2.11.3", "4.17.20"));

        var answer = await new NpmAudit(repository.Root, _ => npm, TimeSpan.FromMinutes(2)).Ask([Lodash], CancellationToken.None);

        Assert.That((answer.Found.Count, answer.Problem), Is.EqualTo((0, answer.Problem)));
        Assert.That(answer.Problem, Does.Contain("405"));
    }

    [Platform(Exclude = "Win")]
    [UnsupportedOSPlatform("windows")]
    [TestCase("""echo noise; echo '{"dependencies":[{"name":"jinja2","version":"2.11.2","vulns":[{"id":"PYSEC-2021-66","fix_versions":["2.11.3"],"aliases":[]}]}]}'; exit 1""", null)]
    [TestCase("""echo 'ERROR: no network' >&2; exit 1""", "gave no answer that can be read: ERROR: no network")]
    [TestCase("""echo '{"dependencies":[{"name":"jinja2","skip_reason":"not found"}]}'""", "says nothing about Jinja2 2.11.2")]
    [TestCase("exec sleep 600", "was stopped after 2.0 s")]
    [TestCase("""grep -qx 'jinja2==2.11.2' "$8" || exit 3; printf '\377{::error::\033[31m'""", "gave no answer that can be read")]
    public async Task Pip_audit_is_asked_about_exact_versions(string script, string? problem)
    {
        using var repository = new DotnetRepository();
        var program = Path.Combine(repository.Root, "pip-audit");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var jinja = new InstalledPackage(Ecosystem.PyPI, "Jinja2", "2.11.2", "worker/requirements.txt", 2);

        var answer = await new PythonAudit(name => name == "pip-audit" ? program : null, TimeSpan.FromSeconds(script.Contains("sleep", StringComparison.Ordinal) ? 2 : 60)).Ask([jinja], CancellationToken.None);

        Assert.That(answer.Found.Select(v => v.Ids.Single()), Is.EqualTo(problem is null ? ["PYSEC-2021-66"] : Array.Empty<string>()));
        Assert.That(answer.Problem, problem is null ? Is.Null : Does.StartWith(problem));
    }

    [TestCase("[]", "the package source has no vulnerability data")]
    [TestCase("""[{"@id":"HOST/vulnerabilities","@type":"VulnerabilityInfo/6.7.0"}]""", null)]
    public async Task The_index_of_the_source_decides(string resources, string? reason)
    {
        using var repository = new DotnetRepository();
        await using var source = await Source(resources);
        Configure(repository, source.Urls.First());

        Assert.That(await PackageSources.WhyNotEvaluable(repository.Root, CancellationToken.None), Is.EqualTo(reason));
    }

    [TestCase("http://127.0.0.1:9/index.json", "the package source cannot be reached")]
    [TestCase("packages", "no package source with vulnerability data is configured")]
    public async Task A_source_that_does_not_answer_is_not_a_clean_answer(string source, string reason)
    {
        using var repository = new DotnetRepository();
        Configure(repository, source);

        var answer = await NuGetAudit.Ask(repository.Root, ["api/Api.csproj"], TimeSpan.FromMinutes(2), CancellationToken.None);

        Assert.That(answer.Problem, Is.EqualTo(reason));
    }

    private static readonly InstalledPackage Lodash = new(Ecosystem.Npm, "lodash", "4.17.20", "web/package-lock.json", 6) { Folder = "node_modules/lodash" };

    private static async Task<CheckPart> Run(DotnetRepository repository, PipelineConfiguration configuration) =>
        // Without whatever else this machine has: its tools would ask the world.
        await new PackageAdvisories(configuration, _ => null).Run(configuration.Services, null, CancellationToken.None);

    private static PipelineConfiguration Configuration(DotnetRepository repository, string? advisories) => repository.Configuration with
    {
        Services = [repository.Service, Service(repository, "worker", Toolchain.Python), Service(repository, "web", Toolchain.None)],
        Checks = new CheckSettings([]) { Advisories = advisories },
    };

    private static ServiceSettings Service(DotnetRepository repository, string name, Toolchain toolchain) =>
        repository.Service with { Name = name, Path = name, Project = null, Builder = Builder.Files, Toolchain = toolchain };

    /// <summary>One package of each ecosystem, and an advisory about each of them.</summary>
    private static void Fill(DotnetRepository repository, WebApplication registry, (string NuGet, string Python, string Npm) versions)
    {
        Configure(repository, "packages");
        repository.Git("init", "-q");
        repository.Write("api/packages.lock.json", $$"""
            {
              "version": 1,
              "dependencies": {
                "net10.0": {
                  "Newtonsoft.Json": { "type": "Direct", "requested": "[{{versions.NuGet}}, )", "resolved": "{{versions.NuGet}}", "contentHash": "x" }
                }
              }
            }
            """);
        repository.Write("worker/requirements.txt", $"# what the worker needs\nJinja2=={versions.Python} \\\n    --hash=sha256:0123\n");
        repository.Write("web/.npmrc", $"registry={registry.Urls.First()}/\n");
        repository.Write("web/package.json", $$$"""{"name":"web","version":"1.0.0","dependencies":{"lodash":"{{{versions.Npm}}}"}}""");
        repository.Write("web/package-lock.json", $$"""
            {
              "name": "web", "version": "1.0.0",
              "lockfileVersion": 3,
              "packages": {
                "": { "name": "web", "version": "1.0.0", "dependencies": { "lodash": "{{versions.Npm}}" } },
                "node_modules/lodash": { "version": "{{versions.Npm}}" }
              }
            }
            """);
        repository.Write("advisories/NuGet/GHSA-5crp-9r3c-p9vr.json", """
            {"schema_version":"1.6.0","id":"GHSA-5crp-9r3c-p9vr","modified":"2026-03-01T00:00:00Z","aliases":[],
             "affected":[{"package":{"ecosystem":"NuGet","name":"Newtonsoft.Json"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"13.0.1"}]}]}],"database_specific":{"severity":"HIGH"}}
            """);
        repository.Write("advisories/PyPI/PYSEC-2021-66.json", """
            {"schema_version":"1.6.0","id":"PYSEC-2021-66","modified":"2026-05-01T00:00:00Z","aliases":["CVE-2020-28493"],
             "affected":[{"package":{"ecosystem":"PyPI","name":"jinja2"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2.11.3"}]}],"versions":["2.11.1","2.11.2"]}],
             "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L"}]}
            """);
        Directory.CreateDirectory(Path.Combine(repository.Root, "advisories/npm"));
        using var archive = ZipFile.Open(Path.Combine(repository.Root, "advisories/npm/all.zip"), ZipArchiveMode.Create);
        using var writer = new StreamWriter(archive.CreateEntry("GHSA-35jh-r3h4-6jhm.json").Open());
        writer.Write("""
            {"schema_version":"1.6.0","id":"GHSA-35jh-r3h4-6jhm","modified":"2026-04-01T00:00:00Z","aliases":["CVE-2021-23337"],
             "affected":[{"package":{"ecosystem":"npm","name":"lodash"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"4.17.21"}]}]}],"database_specific":{"severity":"HIGH"}}
            """);
    }

    /// <summary>A package that holds nothing, in the folder that is the only source.</summary>
    private static void Pack(DotnetRepository repository, string name, string version)
    {
        using var archive = ZipFile.Open(Path.Combine(repository.Root, $"packages/{name}.{version}.nupkg"), ZipArchiveMode.Create);
        using var writer = new StreamWriter(archive.CreateEntry($"{name}.nuspec").Open());
        writer.Write($"""<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata><id>{name}</id><version>{version}</version><authors>t</authors><description>t</description></metadata></package>""");
    }

    private static void Configure(DotnetRepository repository, string source)
    {
        Directory.CreateDirectory(Path.Combine(repository.Root, "packages"));
        var value = source.StartsWith("http:", StringComparison.Ordinal) && !source.EndsWith(".json", StringComparison.Ordinal) ? source + "/index.json" : source;
        repository.Write("NuGet.config", $"""<configuration><config><add key="globalPackagesFolder" value=".packages" /></config><packageSources><clear /><add key="local" value="{value}" allowInsecureConnections="true" /></packageSources></configuration>""");
    }

    /// <summary>A package source of NuGet, and a registry of npm that answers questions about advisories, or refuses them as mirrors do.</summary>
    private static async Task<WebApplication> Source(string resources, string? npmAdvisories = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/index.json", (HttpRequest request) =>
            Results.Text($$"""{"version":"3.0.0","resources":{{resources.Replace("HOST", $"http://{request.Host}", StringComparison.Ordinal)}}}""", "application/json"));
        app.MapPost("/{**path}", () => npmAdvisories is null ? Results.StatusCode(StatusCodes.Status405MethodNotAllowed) : Results.Text(npmAdvisories, "application/json"));
        app.MapGet("/lodash", () => Results.Text("""{"name":"lodash","dist-tags":{"latest":"4.17.21"},"versions":{"4.17.20":{"name":"lodash","version":"4.17.20"},"4.17.21":{"name":"lodash","version":"4.17.21"}}}""", "application/json"));
        await app.StartAsync();
        return app;
    }
}
