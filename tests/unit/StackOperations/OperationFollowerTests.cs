using Pipeline.Outcomes;
using Pipeline.StackOperations;
using static Pipeline.Tests.StackOperations.CannedStack;

namespace Pipeline.Tests.StackOperations;

public sealed class OperationFollowerTests
{
    [Test]
    public async Task Reads_that_still_show_the_status_before_are_tolerated() => Assert.That(
        await Follow([.. Look("REVIEW_IN_PROGRESS"), .. Look("REVIEW_IN_PROGRESS"), .. Look("REVIEW_IN_PROGRESS"), .. Look("CREATE_COMPLETE", ("CREATE_COMPLETE", Token), ("CREATE_IN_PROGRESS", Token))]),
        Is.EqualTo(AfterOperation.Applied));

    [Test]
    public async Task An_old_success_is_not_taken_for_ours() => Assert.That(
        await Follow([.. Look("UPDATE_COMPLETE", ("UPDATE_COMPLETE", "dev-0-shop")), .. Look("UPDATE_IN_PROGRESS", ("UPDATE_IN_PROGRESS", Token)), .. Look("UPDATE_ROLLBACK_COMPLETE", ("UPDATE_ROLLBACK_COMPLETE", Token))]),
        Is.EqualTo(AfterOperation.Undone));

    [Test]
    public void Stale_reads_end_when_the_change_set_was_never_executed()
    {
        var unknown = Assert.ThrowsAsync<PipelineException>(() => Follow([.. Look("REVIEW_IN_PROGRESS"), .. Look("REVIEW_IN_PROGRESS"), .. Look("REVIEW_IN_PROGRESS"), .. Look("REVIEW_IN_PROGRESS"), ChangeSet("AVAILABLE")]))!;

        Assert.That(unknown.ExitCode, Is.EqualTo(ExitCode.Unknown));
        Assert.That(unknown.Message, Does.Contain("REVIEW_IN_PROGRESS"));
    }

    [Test]
    public void Stale_reads_end_for_good_even_when_the_change_set_was_executed()
    {
        var looks = Enumerable.Range(0, 3).SelectMany(_ => Look("REVIEW_IN_PROGRESS")).Concat(Enumerable.Range(0, 20).SelectMany(_ => (Aws.CannedEndpoint.Answer[])[.. Look("REVIEW_IN_PROGRESS"), ChangeSet("EXECUTE_COMPLETE")]));

        Assert.That(() => Follow([.. looks]), Throws.TypeOf<PipelineException>().With.Property("ExitCode").EqualTo(ExitCode.Unknown));
    }

    [Test]
    public async Task A_change_set_that_could_not_be_executed_changed_nothing() => Assert.That(
        await Follow([.. Look("UPDATE_COMPLETE"), .. Look("UPDATE_COMPLETE"), .. Look("UPDATE_COMPLETE"), .. Look("UPDATE_COMPLETE"), ChangeSet("EXECUTE_FAILED")]),
        Is.EqualTo(AfterOperation.Undone));

    [Test]
    public async Task Throttled_reads_are_no_news() => Assert.That(
        await Follow([Throttled(), Throttled(), Stack("CREATE_IN_PROGRESS"), Throttled(), Look("x")[1], .. Look("CREATE_COMPLETE", ("CREATE_COMPLETE", Token))]),
        Is.EqualTo(AfterOperation.Applied));

    [Test]
    public async Task What_somebody_does_after_our_end_is_not_ours() => Assert.That(
        await Follow([.. Look("UPDATE_IN_PROGRESS", ("UPDATE_IN_PROGRESS", "Console-UpdateStack-1"), ("UPDATE_COMPLETE", Token), ("UPDATE_IN_PROGRESS", Token))]),
        Is.EqualTo(AfterOperation.Applied));

    [Test]
    public async Task A_stack_that_disappears_is_a_failure() => Assert.That(
        await Follow([.. Look("UPDATE_IN_PROGRESS", ("UPDATE_IN_PROGRESS", Token)), .. Look(null, ("UPDATE_IN_PROGRESS", Token))]),
        Is.EqualTo(AfterOperation.Broken));

    [Test]
    public async Task While_old_resources_are_deleted_it_is_not_over() => Assert.That(
        await Follow([.. Look("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", Token)), .. Look("UPDATE_COMPLETE", ("UPDATE_COMPLETE", Token))]),
        Is.EqualTo(AfterOperation.Applied));
}
