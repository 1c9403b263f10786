using Pipeline.LocalCloud;
using Pipeline.Processes;

namespace Pipeline.Tests.LocalCloud.CloudFormation;

/// <summary>The public command line client against a cloud in this process.</summary>
internal sealed class AwsCli(CloudServer cloud)
{
    private readonly string _program = Requires.Program("aws", "aws");

    public async Task<CommandResult> Run(params string[] arguments) => await ChildProcess.Run(
        new Command(_program, ["--endpoint-url", cloud.Endpoint, "--region", "eu-central-1", "--output", "json", .. arguments], TestContext.CurrentContext.WorkDirectory)
        {
            Environment = new Dictionary<string, string?>
            {
                ["AWS_ACCESS_KEY_ID"] = "test",
                ["AWS_SECRET_ACCESS_KEY"] = "test",
                ["AWS_EC2_METADATA_DISABLED"] = "true",
                ["AWS_PAGER"] = "",
            },
            Timeout = TimeSpan.FromMinutes(2),
        },
        CancellationToken.None);

    /// <summary>The output of a call that must work.</summary>
    public async Task<string> Ok(params string[] arguments)
    {
        var result = await Run(arguments);
        Assert.That(result.ExitCode, Is.Zero, $"aws {string.Join(' ', arguments)}: {result.Output} {result.Error}");
        return result.Output.Trim();
    }
}
