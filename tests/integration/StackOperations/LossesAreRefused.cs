using Pipeline.LocalCloud;
using Pipeline.Outcomes;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.StackOperations;

/// <summary>What holds data is neither replaced nor removed unless a person named it; looked at before anything is touched.</summary>
public sealed class LossesAreRefused
{
    private const string Stacks = "stacks: { a: { template: a.yaml }, data: { template: data.yaml } }";
    private CloudServer _cloud = null!;
    private StackSystem _system = null!;

    [OneTimeSetUp]
    public async Task StartCloud() => _cloud = await CheckedCloud.Start();

    [OneTimeTearDown]
    public async Task StopCloud() => await _cloud.DisposeAsync();

    [SetUp]
    public async Task Deployed()
    {
        _system = new StackSystem(_cloud, Stacks);
        Harmless("1");
        Queue("orders");
        await _system.Deploy();
    }

    [TearDown]
    public void End() => _system.Dispose();

    [Test]
    public async Task A_replacement_is_refused_with_its_cause_and_both_values_and_nothing_at_all_is_touched()
    {
        Harmless("2");
        Queue("orders-new");

        var refusal = await _system.Refusal(ExitCode.Refused);

        Assert.Multiple(() =>
        {
            Assert.That(refusal.Message, Is.EqualTo("REFUSED: a resource that holds data would be replaced or removed."));
            Assert.That(refusal.Details, Is.EqualTo(new[]
            {
                new Detail("why", $"stack {_system.Name}-dev-data: AWS::SQS::Queue Orders would be replaced by an empty one: QueueName from \"{_system.Name}-orders\" to \"{_system.Name}-orders-new\""),
                new Detail("dev", "untouched by this run"),
                new Detail("next", "take the change back, or allow the loss: the same command with --allow-replace=data.Orders"),
            }));
        });
        Assert.That((await _system.Stack("a")).Status, Is.EqualTo("CREATE_COMPLETE"), "not even the stack beside it");
        Assert.That((await (await _system.Ledger()).Releases(5, CancellationToken.None)), Has.Count.EqualTo(1), "no release was begun");
        Assert.That(await _system.Aws.Stacks.ChangeSets(_system.Configuration.StackName("data"), CancellationToken.None), Has.None.Matches<Pipeline.Aws.ChangeSetName>(set => set.Name.Contains("0000002", StringComparison.Ordinal)));
    }

    [TestCase("Orders")]
    [TestCase("data.Orders")]
    public async Task A_person_may_allow_it_by_name(string id)
    {
        Queue("orders-new");
        _system.AllowReplace = id;

        await _system.Deploy();

        Assert.That((await _system.Aws.Stacks.Resources(_system.Configuration.StackName("data"), CancellationToken.None))["Orders"], Does.EndWith("orders-new"));
    }

    [TestCase("a.Orders")]
    [TestCase("Ordres")]
    public async Task A_name_that_means_nothing_is_a_mistake(string id)
    {
        Queue("orders-new");
        _system.AllowReplace = id;

        Assert.That((await _system.Refusal(ExitCode.Usage)).Message, Does.StartWith($"--allow-replace={id}: no stack has such a resource"));
    }

    [Test]
    public async Task A_permission_for_another_resource_is_none()
    {
        Queue("orders-new");
        _system.AllowReplace = "a.P";

        await _system.Refusal(ExitCode.Refused);
    }

    [Test]
    public async Task A_removal_is_refused()
    {
        _system.Write("data.yaml", "Resources: {Topic: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: x}}}");

        Assert.That((await _system.Refusal(ExitCode.Refused)).Details[0].Text, Does.EndWith("AWS::SQS::Queue Orders would be removed"));
    }

    [Test]
    public async Task A_removal_that_retains_the_resource_loses_nothing()
    {
        Queue("orders", "DeletionPolicy: Retain");
        await _system.Deploy();
        _system.Write("data.yaml", "Resources: {Topic: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: x}}}");

        Assert.That(await _system.Deploy(), Is.Not.Null);
    }

    [Test]
    public async Task A_value_that_may_not_be_shown_is_not_shown()
    {
        _system.Write("data.yaml", Template($"{_system.Name}-s3cret"));
        _system.AllowReplace = "Orders";
        await _system.Deploy();
        _system.AllowReplace = "";
        _system.Write("data.yaml", Template($"{_system.Name}-s3cret2"));

        var refusal = await _system.Refusal(ExitCode.Refused);

        Assert.That(refusal.Details[0].Text, Does.Contain("Orders would be replaced").And.Contain("QueueName (its values may not be shown)").And.Not.Contain("s3cret"));

        string Template(string value) => $"Parameters: {{Secret: {{Type: String, NoEcho: true, Default: {value}}}}}\nResources: {{Orders: {{Type: AWS::SQS::Queue, Properties: {{QueueName: !Ref Secret}}}}}}";
    }

    [Test]
    public async Task All_losses_of_a_release_are_named_at_once()
    {
        _system.Write("a.yaml", $"Resources:\n  P: {{Type: AWS::SSM::Parameter, Properties: {{Type: String, Value: '1'}}}}\n  Bucket: {{Type: AWS::S3::Bucket, Properties: {{BucketName: {_system.Name}-one}}}}\n");
        await _system.Deploy();
        _system.Write("a.yaml", $"Resources:\n  P: {{Type: AWS::SSM::Parameter, Properties: {{Type: String, Value: '1'}}}}\n  Bucket: {{Type: AWS::S3::Bucket, Properties: {{BucketName: {_system.Name}-two}}}}\n");
        Queue("orders-new");

        var refusal = await _system.Refusal(ExitCode.Refused);

        Assert.That(refusal.Message, Does.Contain("2 resources that hold data"));
        Assert.That(refusal.Details[^1].Text, Does.EndWith("--allow-replace=a.Bucket,data.Orders"));
    }

    [Test]
    public async Task Also_behind_a_stack_that_changes_first_it_is_refused_before_that_one_is_touched()
    {
        _system.Write("pipeline.yml", File.ReadAllText(Path.Combine(_system.Root, "pipeline.yml")).Replace("template: data.yaml", "template: data.yaml, dependsOn: [a]", StringComparison.Ordinal));
        Harmless("2");
        Queue("orders-new");

        await _system.Refusal(ExitCode.Refused);

        Assert.That((await _system.Stack("a")).Status, Is.EqualTo("CREATE_COMPLETE"));
    }

    private void Harmless(string value) => _system.Write("a.yaml", $"Resources: {{P: {{Type: AWS::SSM::Parameter, Properties: {{Type: String, Value: '{value}'}}}}}}");

    private void Queue(string name, string policy = "DeletionPolicy: Delete") =>
        _system.Write("data.yaml", $"Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n    {policy}\n    Properties: {{QueueName: {_system.Name}-{name}}}\n");
}
