using Pipeline.Processes;

namespace Pipeline.Tests.Bootstrap;

public sealed class TemplatesAreClean
{
    [Test]
    public async Task For_cfn_lint()
    {
        var program = Requires.Program("cfn-lint", "cfn-lint");
        var folder = Path.Combine(Root(AppContext.BaseDirectory), "infra");

        var result = await ChildProcess.Run(
            new Command(program, [Path.Combine(folder, "bootstrap.yaml"), Path.Combine(folder, "access.yaml")], folder) { Timeout = TimeSpan.FromMinutes(2) },
            TestContext.CurrentContext.CancellationToken);

        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Error);
    }

    private static string Root(string folder) => File.Exists(Path.Combine(folder, "Pipeline.sln")) ? folder : Root(Path.GetDirectoryName(folder)!);
}
