using System.Collections.Concurrent;
using Pipeline.Bootstrap;
using Pipeline.Deployments;
using Pipeline.Preflight;
using Pipeline.Aws;
using Pipeline.Reporting;
using Pipeline.Tests.Deployments;
using Spectre.Console;

namespace Pipeline.Tests.Bootstrap;

/// <summary>What really goes over the wire while releases are deployed, against what the roles may do.</summary>
[TestFixture]
public sealed class RecordedCallsTests
{
    private static readonly Dictionary<string, string> Services = new(StringComparer.Ordinal)
    {
        ["application-autoscaling"] = "ApplicationAutoScaling",
        ["cloudformation"] = "CloudFormation",
        ["monitoring"] = "CloudWatch",
        ["logs"] = "CloudWatchLogs",
        ["ecr"] = "ECR",
        ["ecs"] = "ECS",
        ["elasticloadbalancing"] = "ElasticLoadBalancingV2",
        ["iam"] = "IdentityManagement",
        ["secretsmanager"] = "SecretsManager",
        ["ssm"] = "SimpleSystemsManagement",
        ["sts"] = "SecurityToken",
    };

    private readonly ConcurrentDictionary<string, bool> _calls = new(StringComparer.Ordinal);
    private Rehearsal _system = null!;

    [OneTimeSetUp]
    public async Task Bootstrapped()
    {
        _system = await Rehearsal.Start(answered => _calls[$"{Services.GetValueOrDefault(answered.Service.SigningName, answered.Service.SigningName)}.{answered.Operation}"] = true);
        var output = new Output(AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(TextWriter.Null) }), live: false);
        await new Bootstrapper(_system.Configuration, _system.Aws, output).Run(CancellationToken.None);
    }

    [OneTimeTearDown]
    public async Task Stop() => await _system.DisposeAsync();

    [Test]
    public async Task Good_and_bad_releases_ask_for_nothing_that_the_deploy_role_may_not()
    {
        _calls.Clear();

        await _system.Deploy("aaaaaaa");
        await _system.Deploy("bbbbbbb");
        _system.Change("pipeline.yml", "Fault: \"\"", "Fault: crash");
        Assert.CatchAsync<DeploymentFailedException>(() => _system.Deploy("ccccccc"));

        Assert.That(_calls.Keys.Except(Of(Roles.Deploy)), Is.Empty);
        Assert.That(_calls.Keys, Is.SupersetOf(new[] { "CloudFormation.ExecuteChangeSet", "ECS.RunTask", "ECS.DescribeTasks", "ElasticLoadBalancingV2.DescribeTargetHealth", "CloudFormation.ListExports" }), "the calls are seen");
    }

    [Test]
    public async Task Whoever_looks_asks_for_nothing_that_the_read_role_may_not()
    {
        _calls.Clear();

        await new Overview(_system.Configuration, _system.Aws, await _system.Aws.Store(_system.Configuration.LedgerBucket, Rehearsal.Environment, CancellationToken.None)).Draw(CancellationToken.None);
        await (await _system.Ledger()).Releases(20, CancellationToken.None);
        await Doctor.Examine(_system.Configuration, _system.Aws, new EmbeddedCloud(Path.GetTempPath(), 1), CancellationToken.None);

        Assert.That(_calls.Keys.Except(Of(Roles.Read)), Is.Empty);
        Assert.That(_calls, Is.Not.Empty);
    }

    private static IEnumerable<string> Of(Roles role) => Permissions.All.Where(p => p.Roles.HasFlag(role)).Select(p => $"{p.Service}.{p.Operation}");
}
