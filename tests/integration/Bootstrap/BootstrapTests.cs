using Amazon.ECR.Model;
using Amazon.S3.Model;
using Pipeline.Bootstrap;
using Pipeline.Outcomes;
using Pipeline.Reporting;
using Pipeline.Tests.Contracts;
using Pipeline.Tests.Deployments;
using Spectre.Console;
using Task = System.Threading.Tasks.Task;

namespace Pipeline.Tests.Bootstrap;

/// <summary>From an empty account to one that a release can be deployed to.</summary>
[TestFixture]
public sealed class BootstrapTests
{
    private static readonly Dictionary<string, string> NoTags = [];
    private Rehearsal _system = null!;
    private IReadOnlyDictionary<string, string> _roles = null!;

    [OneTimeSetUp]
    public async Task Bootstrapped()
    {
        _system = await Rehearsal.Start(CheckedCloud.Check);
        _system.Change("pipeline.yml", "owner: team-demo", "owner: team-demo\ngithub: {repository: acme/demo}");
        _roles = await Run();
    }

    [OneTimeTearDown]
    public async Task Stop() => await _system.DisposeAsync();

    [Test]
    public async Task The_ledger_s_bucket_is_versioned_and_encrypted()
    {
        var bucket = _system.Configuration.LedgerBucket;

        Assert.That(bucket, Is.EqualTo("demo-123456789012-eu-central-1-pipeline"));
        Assert.That((await _system.Connection.S3.GetBucketVersioningAsync(new GetBucketVersioningRequest { BucketName = bucket })).VersioningConfig.Status.Value, Is.EqualTo("Enabled"));
    }

    [Test]
    public async Task Image_repositories_have_immutable_tags() =>
        Assert.That((await _system.Connection.Ecr.DescribeRepositoriesAsync(new DescribeRepositoriesRequest { RepositoryNames = ["demo/web"] })).Repositories.Single().ImageTagMutability.Value, Is.EqualTo("IMMUTABLE"));

    [Test]
    public async Task GitHub_is_an_identity_provider_and_each_role_trusts_one_environment_of_one_repository()
    {
        Assert.That(await _system.Aws.Roles.Trusts("token.actions.githubusercontent.com", CancellationToken.None));
        foreach (var (role, subject) in new[] { ("deploy", "staging"), ("plan", "staging-plan"), ("read", "staging-read"), ("rollback", "staging-rollback") })
        {
            var found = await _system.Aws.Roles.Find($"demo-staging-{role}", CancellationToken.None);
            Assert.That(found!.Arn, Is.EqualTo($"arn:aws:iam::123456789012:role/pipeline/demo-staging-{role}"));
            Assert.That(found.Trust, Does.Contain($"\"token.actions.githubusercontent.com:sub\":\"repo:acme/demo:environment:{subject}\"").And.Not.Contain("*"));
        }
    }

