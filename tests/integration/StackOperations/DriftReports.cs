using Amazon.CloudFormation.Model;
using Pipeline.LocalCloud;
using Pipeline.Reporting;
using Pipeline.StackOperations;
using Pipeline.Tests.Contracts;
using Task = System.Threading.Tasks.Task;

namespace Pipeline.Tests.StackOperations;

/// <summary>What was changed past CloudFormation, said as far as it can be known.</summary>
public sealed class DriftReports
{
    private CloudServer _cloud = null!;
    private StackSystem _system = null!;

    [OneTimeSetUp]
    public async Task StartCloud() => _cloud = await CheckedCloud.Start();

    [OneTimeTearDown]
    public async Task StopCloud() => await _cloud.DisposeAsync();

    [SetUp]
    public void Begin() => _system = new StackSystem(_cloud, "stacks: { a: { template: a.yaml } }").Write("a.yaml", "Resources: {V: {Type: AWS::EC2::InternetGateway}}");

    [TearDown]
    public void End() => _system.Dispose();

    [Test]
    public async Task A_changed_property_is_shown_with_both_values_and_does_not_block_a_deployment()
    {
        Queue("30");
        await _system.Deploy();
        var url = (await _system.Aws.Stacks.Resources(_system.Configuration.StackName("a"), CancellationToken.None))["Q"];
        using var sqs = new Pipeline.Tests.LocalCloud.FrontClients(_cloud).Sqs();
        await sqs.SetQueueAttributesAsync(url, new Dictionary<string, string> { ["VisibilityTimeout"] = "77" });

        var drift = await Check();

        Assert.That(DriftReport.Text(drift), Is.EqualTo("DRIFTED (1 of 1 resources can be compared)\nQ (AWS::SQS::Queue) /VisibilityTimeout: 30 in the template, 77 in reality"));
        Queue("40");
        Assert.That(await _system.Deploy(), Is.Not.Null);
    }

    [Test]
    public async Task As_the_template_says_it_is_in_sync_as_far_as_it_can_be_compared()
    {
        Queue("30");
        await _system.Deploy();

        Assert.That(DriftReport.Text(await Check()), Is.EqualTo("in sync as far as 1 of 1 resources can be compared"));
    }

    [Test]
    public async Task What_can_not_be_compared_is_not_called_in_sync()
    {
        await _system.Deploy();

        Assert.That(DriftReport.Text(await Check()), Is.EqualTo("nothing checkable (0 of 1 resources can be compared)"));
    }

    [Test]
    public async Task A_stack_that_is_not_there_is_said_to_be_so() => Assert.That(DriftReport.Text(await Check()), Is.EqualTo("not checked: there is no such stack"));

    [Test]
    public async Task A_stack_that_AWS_does_not_compare_says_why()
    {
        await _system.Formation.CreateChangeSetAsync(new CreateChangeSetRequest { StackName = _system.Configuration.StackName("a"), ChangeSetName = "x", ChangeSetType = "CREATE", TemplateBody = "Resources: {V: {Type: AWS::EC2::InternetGateway}}" });

        Assert.That(DriftReport.Text(await Check()), Does.StartWith("not checked: CloudFormation refused to detect the drift"));
    }

    private void Queue(string timeout) => _system.Write("a.yaml", $"Resources: {{Q: {{Type: AWS::SQS::Queue, Properties: {{VisibilityTimeout: {timeout}}}}}}}");

    private Task<StackDrift> Check() => new DriftCheck(_system.Aws.Stacks, StackRules.Of(_system.Configuration.Environment, TimeSpan.FromMilliseconds(10))).Of("a", _system.Configuration.StackName("a"), CancellationToken.None);
}
