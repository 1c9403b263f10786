using Amazon.CloudFormation.Model;
using Pipeline.Ledger;
using Pipeline.LocalCloud;
using Pipeline.LocalCloud.Protocols;
using Pipeline.Outcomes;
using Pipeline.Tests.Contracts;
using Fault = Pipeline.LocalCloud.Protocols.Fault;
using Task = System.Threading.Tasks.Task;

namespace Pipeline.Tests.StackOperations;

/// <summary>Whole releases of stacks when somebody or something comes in between.</summary>
public sealed class StackReleases
{
    private const string Two = "stacks: { a: { template: a.yaml }, b: { template: b.yaml, dependsOn: [a] } }\ndeadlines: { busy: 200ms }";
    private const string Parameter = "AWS::SSM::Parameter";
    private CloudServer _cloud = null!;
    private StackSystem _system = null!;

    [OneTimeSetUp]
    public async Task StartCloud() => _cloud = await CheckedCloud.Start();

    [OneTimeTearDown]
    public async Task StopCloud() => await _cloud.DisposeAsync();

    [SetUp]
    public void Begin()
    {
        _system = new StackSystem(_cloud, Two);
        Say("a", "1");
        Say("b", "1");
    }

    [TearDown]
    public void End()
    {
        _cloud.Cloud.Faults.Clear();
        _system.Dispose();
    }

