using Pipeline.Processes;

namespace Pipeline.Tests.LocalCloud.CloudFormation;

public sealed class StorefrontTemplates
{
    private static readonly string[] Names = ["network", "database", "queues", "cluster", "api", "web"];

    internal static string Infra { get; } = Find();

    [Test]
    public async Task Are_clean_for_cfn_lint()
    {
        var program = Requires.Program("cfn-lint", "cfn-lint");
        var result = await ChildProcess.Run(
            new Command(program, [.. Names.Select(name => Path.Combine(Infra, $"{name}.yaml"))], Infra) { Timeout = TimeSpan.FromMinutes(2) },
            CancellationToken.None);

        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Error);
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.FullName, "samples", "storefront", "infra");
    }
}
