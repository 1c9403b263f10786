using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.S3;
using Amazon.S3.Model;
using Pipeline.Tests.LocalCloud;

namespace Pipeline.Tests.Clients;

/// <summary>The CDK CLI: a VPC, a cluster, a load-balanced Fargate service, PostgreSQL, a queue and what belongs to them, as two stacks.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase), Parallelizable(ParallelScope.Children), Platform(Exclude = "Win"), Category("Slow")]
internal sealed class Cdk
{
    private static readonly HttpClient Http = new();
    private ClientCloud _cloud = null!;
    private CdkApp _cdk = null!;
    private AmazonCloudFormationClient _stacks = null!;
    private string _image = "";

    [SetUp]
    public async Task Start()
    {
        _ = Repository.CdkSample;
        _cloud = await ClientCloud.Start();
        _cdk = new CdkApp(_cloud);
        _stacks = new AmazonCloudFormationClient(FrontClients.Developer, _cloud.Configure(new AmazonCloudFormationConfig()));
        _image = await _cloud.PushProbe();
    }

    [TearDown]
    public async Task Stop()
    {
        if (_cloud is not null)
        {
            _stacks.Dispose();
            _cdk.Dispose();
            await _cloud.DisposeAsync();
        }
    }

    [Test]
    public async Task A_plain_assembly_is_deployed_changed_compared_and_destroyed()
    {
        var port = FreePort.Next();
        var assembly = _cdk.Committed();

        await _cdk.Ok(Deploy(assembly, port, "one"));
        Assert.That(await Variable(port, "SERVICE_VERSION"), Is.EqualTo("one"));
        Assert.That(await Variable(port, "DATABASE_HOST"), Is.EqualTo(await Output("shop-foundation", "EndpointAddress")));
        Assert.That(await Variable(port, "DATABASE_USER"), Is.EqualTo("shop"));
        Assert.That(await Variable(port, "DATABASE_PASSWORD"), Has.Length.EqualTo(30));
        Assert.That(await Output("shop-service", "Url"), Is.EqualTo($"http://127.0.0.1:{port}"));

        var again = await _cdk.Ok(Deploy(assembly, port, "one"));
        Assert.That(again, Does.Contain("shop-foundation (no changes)").And.Contain("shop-service (no changes)"));
        var same = await _cdk.Run("diff", "--app", assembly, "--fail");
        Assert.That(same.ExitCode, Is.Zero, same.Output + same.Error);
        Assert.That(same.Output + same.Error, Does.Contain("Number of stacks with differences: 0"));

        var longer = _cdk.Changed(assembly, "shop-foundation", "AWS::SQS::Queue", "VisibilityTimeout", 90);
        var diff = await _cdk.Run("diff", "--app", longer, "--fail");
        Assert.That(diff.ExitCode, Is.EqualTo(1));
        Assert.That(diff.Output + diff.Error, Does.Contain("[~] AWS::SQS::Queue Orders").And.Contain("[+] 90").And.Contain("Number of stacks with differences: 1"));

        await _cdk.Ok(Deploy(longer, port, "two"));
        Assert.That(await Variable(port, "SERVICE_VERSION"), Is.EqualTo("two"));
        Assert.That((await Statuses()).Values, Is.All.EqualTo("UPDATE_COMPLETE"));

        await _cdk.Ok("destroy", "--app", longer, "--all", "--force");
        Assert.That(await Statuses(), Is.Empty);
        Assert.That(async () => await Variable(port, "SERVICE_VERSION"), Throws.TypeOf<HttpRequestException>());
    }

    [Test]
    public async Task A_bootstrapped_environment_is_deployed_through_its_roles_and_its_bucket()
    {
        await _cdk.Ok("bootstrap", $"aws://{ClientCloud.Account}/{ClientCloud.Region}");
        Assert.That((await Statuses())["CDKToolkit"], Is.EqualTo("CREATE_COMPLETE"));
        var again = await _cdk.Ok("bootstrap", $"aws://{ClientCloud.Account}/{ClientCloud.Region}");
        Assert.That(again, Does.Contain("bootstrapped (no changes)"));

        var port = FreePort.Next();
        var assembly = await _cdk.Synthesise("--context", "synthesizer=default");
        await _cdk.Ok(Deploy(assembly, port, "one"));
        Assert.That(await Variable(port, "SERVICE_VERSION"), Is.EqualTo("one"));

        var stack = (await _stacks.DescribeStacksAsync(new DescribeStacksRequest { StackName = "shop-service" })).Stacks.Single();
        Assert.That(stack.RoleARN, Is.EqualTo($"arn:aws:iam::{ClientCloud.Account}:role/cdk-hnb659fds-cfn-exec-role-{ClientCloud.Account}-{ClientCloud.Region}"));
        Assert.That(stack.Parameters.Single(p => p.ParameterKey == "BootstrapVersion").ResolvedValue, Is.EqualTo("33"));
        using var s3 = new AmazonS3Client(FrontClients.Developer, _cloud.Configure(new AmazonS3Config()));
        var uploaded = await s3.ListVersionsAsync(new ListVersionsRequest { BucketName = $"cdk-hnb659fds-assets-{ClientCloud.Account}-{ClientCloud.Region}" });
        Assert.That(uploaded.Versions.Select(version => version.Key).ToList(), Has.Count.EqualTo(2).And.All.EndsWith(".json"));

        Assert.That(await _cdk.Ok(Deploy(assembly, port, "one")), Does.Contain("shop-foundation (no changes)").And.Contain("shop-service (no changes)"));
        await _cdk.Ok("destroy", "--app", assembly, "--all", "--force");
        Assert.That((await Statuses()).Keys, Is.EqualTo(new[] { "CDKToolkit" }));
    }

    [Test]
    public async Task The_committed_assembly_is_what_the_app_gives()
    {
        var fresh = await _cdk.Synthesise();
        var committed = _cdk.Committed();

        // The CDK writes down how long it took where that was long.
        var files = Directory.GetFiles(fresh).Where(file => Path.GetFileName(file) != "performance-counters.json").ToList();
        Assert.That(files.Select(Path.GetFileName), Is.EquivalentTo(Directory.GetFiles(committed).Select(Path.GetFileName)));
        foreach (var file in files)
        {
            Assert.That(await File.ReadAllTextAsync(file), Is.EqualTo(await File.ReadAllTextAsync(Path.Combine(committed, Path.GetFileName(file)))), $"{Path.GetFileName(file)}: run npm run synth in samples/cdk and commit it");
        }
    }

    private string[] Deploy(string assembly, int port, string version) =>
    [
        "deploy", "--app", assembly, "--all", "--require-approval", "never",
        "--parameters", $"shop-service:ImageUri={_image}", "--parameters", $"shop-service:ListenerPort={port}", "--parameters", $"shop-service:Version={version}",
    ];

    private static Task<string> Variable(int port, string name) => Http.GetStringAsync(new Uri($"http://127.0.0.1:{port}/variable/{name}"));

    private async Task<string> Output(string stack, string ending) =>
        (await _stacks.DescribeStacksAsync(new DescribeStacksRequest { StackName = stack })).Stacks.Single().Outputs.First(o => o.OutputKey == ending || o.OutputKey.Contains(ending, StringComparison.Ordinal)).OutputValue;

    private async Task<Dictionary<string, string>> Statuses() =>
        ((await _stacks.DescribeStacksAsync(new DescribeStacksRequest())).Stacks ?? []).ToDictionary(stack => stack.StackName, stack => stack.StackStatus.Value);
}
