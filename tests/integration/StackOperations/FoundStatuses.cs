using Amazon.CloudFormation.Model;
using Pipeline.StackOperations;
using Task = System.Threading.Tasks.Task;

namespace Pipeline.Tests.StackOperations;

/// <summary>The status table's "before" column, with stacks that really are in that status.</summary>
public sealed class FoundStatuses : StackGround
{
    [Test]
    public async Task Absent_is_created()
    {
        var result = await Apply(Template("1"));

        Assert.That((result.Outcome, result.Stack!.Status, result.Changed), Is.EqualTo((AfterOperation.Applied, "CREATE_COMPLETE", true)));
        Assert.That(Value("a"), Is.EqualTo("1"));
    }

    [Test]
    public async Task DELETE_COMPLETE_is_created_as_another_stack()
    {
        await Created(Template("1"));
        var first = (await Stacks.Describe(Name, CancellationToken.None))!.Id;
        await Formation.DeleteStackAsync(new DeleteStackRequest { StackName = Name });
        await Reaches("DELETE_COMPLETE", first);

        var result = await Apply(Template("2"));

        Assert.That((result.Outcome, result.Stack!.Status), Is.EqualTo((AfterOperation.Applied, "CREATE_COMPLETE")));
        Assert.That(result.Stack.Id, Is.Not.EqualTo(first));
    }

    [Test]
    public async Task REVIEW_IN_PROGRESS_of_ours_is_created()
    {
        await Review("r-dev-20261123-050000-1111111-ground");

        Assert.That((await Apply(Template("1"))).Stack!.Status, Is.EqualTo("CREATE_COMPLETE"));
    }

    [Test]
    public async Task REVIEW_IN_PROGRESS_of_somebody_else_is_refused_by_name()
    {
        await Review("by-hand");

        Refused(await Apply(Template("1")), "REVIEW_IN_PROGRESS", "change set 'by-hand'", $"delete-stack --stack-name {Name}");
        Assert.That(await Status(), Is.EqualTo("REVIEW_IN_PROGRESS"));
    }

    [Test]
    public async Task CREATE_IN_PROGRESS_of_somebody_else_is_refused_after_a_wait_with_who_and_when()
    {
        Hang("Create");
        await Somebody(Template("1"));

        Refused(await Apply(Template("2")), "CREATE_IN_PROGRESS through somebody else", "Console-CreateStack-1", "UTC");
        Assert.That(Progress, Has.Some.Contains("waiting for CREATE_IN_PROGRESS"));
    }

    [Test]
    public async Task CREATE_COMPLETE_is_updated()
    {
        await Created(Template("1"));

        Assert.That((await Apply(Template("2"))).Stack!.Status, Is.EqualTo("UPDATE_COMPLETE"));
        Assert.That(Value("a"), Is.EqualTo("2"));
    }

    [Test]
    public async Task CREATE_FAILED_is_created_again()
    {
        await LeftFailed();

        Assert.That((await Apply(Template("2"))).Stack!.Status, Is.EqualTo("CREATE_COMPLETE"));
        Assert.That(Progress, Has.Some.Contains("deleting what a failed creation left (CREATE_FAILED): A"));
    }

    [Test]
    public async Task CREATE_FAILED_is_refused_in_production()
    {
        await LeftFailed();
        Rules = Rules with { Broken = BrokenStacks.Refuse, Recreate = ["ground"] };

        Refused(await Apply(Template("2")), "CREATE_FAILED", "delete the stack by hand");
    }

    [Test]
    public async Task ROLLBACK_IN_PROGRESS_is_waited_for()
    {
        Refuse("Create", call: 2);
        Hang("Delete");
        await Somebody(Template("1", "1"));
        await Reaches("ROLLBACK_IN_PROGRESS");

        Refused(await Apply(Template("2")), "ROLLBACK_IN_PROGRESS through somebody else");
    }

    [Test]
    public async Task ROLLBACK_COMPLETE_is_created_again()
    {
        await RolledBack();

        Assert.That((await Apply(Template("2"))).Stack!.Status, Is.EqualTo("CREATE_COMPLETE"));
    }