    [TestCase("DeployRole", "cloudformation:ExecuteChangeSet", "arn:aws:cloudformation:eu-central-1:123456789012:stack/demo-staging-web/1", true)]
    [TestCase("DeployRole", "cloudformation:ExecuteChangeSet", "arn:aws:cloudformation:eu-central-1:123456789012:stack/demo-prod-web/1", false)]
    [TestCase("DeployRole", "cloudformation:ExecuteChangeSet", "arn:aws:cloudformation:eu-central-1:123456789012:stack/demo-bootstrap-staging/1", false, Description = "not its own stack")]
    [TestCase("DeployRole", "iam:PutRolePolicy", "arn:aws:iam::123456789012:role/demo-staging-web-Starter-1", true)]
    [TestCase("DeployRole", "iam:PutRolePolicy", "arn:aws:iam::123456789012:role/pipeline/demo-staging-deploy", false, Description = "not its own role")]
    [TestCase("DeployRole", "s3:PutObject", "arn:aws:s3:::demo-123456789012-eu-central-1-pipeline/environments/staging/state.json", true)]
    [TestCase("DeployRole", "s3:PutObject", "arn:aws:s3:::demo-123456789012-eu-central-1-pipeline/environments/prod/state.json", false)]
    [TestCase("DeployRole", "ecr:PutImage", "arn:aws:ecr:eu-central-1:123456789012:repository/demo/web", true)]
    [TestCase("DeployRole", "ecr:PutImage", "arn:aws:ecr:eu-central-1:123456789012:repository/other", false)]
    [TestCase("RollbackRole", "cloudformation:ExecuteChangeSet", "arn:aws:cloudformation:eu-central-1:123456789012:stack/demo-staging-web/1", true)]
    [TestCase("RollbackRole", "cloudformation:ContinueUpdateRollback", "arn:aws:cloudformation:eu-central-1:123456789012:stack/demo-staging-web/1", true)]
    [TestCase("RollbackRole", "rds:DeleteDBInstance", "arn:aws:rds:eu-central-1:123456789012:db:demo-staging", false)]
    [TestCase("RollbackRole", "ecr:PutImage", "arn:aws:ecr:eu-central-1:123456789012:repository/demo/web", false)]
    [TestCase("PlanRole", "cloudformation:CreateChangeSet", "arn:aws:cloudformation:eu-central-1:123456789012:stack/demo-staging-web/1", true)]
    [TestCase("PlanRole", "cloudformation:ExecuteChangeSet", "arn:aws:cloudformation:eu-central-1:123456789012:stack/demo-staging-web/1", false)]
    [TestCase("ReadRole", "cloudformation:CreateChangeSet", "arn:aws:cloudformation:eu-central-1:123456789012:stack/demo-staging-web/1", false)]
    [TestCase("ReadRole", "cloudformation:DescribeStacks", "arn:aws:cloudformation:eu-central-1:123456789012:stack/demo-staging-web/1", true)]
    public async Task A_role_may_do_its_own_work_and_no_other(string role, string action, string resource, bool allowed) =>
        Assert.That((await _system.Aws.Roles.May(_roles[role], action, resource, NoTags, CancellationToken.None)).Allowed, Is.EqualTo(allowed));

    [TestCase("demo", "staging", true)]
    [TestCase("demo", "prod", false)]
    public async Task Secrets_are_told_apart_by_the_stacks_tags(string system, string environment, bool allowed) =>
        Assert.That((await _system.Aws.Roles.May(_roles["DeployRole"], "secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:Password-x-AbCdEf",
            new Dictionary<string, string> { ["system"] = system, ["environment"] = environment }, CancellationToken.None)).Allowed, Is.EqualTo(allowed));

    [Test]
    public async Task Again_changes_nothing()
    {
        var before = await _system.Aws.Stacks.Describe("demo-bootstrap", CancellationToken.None);
        using var printed = new StringWriter();

        await Run(printed);

        Assert.That(printed.ToString(), Does.Contain("demo-bootstrap no change").And.Contain("demo-bootstrap-staging no change").Or.Match(@"demo-bootstrap\s+no change[\s\S]*demo-bootstrap-staging\s+no change"));
        Assert.That((await _system.Aws.Stacks.Describe("demo-bootstrap", CancellationToken.None))!.Updated, Is.EqualTo(before!.Updated));
        Assert.That(before.TerminationProtection);
    }

    [Test]
    public async Task A_bucket_that_belongs_to_no_stack_is_refused()
    {
        await using var other = await Rehearsal.Start();
        await other.Store();

        var refusal = Assert.ThrowsAsync<PipelineException>(() => new Bootstrapper(other.Configuration, other.Aws, Quiet(TextWriter.Null)).Run(CancellationToken.None))!;

        Assert.That((refusal.ExitCode, refusal.Message), Is.EqualTo((ExitCode.Refused, "REFUSED: bucket 'demo-123456789012-eu-central-1-pipeline' is there already, but no stack demo-bootstrap that it belongs to.")));
        Assert.That(await other.Aws.Stacks.Describe("demo-bootstrap", CancellationToken.None), Is.Null);
    }

    private Task<IReadOnlyDictionary<string, string>> Run(TextWriter? printed = null) => new Bootstrapper(_system.Configuration, _system.Aws, Quiet(printed ?? TextWriter.Null)).Run(CancellationToken.None);

    private static Output Quiet(TextWriter to) => new(AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(to) }), live: false);
}
