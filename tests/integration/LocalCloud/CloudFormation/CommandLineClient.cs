using System.Text.Json.Nodes;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.LocalCloud.CloudFormation;

public sealed class CommandLineClient
{
    private static readonly string[] Base = ["network", "database", "queues", "cluster"];

    [Test]
    public async Task Deploys_the_storefront_s_base_again_without_changes_and_takes_it_down()
    {
        await using var cloud = await CheckedCloud.Start();
        var aws = new AwsCli(cloud);
        await aws.Ok(Deploy("network"));
        foreach (var name in Base.Skip(1))
        {
            await aws.Ok(["cloudformation", "create-stack", "--capabilities", "CAPABILITY_IAM", "--stack-name", $"storefront-dev-{name}", "--template-body", await File.ReadAllTextAsync(Path.Combine(StorefrontTemplates.Infra, $"{name}.yaml")),
                "--parameters", .. Parameters(name).Select(parameter => $"ParameterKey={parameter.Split('=')[0]},ParameterValue={parameter.Split('=')[1]}")]);
            await Poll.Until(async () => await Status(aws, name) == "CREATE_COMPLETE", $"{name} is made");
        }

        Assert.That(await aws.Ok("cloudformation", "describe-stacks", "--query", "Stacks[].StackStatus", "--output", "text"), Is.EqualTo("CREATE_COMPLETE\tCREATE_COMPLETE\tCREATE_COMPLETE\tCREATE_COMPLETE"));
        var events = (JsonArray)JsonNode.Parse(await aws.Ok("cloudformation", "describe-stack-events", "--stack-name", "storefront-dev-network"))!["StackEvents"]!;
        Assert.That(events[0]!["ResourceStatus"]!.ToString(), Is.EqualTo("CREATE_COMPLETE"));
        Assert.That(events.Count(e => e!["LogicalResourceId"]!.ToString() == "Vpc"), Is.EqualTo(3));
        Assert.That(await aws.Ok([.. Deploy("network"), "--no-fail-on-empty-changeset"]), Does.Contain("No changes to deploy"));

        foreach (var name in Base.Reverse())
        {
            await aws.Ok("cloudformation", "delete-stack", "--stack-name", $"storefront-dev-{name}");
            await Poll.Until(async () => !(await aws.Run("cloudformation", "describe-stacks", "--stack-name", $"storefront-dev-{name}")).Output.Contains("StackStatus", StringComparison.Ordinal), $"{name} is gone");
        }

        Assert.That(await aws.Ok("cloudformation", "list-exports", "--query", "length(Exports)"), Is.EqualTo("0"));
    }

    [Test]
    public async Task Is_told_which_resource_has_a_property_nobody_knows()
    {
        await using var cloud = await CheckedCloud.Start();
        var result = await new AwsCli(cloud).Run("cloudformation", "validate-template", "--template-body", "Resources: {Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, Colour: red}}}");

        Assert.That(result.ExitCode, Is.Not.Zero);
        Assert.That(result.Error, Does.Contain("ValidationError").And.Contain("resource Net").And.Contain("unsupported property Colour"));
    }

    private static Task<string> Status(AwsCli aws, string name) =>
        aws.Ok("cloudformation", "describe-stacks", "--stack-name", $"storefront-dev-{name}", "--query", "Stacks[0].StackStatus", "--output", "text");

    private static string[] Deploy(string name) =>
    [
        "cloudformation", "deploy", "--stack-name", $"storefront-dev-{name}", "--template-file", Path.Combine(StorefrontTemplates.Infra, $"{name}.yaml"),
        "--parameter-overrides", .. Parameters(name),
    ];

    private static string[] Parameters(string name) => name == "cluster"
        ? ["EnvironmentName=dev", $"WebPort={FreePort.Next()}", $"ApiPort={FreePort.Next()}", $"WebTestPort={FreePort.Next()}", $"ApiTestPort={FreePort.Next()}"]
        : ["EnvironmentName=dev"];
}