    [Test]
    public async Task ROLLBACK_COMPLETE_is_refused_in_production_with_the_flag_to_type()
    {
        await RolledBack();
        Rules = Rules with { Broken = BrokenStacks.Refuse };

        Refused(await Apply(Template("2")), "ROLLBACK_COMPLETE", "--recreate=ground");
    }

    [Test]
    public async Task ROLLBACK_COMPLETE_is_created_again_in_production_when_a_person_named_it()
    {
        await RolledBack();
        Rules = Rules with { Broken = BrokenStacks.Refuse, Recreate = ["ground"] };

        Assert.That((await Apply(Template("2"))).Stack!.Status, Is.EqualTo("CREATE_COMPLETE"));
    }

    [Test]
    public async Task ROLLBACK_FAILED_is_refused()
    {
        Refuse("Create", call: 2);
        Refuse("Delete");
        await Somebody(Template("1", "1"));
        await Reaches("ROLLBACK_FAILED");

        Refused(await Apply(Template("2")), "ROLLBACK_FAILED", "--retain-resources");
    }

    [Test]
    public async Task DELETE_IN_PROGRESS_of_somebody_else_is_refused_after_a_wait_with_who_and_when()
    {
        await Created(Template("1"));
        Hang("Delete");
        await Formation.DeleteStackAsync(new DeleteStackRequest { StackName = Name, ClientRequestToken = "Console-DeleteStack-1" });
        await Reaches("DELETE_IN_PROGRESS");

        Refused(await Apply(Template("2")), "DELETE_IN_PROGRESS through somebody else", "Console-DeleteStack-1");
    }

    [Test]
    public async Task DELETE_IN_PROGRESS_is_refused_in_production_at_once()
    {
        await Created(Template("1"));
        Hang("Delete");
        await Formation.DeleteStackAsync(new DeleteStackRequest { StackName = Name });
        await Reaches("DELETE_IN_PROGRESS");
        Rules = Rules with { Broken = BrokenStacks.Refuse, Patience = TimeSpan.FromHours(1) };

        Refused(await Apply(Template("2")), "DELETE_IN_PROGRESS", "somebody is deleting it");
    }

    [Test]
    public async Task DELETE_FAILED_is_refused()
    {
        await Created(Template("1"));
        Refuse("Delete");
        await Formation.DeleteStackAsync(new DeleteStackRequest { StackName = Name });
        await Reaches("DELETE_FAILED");

        Refused(await Apply(Template("2")), "DELETE_FAILED", "--retain-resources");
    }

    [Test]
    public async Task UPDATE_IN_PROGRESS_of_somebody_else_is_refused_after_a_wait_with_who_and_when()
    {
        await Created(Template("1"));
        Hang("Update");
        await Somebody(Template("2"), update: true);

        Refused(await Apply(Template("3")), "UPDATE_IN_PROGRESS through somebody else", "Console-UpdateStack-1", "UTC");
    }

    [Test]
    public async Task UPDATE_IN_PROGRESS_that_ends_in_time_is_built_on()
    {
        await Created(Template("1"));
        Hang("Update");
        await Somebody(Template("2"), update: true);
        Rules = Rules with { Patience = TimeSpan.FromMinutes(1) };

        var applied = Apply(Template("3"));
        await Poll.Until(() => Task.FromResult(Progress.Any(p => p.Contains("waiting for UPDATE_IN_PROGRESS", StringComparison.Ordinal))), "it waits");
        await Formation.CancelUpdateStackAsync(new CancelUpdateStackRequest { StackName = Name });

        Assert.That((await applied).Outcome, Is.EqualTo(AfterOperation.Applied));
        Assert.That(Value("a"), Is.EqualTo("3"));
    }

    [Test]
    public async Task UPDATE_COMPLETE_is_updated()
    {
        await Created(Template("1"));
        await Apply(Template("2"), "dev-1-ground");

        Assert.That((await Apply(Template("3"))).Stack!.Status, Is.EqualTo("UPDATE_COMPLETE"));
    }

