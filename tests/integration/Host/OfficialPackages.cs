using System.Text.Json.Nodes;
using Pipeline.Processes;

namespace Pipeline.Tests.Host;

/// <summary>The one switch between official packages and the stand-ins, as MSBuild sees it: never both, and nothing else differs.</summary>
public sealed class OfficialPackages
{
    private static readonly string[] StandIns = ["AWSSDK.csproj", "Cake.Coverlet.csproj", "Cake.Docker.csproj", "Cake.Frosting.csproj"];
    private static readonly string[] Official =
    [
        "AWSSDK.ApplicationAutoScaling", "AWSSDK.CloudFormation", "AWSSDK.CloudWatch", "AWSSDK.CloudWatchLogs", "AWSSDK.ECR", "AWSSDK.ECS", "AWSSDK.ElasticLoadBalancingV2",
        "AWSSDK.IdentityManagement", "AWSSDK.RDS", "AWSSDK.SecretsManager", "AWSSDK.SimpleNotificationService", "Cake.Coverlet", "Cake.Docker", "Cake.Frosting",
    ];

    [TestCase("src/Pipeline/Pipeline.csproj")]
    [TestCase("src/Pipeline.Cake/Pipeline.Cake.csproj")]
    [TestCase("build/Build.csproj")]
    [TestCase("tests/unit/Pipeline.Tests.Unit.csproj")]
    [TestCase("tests/integration/Pipeline.Tests.Integration.csproj")]
    public async Task Are_taken_or_stood_in_for_but_never_both(string project)
    {
        var stoodIn = await Items(project, "false");
        var taken = await Items(project, "true");

        Assert.Multiple(() =>
        {
            Assert.That(stoodIn.Packages.Intersect(Official), Is.Empty);
            Assert.That(taken.Projects.Intersect(StandIns), Is.Empty);
            Assert.That(stoodIn.Projects.Intersect(StandIns), Is.Not.Empty);
            Assert.That(taken.Packages.Intersect(Official), Is.Not.Empty);
            Assert.That(taken.Packages.Except(Official), Is.EquivalentTo(stoodIn.Packages), "no other package differs");
            Assert.That(stoodIn.Projects.Except(StandIns), Is.EquivalentTo(taken.Projects), "no other project differs");
        });
    }

    [Test]
    public void Nothing_else_asks_which_is_in_use()
    {
        var files = new[] { "build", "src", "tests", "samples" }.SelectMany(f => Directory.EnumerateFiles(Path.Combine(Root, f), "*.*", SearchOption.AllDirectories))
            .Where(f => f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith("proj", StringComparison.Ordinal) || f.EndsWith(".props", StringComparison.Ordinal) || f.EndsWith(".targets", StringComparison.Ordinal))
            .Where(f => !f.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin" or "node_modules"))
            .Where(f => File.ReadAllText(f).Contains("OfficialPackages", StringComparison.Ordinal))
            .Select(f => Path.GetRelativePath(Root, f));

        Assert.That(files, Is.SubsetOf(new[] { "src/StandIns/AWSSDK.props", "src/StandIns/Cake.props", "src/StandIns/CakeAssemblies.props", "tests/integration/Host/OfficialPackages.cs" }));
    }

    private static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "Pipeline.sln")) ? folder : Find(Path.GetDirectoryName(folder)!);

    private static async Task<(IReadOnlyList<string> Packages, IReadOnlyList<string> Projects)> Items(string project, string official)
    {
        var result = await ChildProcess.Run(
            new Command("dotnet", ["msbuild", Path.Combine(Root, project), "-getItem:PackageReference,ProjectReference", $"-p:OfficialPackages={official}"], Root) { Timeout = TimeSpan.FromMinutes(2) },
            TestContext.CurrentContext.CancellationToken);
        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Error);
        var items = JsonNode.Parse(result.Output)!["Items"]!;
        return (Names(items["PackageReference"], "Identity"), Names(items["ProjectReference"], "Filename", ".csproj"));
    }

    private static List<string> Names(JsonNode? items, string metadata, string end = "") => [.. (items as JsonArray ?? []).Select(i => (string)i![metadata]! + end).Order(StringComparer.Ordinal)];
}