    [Test]
    public async Task Two_deployers_at_once_the_second_is_refused_and_told_who_deploys()
    {
        Strike("Create", FaultKind.Hang);
        using var first = new CancellationTokenSource();
        var deploying = _system.Deploy(first.Token);
        await UntilStack("a", "CREATE_IN_PROGRESS");

        var refusal = await _system.Refusal(ExitCode.Refused);

        Assert.That(refusal.Message, Is.EqualTo($"REFUSED: dev is being changed by {Operator.UserAtHost}."));
        await first.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => deploying);
    }

    [Test]
    public async Task Killed_in_the_middle_the_next_run_waits_settles_and_completes()
    {
        await _system.Deploy();
        Say("a", "2");
        Say("b", "2");
        // The run is held up in its reading, and killed there, while CloudFormation does its work.
        _cloud.Cloud.Faults.Add(new Fault("cloudformation", "DescribeStackEvents", FaultKind.Hang) { Times = 1000 });
        using var killed = new CancellationTokenSource();
        var deploying = _system.Deploy(killed.Token);
        await UntilStack("a", "UPDATE_COMPLETE");
        await killed.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => deploying);
        _cloud.Cloud.Faults.Clear();

        var result = await _system.Deploy();

        Assert.That(result, Is.Not.Null);
        Assert.That(_system.Printed, Does.Match("Recovery +release dev-.* was interrupted").And.Contain($"{_system.Name}-dev-a: UPDATE_COMPLETE, holds what that release gave it"));
        Assert.That((Value("a"), Value("b")), Is.EqualTo(("2", "2")));
        Assert.That((await (await _system.Ledger()).Releases(2, CancellationToken.None)).Select(r => r.Outcome), Is.EqualTo(new[] { ReleaseOutcome.Succeeded, ReleaseOutcome.Interrupted }));
        Assert.That((await _system.Aws.Stacks.Events((await _system.Stack("a")).Id, DateTimeOffset.MinValue, null, CancellationToken.None)).Count(e => e is { Status: "UPDATE_IN_PROGRESS", Type: "AWS::CloudFormation::Stack" }), Is.EqualTo(1), "the first run's update was not made again");
    }

    [Test]
    public async Task Killed_before_anything_was_executed_the_next_run_does_it()
    {
        await _system.Deploy();
        Say("a", "2");
        _cloud.Cloud.Faults.Add(new Fault("cloudformation", "ExecuteChangeSet", FaultKind.Hang));
        using var killed = new CancellationTokenSource();
        var deploying = _system.Deploy(killed.Token);
        await Poll.Until(() => Task.FromResult(_cloud.Cloud.Faults.Shown().Any(f => (int)f!["hits"]! > 0)), "it is about to execute");
        await killed.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => deploying);

        await _system.Deploy();

        Assert.That(_system.Printed, Does.Contain($"{_system.Name}-dev-a: CREATE_COMPLETE, holds what was there before"));
        Assert.That(Value("a"), Is.EqualTo("2"));
    }

    [Test]
    public async Task Expired_credentials_in_the_middle_end_in_exit_6_with_what_to_type()
    {
        await _system.Deploy();
        Say("a", "2");
        _cloud.Cloud.Faults.Add(new Fault("cloudformation", "DescribeStackEvents", FaultKind.Refuse) { Times = 1000, Refusal = new AwsException("ExpiredToken", "The security token included in the request is expired", 403) });

        var unknown = await _system.Refusal(ExitCode.Unknown);

        Assert.That(unknown.Message, Does.Contain("does not accept the credentials").And.Contain("expired"));
        Assert.That(unknown.Details.Single(d => d.Label == "next").Text, Does.StartWith("renew the credentials (").And.Contain("the same command again"));

        _cloud.Cloud.Faults.Clear();
        await _system.Deploy();
        Assert.That(Value("a"), Is.EqualTo("2"));
    }

    [Test]
    public async Task The_third_DescribeStacks_throttled_and_a_lost_execution_change_nothing_about_a_release()
    {
        await _system.Deploy();
        Say("a", "2");
        Say("b", "2");
        _cloud.Cloud.Faults.Add(new Fault("cloudformation", "DescribeStacks", FaultKind.Throttle) { Call = 3, Times = 4 });
        _cloud.Cloud.Faults.Add(new Fault("cloudformation", "ExecuteChangeSet", FaultKind.Lose) { Times = 4 });

        await _system.Deploy();

        Assert.That((Value("a"), Value("b")), Is.EqualTo(("2", "2")));
    }

    [Test]
    public async Task Somebody_elses_operation_is_waited_for_then_refused_before_anything_is_touched()
    {
        await _system.Deploy();
        Say("a", "2");
        Strike("Update", FaultKind.Hang);
        await _system.Formation.UpdateStackAsync(new UpdateStackRequest { StackName = _system.Configuration.StackName("b"), TemplateBody = Template("b", "9"), ClientRequestToken = "Console-UpdateStack-7" });
        await UntilStack("b", "UPDATE_IN_PROGRESS");

        var refusal = await _system.Refusal(ExitCode.Refused);

        Assert.That(refusal.Message, Does.Contain($"{_system.Name}-dev-b is UPDATE_IN_PROGRESS through somebody else"));
        Assert.That(refusal.Details.Single(d => d.Label == "why").Text, Does.Contain("Console-UpdateStack-7").And.Contain("UTC"));
        Assert.That(Value("a"), Is.EqualTo("1"));
        Assert.That((await (await _system.Ledger()).Releases(5, CancellationToken.None)).Select(r => r.Outcome), Has.All.EqualTo(ReleaseOutcome.Succeeded), "no release was begun");
    }

    [Test]
    public async Task A_stack_that_somebody_else_began_is_refused_before_anything_is_touched()
    {
        await _system.Formation.CreateChangeSetAsync(new CreateChangeSetRequest { StackName = _system.Configuration.StackName("b"), ChangeSetName = "by-hand", ChangeSetType = "CREATE", TemplateBody = Template("b", "9") });

        Assert.That((await _system.Refusal(ExitCode.Refused)).Details[0].Text, Does.Contain("change set 'by-hand'"));
        Assert.That(await _system.Aws.Stacks.Describe(_system.Configuration.StackName("a"), CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task A_failed_stack_takes_the_release_back()
    {
        await _system.Deploy();
        Say("a", "2");
        Say("b", "2");
        Strike("Update", FaultKind.Refuse, call: 2);

        var failure = await _system.Refusal(ExitCode.DeploymentFailed);

        Assert.That(failure.Details.Single(d => d.Label == "what").Text, Does.Contain("told to fail"));
        Assert.That((Value("a"), Value("b")), Is.EqualTo(("1", "1")));
    }

    private void Say(string stack, string value) => _system.Write($"{stack}.yaml", Template(stack, value));

    private string Template(string stack, string value) => $"Resources:\n  P: {{Type: {Parameter}, Properties: {{Name: /{_system.Name}/{stack}, Type: String, Value: '{value}'}}}}\n";

    private string? Value(string stack) => _cloud.Cloud.Parameters.Store.Resolve($"/{_system.Name}/{stack}");

    private void Strike(string step, FaultKind kind, int call = 1) =>
        _cloud.Cloud.Faults.Add(new Fault(Parameter, step, kind) { Call = call, Refusal = kind == FaultKind.Refuse ? new AwsException("InvalidRequest", "told to fail") : null });

    private Task UntilStack(string stack, string status) =>
        Poll.Until(async () => (await _system.Formation.DescribeStacksAsync(new DescribeStacksRequest())).Stacks?.FirstOrDefault(s => s.StackName == _system.Configuration.StackName(stack))?.StackStatus.Value == status, $"stack {stack} is {status}");
}
