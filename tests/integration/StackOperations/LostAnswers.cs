using Pipeline.Aws;
using Pipeline.LocalCloud.Protocols;
using Pipeline.Outcomes;
using Pipeline.StackOperations;
using Task = System.Threading.Tasks.Task;

namespace Pipeline.Tests.StackOperations;

/// <summary>A deployment never fails because looking failed, and nothing is done twice because an answer was lost.</summary>
public sealed class LostAnswers : StackGround
{
    /// <summary>The client's transport asks again by itself when a kept connection is cut: a single lost answer would never be seen.</summary>
    private const int InARow = 4;

    [Test]
    public async Task The_third_DescribeStacks_is_throttled()
    {
        await Created(Template("1"));
        Faulty("DescribeStacks", FaultKind.Throttle, call: 3);

        await Succeeds();
    }

    [Test]
    public async Task Every_read_is_throttled_for_a_while()
    {
        await Created(Template("1"));
        foreach (var operation in new[] { "DescribeStacks", "DescribeStackEvents", "DescribeChangeSet" })
        {
            Faulty(operation, FaultKind.Throttle, times: 6);
        }

        await Succeeds(hits: 18);
    }

    [Test]
    public async Task The_answers_of_DescribeStackEvents_are_lost()
    {
        await Created(Template("1"));
        Faulty("DescribeStackEvents", FaultKind.Lose, times: InARow);

        await Succeeds(InARow);
    }

    [Test]
    public async Task The_answer_of_ExecuteChangeSet_is_lost_after_it_was_accepted()
    {
        await Created(Template("1"));
        Faulty("ExecuteChangeSet", FaultKind.Lose, times: InARow);

        await Succeeds();
        Assert.That(await Begun("UPDATE_IN_PROGRESS"), Is.EqualTo(1), "one update, however often it was asked for");
    }

    [Test]
    public async Task ExecuteChangeSet_fails_before_it_was_accepted()
    {
        await Created(Template("1"));
        Faulty("ExecuteChangeSet", FaultKind.Refuse, times: 2, refusal: new AwsException("InternalFailure", "a fault of AWS's own", 500));

        await Succeeds(2);
    }

    [Test]
    public async Task The_answer_of_CreateChangeSet_is_lost()
    {
        await Created(Template("1"));
        Faulty("CreateChangeSet", FaultKind.Lose, times: InARow);

        await Succeeds();
        Assert.That(Journal[1].ChangeSet, Does.Contain($":changeSet/r-{Token}/"), "found by its name, known by its ARN");
    }

    [Test]
    public async Task The_answer_of_CreateChangeSet_is_lost_for_a_stack_that_is_new()
    {
        Faulty("CreateChangeSet", FaultKind.Lose, times: InARow);

        Assert.That((await Apply(Template("2"))).Outcome, Is.EqualTo(AfterOperation.Applied));
        Assert.That(Value("a"), Is.EqualTo("2"));
    }

    [Test]
    public async Task CreateChangeSet_is_throttled()
    {
        await Created(Template("1"));
        Faulty("CreateChangeSet", FaultKind.Throttle, times: 3);

        await Succeeds(3);
    }

    [Test]
    public async Task The_answer_of_DeleteStack_is_lost()
    {
        Refuse("Create");
        await Somebody(Template("1"));
        await Reaches("ROLLBACK_COMPLETE");
        Cloud.Cloud.Faults.Clear();
        Faulty("DeleteStack", FaultKind.Lose, times: InARow);

        Assert.That((await Apply(Template("2"))).Stack!.Status, Is.EqualTo("CREATE_COMPLETE"));
    }

    [Test]
    public async Task The_answer_of_ContinueUpdateRollback_is_lost()
    {
        await Created(Template("1", "1"));
        Refuse("Update", call: 2, times: 2);
        await Somebody(Template("2", "2"), update: true);
        await Reaches("UPDATE_ROLLBACK_FAILED");
        Cloud.Cloud.Faults.Clear();
        Faulty("ContinueUpdateRollback", FaultKind.Lose, times: InARow);

        var result = await Apply(Template("3", "3"));
        Assert.That(result.Outcome, Is.EqualTo(AfterOperation.Applied), string.Join('\n', [.. result.Reasons, .. Progress]));
    }

    [Test]
    public async Task Lost_for_longer_than_the_deadline_it_is_unknown()
    {
        await Created(Template("1"));
        Rules = Rules with { Deadline = TimeSpan.FromMilliseconds(100) };
        Faulty("ExecuteChangeSet", FaultKind.Throttle, times: 10_000);

        var unknown = Assert.ThrowsAsync<PipelineException>(() => Apply(Template("2")))!;

        Assert.That(unknown.ExitCode, Is.EqualTo(ExitCode.Unknown));
        Assert.That(unknown.Details.Select(d => d.Label), Does.Contain("next"));
    }

    [Test]
    public async Task Credentials_that_expire_in_the_middle_end_the_following_and_not_the_operation()
    {
        await Created(Template("1"));
        Faulty("DescribeStackEvents", FaultKind.Refuse, times: 1000, refusal: new AwsException("ExpiredToken", "The security token included in the request is expired", 403));

        var refusal = Assert.ThrowsAsync<AwsRefusedException>(() => Apply(Template("2")))!;

        Assert.That(refusal.Kind, Is.EqualTo(RefusalKind.Credentials));
        await Reaches("UPDATE_COMPLETE");
    }

    private async Task Succeeds(int hits = 1)
    {
        var result = await Apply(Template("2"));

        Assert.That((result.Outcome, result.Stack!.Status), Is.EqualTo((AfterOperation.Applied, "UPDATE_COMPLETE")));
        Assert.That(Value("a"), Is.EqualTo("2"));
        Assert.That(Hits, Is.GreaterThanOrEqualTo(hits), "the fault struck");
    }

    private async Task<int> Begun(string status) =>
        (await Stacks.Events(Name, DateTimeOffset.MinValue, null, CancellationToken.None)).Count(e => e.PhysicalId?.Contains(":stack/", StringComparison.Ordinal) == true && e.Status == status);
}
