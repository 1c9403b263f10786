using Pipeline.Deployments;

namespace Pipeline.Tests.Deployments;

public sealed class StackStatusesTests
{
    [TestCase(null, BeforeOperation.Create)]
    [TestCase("DELETE_COMPLETE", BeforeOperation.Create)]
    [TestCase("REVIEW_IN_PROGRESS", BeforeOperation.Create)]
    [TestCase("CREATE_IN_PROGRESS", BeforeOperation.Wait)]
    [TestCase("CREATE_COMPLETE", BeforeOperation.Update)]
    [TestCase("CREATE_FAILED", BeforeOperation.Refuse)]
    [TestCase("ROLLBACK_IN_PROGRESS", BeforeOperation.Wait)]
    [TestCase("ROLLBACK_COMPLETE", BeforeOperation.Recreate)]
    [TestCase("ROLLBACK_FAILED", BeforeOperation.Refuse)]
    [TestCase("DELETE_IN_PROGRESS", BeforeOperation.Wait)]
    [TestCase("DELETE_FAILED", BeforeOperation.Refuse)]
    [TestCase("UPDATE_IN_PROGRESS", BeforeOperation.Wait)]
    [TestCase("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", BeforeOperation.Wait)]
    [TestCase("UPDATE_COMPLETE", BeforeOperation.Update)]
    [TestCase("UPDATE_FAILED", BeforeOperation.Refuse)]
    [TestCase("UPDATE_ROLLBACK_IN_PROGRESS", BeforeOperation.Wait)]
    [TestCase("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", BeforeOperation.Wait)]
    [TestCase("UPDATE_ROLLBACK_COMPLETE", BeforeOperation.Update)]
    [TestCase("UPDATE_ROLLBACK_FAILED", BeforeOperation.ContinueRollback)]
    [TestCase("IMPORT_COMPLETE", BeforeOperation.Update)]
    [TestCase("IMPORT_ROLLBACK_FAILED", BeforeOperation.Refuse)]
    [TestCase("SOMETHING_NEW", BeforeOperation.Refuse)]
    public void Before_an_operation(string? status, BeforeOperation expected) => Assert.That(StackStatuses.Before(status), Is.EqualTo(expected));

    [TestCase(null, AfterOperation.Broken)]
    [TestCase("CREATE_IN_PROGRESS", AfterOperation.Waiting)]
    [TestCase("CREATE_COMPLETE", AfterOperation.Applied)]
    [TestCase("CREATE_FAILED", AfterOperation.Broken)]
    [TestCase("ROLLBACK_COMPLETE", AfterOperation.Undone)]
    [TestCase("ROLLBACK_FAILED", AfterOperation.Broken)]
    [TestCase("UPDATE_IN_PROGRESS", AfterOperation.Waiting)]
    [TestCase("UPDATE_COMPLETE", AfterOperation.Applied)]
    [TestCase("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", AfterOperation.Waiting)]
    [TestCase("UPDATE_ROLLBACK_COMPLETE", AfterOperation.Undone)]
    [TestCase("UPDATE_ROLLBACK_FAILED", AfterOperation.Broken)]
    [TestCase("DELETE_COMPLETE", AfterOperation.Broken)]
    public void After_ours_was_started(string? status, AfterOperation expected) => Assert.That(StackStatuses.After(status), Is.EqualTo(expected));
}
