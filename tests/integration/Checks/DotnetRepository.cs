using System.Diagnostics;
using Pipeline.Configuration;

namespace Pipeline.Tests.Checks;

/// <summary>A small repository with a web service, a library and their tests, in a folder of its own.</summary>
internal sealed class DotnetRepository : IDisposable
{
    public DotnetRepository()
    {
        Write("Directory.Build.props", "<Project><PropertyGroup><TargetFramework>net10.0</TargetFramework><Nullable>enable</Nullable><ImplicitUsings>enable</ImplicitUsings><NuGetAudit>false</NuGetAudit></PropertyGroup></Project>");
        Write(".editorconfig", "root = true\n[*.cs]\nindent_size = 4\n");
        Write(".gitignore", "bin/\nobj/\n/artifacts/\n/.pipeline/\n");
        Write("shared/Shared.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        Write("shared/Money.cs", Money);
        Write("api/Api.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\"><ItemGroup><ProjectReference Include=\"..\\shared\\Shared.csproj\" /></ItemGroup></Project>");
        Write("api/Program.cs", "var app = WebApplication.CreateBuilder(args).Build();\napp.MapGet(\"/health\", () => Shared.Money.Add(1, 2));\napp.MapStaticAssets();\napp.Run();\n");
        Write("api/wwwroot/index.html", "<p>" + string.Join(' ', Enumerable.Repeat("hello", 200)) + "</p>\n");
        Write("tests/Tests.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup>
                <ProjectReference Include="../api/Api.csproj" />
                <PackageReference Include="coverlet.msbuild" Version="6.0.0" PrivateAssets="all" />
                <PackageReference Include="Microsoft.NET.Test.Sdk" Version="18.11.0" />
                <PackageReference Include="NUnit" Version="4.6.1" />
                <PackageReference Include="NUnit3TestAdapter" Version="6.3.1" />
              </ItemGroup>
            </Project>
            """);
        Write("tests/MoneyTests.cs", Tests("[Test]\n    public void Adds() => Assert.That(Money.Add(1, 2), Is.EqualTo(3));"));
    }

    public const string Money = "namespace Shared;\n\npublic static class Money\n{\n    public static int Add(int a, int b) => a + b;\n}\n";

    public string Root { get; } = Directory.CreateTempSubdirectory("repository-").FullName;

    public PipelineConfiguration Configuration => new(Root, "shop", "team", "retail", [Service], [])
    {
        GlobalInputs = [],
        IgnoredInputs = [],
        LedgerBucket = "shop-ledger",
        LocalCloudPort = 4510,
        Checks = new CheckSettings([new SuiteSettings("unit", SuiteKind.Unit, "tests/Tests.csproj", Budget)]),
        Environment = new EnvironmentSettings("staging", CloudKind.Local, "123456789012", "eu-central-1", new Dictionary<string, string>())
        {
            Gates = new GateSettings(CoverageMinimum, WhenNotEvaluable.Allow),
            StackDeadline = TimeSpan.FromMinutes(1),
            VerifyDeadline = TimeSpan.FromMinutes(1),
        },
    };

    public ServiceSettings Service { get; } = new("api", "api", Builder.Dotnet, "api", "team")
    {
        Project = "api/Api.csproj",
        Repository = "shop/api",
        BaseImage = null,
        Inputs = [],
        DependsOn = [],
        UrlOutput = "Url",
        HealthPath = "/health",
        Smoke = [],
    };

    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(5);

    public decimal CoverageMinimum { get; init; }

    public static string Tests(string members) =>
        $"using NUnit.Framework;\nusing Shared;\n\nnamespace Tests;\n\npublic class MoneyTests\n{{\n    {members}\n}}\n";

    public void Write(string file, string content)
    {
        var path = Path.Combine(Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content.ReplaceLineEndings("\n"));
    }

    public void Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-c", "user.name=T", "-c", "user.email=t@example.test", "-c", "init.defaultBranch=main", .. arguments])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        })!;
        git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.That(git.ExitCode, Is.Zero, string.Join(' ', arguments));
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
