using Amazon.CloudFormation.Model;
using Pipeline.Ledger;
using Pipeline.StackOperations;
using Task = System.Threading.Tasks.Task;

namespace Pipeline.Tests.StackOperations;

/// <summary>The status table's "after" column: operations of ours that really end like that.</summary>
public sealed class EndedStatuses : StackGround
{
    [Test]
    public async Task CREATE_COMPLETE_is_applied_and_journalled_step_by_step()
    {
        var result = await Apply(Template("1"));

        Assert.That((result.Outcome, result.Stack!.Status), Is.EqualTo((AfterOperation.Applied, "CREATE_COMPLETE")));
        Assert.That(Journal.Select(o => (o.ChangeSet is null, o.State)), Is.EqualTo(new[] { (true, StackOperationState.Intended), (false, StackOperationState.Intended), (false, StackOperationState.Applied) }));
    }

    [Test]
    public async Task ROLLBACK_COMPLETE_is_a_failure_with_its_root_cause_and_nothing_left()
    {
        Refuse("Create", call: 2);

        var result = await Apply(Template("1", "1"));

        Assert.That((result.Outcome, result.Stack!.Status), Is.EqualTo((AfterOperation.Undone, "ROLLBACK_COMPLETE")));
        Assert.That(result.Reasons, Has.Count.EqualTo(1).And.Some.Matches($@"^B \({Parameter}\): .*told to fail"));
        Assert.That(Journal[^1].State, Is.EqualTo(StackOperationState.Failed));
    }

    [Test]
    public async Task ROLLBACK_FAILED_is_broken()
    {
        Refuse("Create", call: 2);
        Refuse("Delete");

        var result = await Apply(Template("1", "1"));

        Assert.That((result.Outcome, result.Stack!.Status), Is.EqualTo((AfterOperation.Broken, "ROLLBACK_FAILED")));
        Assert.That(result.Reasons, Has.Some.StartsWith("B (").And.Some.StartsWith("while rolling back: A ("));
    }

    [Test]
    public async Task UPDATE_COMPLETE_is_applied()
    {
        await Created(Template("1"));

        Assert.That((await Apply(Template("2"))).Stack!.Status, Is.EqualTo("UPDATE_COMPLETE"));
    }

    [Test]
    public async Task UPDATE_COMPLETE_after_the_old_resource_was_deleted_is_applied()
    {
        await Created(Template("1"));

        var result = await Apply(Renamed(Template("1")));

        Assert.That((result.Outcome, result.Stack!.Status), Is.EqualTo((AfterOperation.Applied, "UPDATE_COMPLETE")));
        Assert.That((await Stacks.Events(Name, DateTimeOffset.MinValue, null, CancellationToken.None)).Select(e => e.Status), Does.Contain("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"));
    }

    [Test]
    public async Task UPDATE_ROLLBACK_COMPLETE_is_undone_and_the_old_state_is_live()
    {
        await Created(Template("1", "1"));
        Refuse("Update", call: 2);

        var result = await Apply(Template("2", "2"));

        Assert.That((result.Outcome, result.Stack!.Status), Is.EqualTo((AfterOperation.Undone, "UPDATE_ROLLBACK_COMPLETE")));
        Assert.That((Value("a"), Value("b")), Is.EqualTo(("1", "1")));
    }

    [Test]
    public async Task UPDATE_COMPLETE_CLEANUP_IN_PROGRESS_past_the_deadline_is_applied_all_the_same()
    {
        await Created(Template("1"));
        Hang("Delete");
        Rules = Rules with { Deadline = TimeSpan.FromSeconds(1) };

        var result = await Apply(Renamed(Template("1")));

        Assert.That((result.Outcome, result.Stack!.Status), Is.EqualTo((AfterOperation.Applied, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")));
    }

    [Test]
    public async Task UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS_past_the_deadline_is_undone()
    {
        await Created(Template("1"));
        Refuse("Create", call: 2);
        Hang("Delete");
        Rules = Rules with { Deadline = TimeSpan.FromSeconds(1) };

        var result = await Apply(Three(Template("1", "1")));

        Assert.That((result.Outcome, result.Stack!.Status), Is.EqualTo((AfterOperation.Undone, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")));
    }

    [Test]
    public async Task An_operation_that_does_not_end_is_unknown_and_goes_on()
    {
        Hang("Create");
        Rules = Rules with { Deadline = TimeSpan.FromMilliseconds(300) };

        var unknown = Assert.ThrowsAsync<Outcomes.PipelineException>(() => Apply(Template("1")))!;

        Assert.That(unknown.ExitCode, Is.EqualTo(Outcomes.ExitCode.Unknown));
        Assert.That(await Status(), Is.EqualTo("CREATE_IN_PROGRESS"));
    }

    [Test]
    public async Task UPDATE_ROLLBACK_FAILED_is_broken()
    {
        await Created(Template("1", "1"));
        Refuse("Update", call: 2, times: 10);

        var result = await Apply(Template("2", "2"));

        Assert.That((result.Outcome, result.Stack!.Status), Is.EqualTo((AfterOperation.Broken, "UPDATE_ROLLBACK_FAILED")));
        Assert.That(result.Reasons, Has.Some.StartsWith("while rolling back: "));
    }

    [Test]
    public async Task A_cancelled_update_is_undone()
    {
        await Created(Template("1"));
        Hang("Update");

        var applied = Apply(Template("2"));
        await Reaches("UPDATE_IN_PROGRESS");
        await Formation.CancelUpdateStackAsync(new CancelUpdateStackRequest { StackName = Name, ClientRequestToken = "Console-CancelUpdateStack-1" });

        Assert.That((await applied).Outcome, Is.EqualTo(AfterOperation.Undone));
    }

    [Test]
    public async Task DELETE_IN_PROGRESS_by_somebody_is_a_failure()
    {
        Hang("Create");
        Hang("Delete");

        var applied = Apply(Template("1"));
        await Reaches("CREATE_IN_PROGRESS");
        await Formation.DeleteStackAsync(new DeleteStackRequest { StackName = Name });

        Assert.That((await applied).Outcome, Is.EqualTo(AfterOperation.Broken));
    }

    [Test]
    public async Task A_change_set_without_changes_is_a_success_and_is_deleted()
    {
        await Created(Template("1"));

        var result = await Apply(Template("1"));

        Assert.That((result.Outcome, result.Changed), Is.EqualTo((AfterOperation.Applied, false)));
        Assert.That(await Stacks.ChangeSets(Name, CancellationToken.None), Has.None.Matches<Pipeline.Aws.ChangeSetName>(set => set.Name == $"r-{Token}"));
    }

    [Test]
    public async Task A_refused_template_changes_nothing()
    {
        await Created(Template("1"));

        var result = await Apply("Resources: {A: {Type: AWS::No::Such}}");

        Assert.That((result.Outcome, result.Changed, result.Stack!.Status), Is.EqualTo((AfterOperation.Undone, false, "CREATE_COMPLETE")));
        Assert.That(result.Reasons.Single(), Does.Contain("AWS::No::Such"));
    }
}
