using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Deployments;
using Pipeline.Ledger;
using Pipeline.LocalCloud;
using Pipeline.Preflight;
using Pipeline.StackOperations;

namespace Pipeline.Tests.Preflight;

/// <summary>The sample's own templates: nothing is wrong with them, neither on an empty cloud nor with what the services stand on.</summary>
public sealed class SampleTests
{
    private CloudServer _cloud = null!;
    private AwsAccount _aws = null!;

    [SetUp]
    public async Task Start()
    {
        _cloud = await CloudServer.Start(new CloudOptions(0, null, TimeScale: 20), CancellationToken.None);
        _aws = new AwsAccount(AwsConnection.ToEmbeddedCloud(new Uri(_cloud.Endpoint).Port, "eu-central-1", "123456789012"));
    }

    [TearDown]
    public async Task Stop() => await _cloud.DisposeAsync();

    [Test]
    public async Task On_an_empty_cloud_what_this_release_makes_first_is_left_open()
    {
        var findings = await Look(Sample());

        Assert.That(findings.Where(f => f.Standing == Standing.Ng), Is.Empty);
        Assert.That(findings, Has.Some.EqualTo(new Finding(Standing.Skip, "api/api DATABASE_PASSWORD", "this release makes the secret first")));
    }

    [Test]
    public async Task With_the_database_there_the_secret_its_key_and_the_right_to_read_it_are_proven()
    {
        var sample = Sample();
        foreach (var stack in Plan(sample).Where(s => s.Name is "network" or "database"))
        {
            var deployer = new StackDeployer(_aws.Stacks, StackRules.Of(sample.Environment, _aws.PollInterval), new TemplateShelf(_aws.Bucket(sample.LedgerBucket)));
            var result = await deployer.Apply(new StackWork(stack.Name, stack.StackName, stack.Snapshot, $"staging-test-{stack.Name}"), _ => Task.CompletedTask, _ => { }, CancellationToken.None);
            Assert.That(result.Outcome, Is.EqualTo(AfterOperation.Applied), string.Join('\n', result.Reasons));
        }

        var findings = await Look(sample);

        Assert.That(findings.Where(f => f.Standing == Standing.Ng), Is.Empty);
        Assert.That(findings.Single(f => f.Subject == "api/api DATABASE_PASSWORD"), Is.EqualTo(new Finding(Standing.Ok, "api/api DATABASE_PASSWORD", "secret is there, with key 'password', and the execution role may read it")));
    }

    private static PipelineConfiguration Sample() => ConfigurationLoader.Load(Root(AppContext.BaseDirectory), "staging");

    private static IReadOnlyList<PlannedStack> Plan(PipelineConfiguration sample) => StackPlanner.Plan(sample, EnvironmentState.Empty, [.. sample.Services.Select(s => new ServiceTarget(s, "", "", ""))]);

    private async Task<IReadOnlyList<Finding>> Look(PipelineConfiguration sample) =>
        [.. (await new Doctor(sample, _aws, StackRules.Of(sample.Environment, _aws.PollInterval)).Demand(Plan(sample), CancellationToken.None)).SelectMany(g => g.Findings)];

    private static string Root(string folder) => File.Exists(Path.Combine(folder, "Pipeline.sln")) ? folder : Root(Path.GetDirectoryName(folder)!);
}
