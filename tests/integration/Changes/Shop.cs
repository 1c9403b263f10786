using System.Diagnostics;
using System.Text;
using Pipeline.Changes;
using Pipeline.Configuration;

namespace Pipeline.Tests.Changes;

/// <summary>
/// A real git repository with two services: <c>api</c> and <c>web</c> reference <c>shared</c>, <c>web</c> also <c>pages</c>. It remembers what was deployed.
/// </summary>
internal sealed class Shop : IDisposable
{
    private readonly Dictionary<string, RunningService> running = [];

    public Shop(string? cloneOf = null, params string[] cloneOptions)
    {
        if (cloneOf is not null)
        {
            Git(["clone", "-q", .. cloneOptions, "file://" + cloneOf, "."]);
            return;
        }

        Git("init", "-q", "-b", "main");
        Write("pipeline.yml", "system: shop\n");
        Write("README.md", "shop\n");
        Write(".gitignore", "bin/\nobj/\n");
        Write("global.json", "{}\n");
        Write("Directory.Build.props", "<Project />\n");
        Write("shared/Shared.csproj", Project());
        Write("shared/Product.cs", "class Product;\n");
        Write("pages/Pages.csproj", Project());
        Write("pages/Layout.cs", "class Layout;\n");
        Write("api/Api.csproj", Project("../shared/Shared.csproj"));
        Write("api/Program.cs", "return;\n");
        Write("api/Orders.cs", "class Orders;\n");
        Write("web/Web.csproj", Project(@"..\shared\Shared.csproj", @"..\pages\Pages.csproj"));
        Write("web/Program.cs", "return;\n");
        Write("infra/api.yaml", "Resources: {}\n");
        Write("tests/unit/Unit.csproj", Project("../../api/Api.csproj"));
        Commit("first");
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("pipeline-changes-").FullName;

    /// <summary>Globs beside the usual ones.</summary>
    public List<string> Ignored { get; } = ["**/*.md", "**/.gitignore", "tests/**"];

    public List<string> ApiInputs { get; } = [];

    public string? BaseImage { get; set; }

    public string HealthPath { get; set; } = "/health";

    public IReadOnlyDictionary<string, RunningService> Running => running;

    public static string Project(params string[] references) =>
        $"<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup>{string.Concat(references.Select(r => $"<ProjectReference Include=\"{r}\" />"))}</ItemGroup></Project>\n";

    public void Write(string path, string content)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
    }

    public void Delete(string path) => File.Delete(Path.Combine(Root, path));

    public string Commit(string message = "change")
    {
        Git("add", "-A");
        Git("commit", "-q", "--allow-empty", "-m", message);
        return Git("rev-parse", "HEAD").Trim();
    }

    /// <summary>Many commits without files, onto main; the work tree stays as it is.</summary>
    /// <param name="messages">oldest first</param>
    public async Task Import(IEnumerable<string> messages)
    {
        using var import = Process.Start(new ProcessStartInfo("git", ["fast-import", "--quiet"]) { WorkingDirectory = Root, RedirectStandardInput = true })!;
        await using (var stream = import.StandardInput)
        {
            var from = "from refs/heads/main^0\n";
            foreach (var message in messages)
            {
                await stream.WriteAsync($"commit refs/heads/main\ncommitter Dora <dora@example.com> 1700000000 +0000\ndata {Encoding.UTF8.GetByteCount(message)}\n{message}\n{from}\n");
                from = "";
            }
        }

        await import.WaitForExitAsync();
        Assert.That(import.ExitCode, Is.Zero, "git fast-import");
    }

    /// <summary>Remembers the current state of all services as what runs.</summary>
    public async Task Deploy(params string[] services)
    {
        var now = await Detect();
        foreach (var decision in now.Services.Where(s => services.Length == 0 || services.Contains(s.Service)))
        {
            running[decision.Service] = new(now.Source.Commit, now.Source.Tree, decision.Inputs, "sha256:" + new string('0', 64), "v1.0.0");
        }
    }

    public Task<ChangeSummary> Detect(Shop? deployed = null, bool refuseUncommitted = false) =>
        ChangeDetector.Detect(Configuration(), (deployed ?? this).running, refuseUncommitted, CancellationToken.None);

    /// <summary>Names of what is due, in order.</summary>
    public async Task<string> Due(Shop? deployed = null) => string.Join(' ', (await Detect(deployed)).Due.Select(s => s.Service));

    public string Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-c", "user.name=Dora", "-c", "user.email=dora@example.com", "-c", "protocol.file.allow=always", .. arguments])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {error.Result}");
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    public PipelineConfiguration Configuration() => new(Root, "shop", "team", "retail", [Service("api"), Service("web")], [new("api", "infra/api.yaml", [], new Dictionary<string, string>())])
    {
        GlobalInputs = [],
        IgnoredInputs = Ignored,
        Checks = new([]),
        LedgerBucket = "shop",
        LocalCloudPort = 4510,
        Environment = new("staging", CloudKind.Local, "123456789012", "eu-central-1", new Dictionary<string, string>())
        {
            Gates = new(80, WhenNotEvaluable.Allow),
            StackDeadline = TimeSpan.FromMinutes(1),
            VerifyDeadline = TimeSpan.FromMinutes(1),
        },
    };

    private ServiceSettings Service(string name) => new(name, name, Builder.Dotnet, "api", "team")
    {
        Project = $"{name}/{char.ToUpperInvariant(name[0])}{name[1..]}.csproj",
        Repository = $"shop/{name}",
        BaseImage = BaseImage,
        Inputs = name == "api" ? ApiInputs : [],
        DependsOn = [],
        UrlOutput = "Url",
        HealthPath = HealthPath,
        Smoke = [],
    };
}