    [Test]
    public async Task UPDATE_FAILED_is_rolled_back_and_then_updated()
    {
        await Created(Template("1", "1"));
        Refuse("Update", call: 2);
        await Somebody(Template("2", "2"), update: true, disableRollback: true);
        await Reaches("UPDATE_FAILED");

        var result = await Apply(Template("3", "3"));

        Assert.That((result.Outcome, result.Stack!.Status), Is.EqualTo((AfterOperation.Applied, "UPDATE_COMPLETE")));
        Assert.That(Progress, Has.Some.Contains("rolling back an update that failed"));
        Assert.That((Value("a"), Value("b")), Is.EqualTo(("3", "3")));
    }

    [Test]
    public async Task UPDATE_ROLLBACK_IN_PROGRESS_is_waited_for()
    {
        await Created(Template("1", "1"));
        Refuse("Update", call: 2);
        Hang("Update", call: 3);
        await Somebody(Template("2", "2"), update: true);
        await Reaches("UPDATE_ROLLBACK_IN_PROGRESS");

        Refused(await Apply(Template("3", "3")), "UPDATE_ROLLBACK_IN_PROGRESS through somebody else");
    }

    [Test]
    public async Task UPDATE_COMPLETE_CLEANUP_IN_PROGRESS_is_waited_for()
    {
        await Created(Template("1"));
        Hang("Delete");
        await Somebody(Renamed(Template("1")), update: true);
        await Reaches("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");

        Refused(await Apply(Template("3")), "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS through somebody else");
    }

    [Test]
    public async Task UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS_is_waited_for()
    {
        await Created(Template("1"));
        Refuse("Create", call: 2);
        Hang("Delete");
        await Somebody(Three(Template("1", "1")), update: true);
        await Reaches("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS");

        Refused(await Apply(Template("3")), "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS through somebody else");
    }

    [Test]
    public async Task UPDATE_ROLLBACK_COMPLETE_is_updated()
    {
        await Created(Template("1", "1"));
        Refuse("Update", call: 2);
        await Somebody(Template("2", "2"), update: true);
        await Reaches("UPDATE_ROLLBACK_COMPLETE");

        Assert.That((await Apply(Template("3", "3"))).Stack!.Status, Is.EqualTo("UPDATE_COMPLETE"));
    }

    [Test]
    public async Task UPDATE_ROLLBACK_FAILED_is_continued_once_and_then_updated()
    {
        await StuckRollback(failures: 1);

        var result = await Apply(Template("3", "3"));

        Assert.That((result.Outcome, result.Stack!.Status), Is.EqualTo((AfterOperation.Applied, "UPDATE_COMPLETE")));
        Assert.That(Progress, Has.Some.Contains("continuing a rollback that was stuck"));
    }

    [Test]
    public async Task UPDATE_ROLLBACK_FAILED_that_fails_again_is_refused_with_what_could_not_be_rolled_back()
    {
        await StuckRollback(failures: 50);

        Refused(await Apply(Template("3", "3")), "UPDATE_ROLLBACK_FAILED: its rollback was continued once and failed again", $"({Parameter})", "told to fail", "--resources-to-skip");
    }

    private async Task Review(string changeSet)
    {
        await Formation.CreateChangeSetAsync(new CreateChangeSetRequest { StackName = Name, ChangeSetName = changeSet, ChangeSetType = "CREATE", TemplateBody = Template("0") });
        await Reaches("REVIEW_IN_PROGRESS");
    }

    private async Task LeftFailed()
    {
        Refuse("Create", call: 2);
        await Somebody(Template("1", "1"), disableRollback: true);
        await Reaches("CREATE_FAILED");
    }

    private async Task RolledBack()
    {
        Refuse("Create");
        await Somebody(Template("1"));
        await Reaches("ROLLBACK_COMPLETE");
    }

    /// <param name="failures">how many further steps fail after the update's first failure</param>
    private async Task StuckRollback(int failures)
    {
        await Created(Template("1", "1"));
        Refuse("Update", call: 2, times: 1 + failures);
        await Somebody(Template("2", "2"), update: true);
        await Reaches("UPDATE_ROLLBACK_FAILED");
    }
}
