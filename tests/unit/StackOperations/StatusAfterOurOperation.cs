using Pipeline.StackOperations;

namespace Pipeline.Tests.StackOperations;

/// <summary>The status table, once an operation of ours was started.</summary>
public sealed class StatusAfterOurOperation
{
    [Test]
    public void Absent() => Means(null, AfterOperation.Broken);

    [Test]
    public void DELETE_COMPLETE() => Means("DELETE_COMPLETE", AfterOperation.Broken);

    [Test]
    public void REVIEW_IN_PROGRESS() => Means("REVIEW_IN_PROGRESS", AfterOperation.Stale);

    [Test]
    public void CREATE_IN_PROGRESS() => Means("CREATE_IN_PROGRESS", AfterOperation.Waiting);

    [Test]
    public void CREATE_COMPLETE() => Means("CREATE_COMPLETE", AfterOperation.Applied);

    [Test]
    public void CREATE_FAILED() => Means("CREATE_FAILED", AfterOperation.Broken);

    [Test]
    public void ROLLBACK_IN_PROGRESS() => Means("ROLLBACK_IN_PROGRESS", AfterOperation.Waiting);

    [Test]
    public void ROLLBACK_COMPLETE() => Means("ROLLBACK_COMPLETE", AfterOperation.Undone);

    [Test]
    public void ROLLBACK_FAILED() => Means("ROLLBACK_FAILED", AfterOperation.Broken);

    [Test]
    public void DELETE_IN_PROGRESS() => Means("DELETE_IN_PROGRESS", AfterOperation.Broken);

    [Test]
    public void DELETE_FAILED() => Means("DELETE_FAILED", AfterOperation.Broken);

    [Test]
    public void UPDATE_IN_PROGRESS() => Means("UPDATE_IN_PROGRESS", AfterOperation.Waiting);

    [Test]
    public void UPDATE_COMPLETE_CLEANUP_IN_PROGRESS() => Means("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", AfterOperation.AppliedCleaningUp);

    [Test]
    public void UPDATE_COMPLETE() => Means("UPDATE_COMPLETE", AfterOperation.Applied);

    [Test]
    public void UPDATE_FAILED() => Means("UPDATE_FAILED", AfterOperation.LeftFailed);

    [Test]
    public void UPDATE_ROLLBACK_IN_PROGRESS() => Means("UPDATE_ROLLBACK_IN_PROGRESS", AfterOperation.Waiting);

    [Test]
    public void UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS() => Means("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", AfterOperation.UndoneCleaningUp);

    [Test]
    public void UPDATE_ROLLBACK_COMPLETE() => Means("UPDATE_ROLLBACK_COMPLETE", AfterOperation.Undone);

    [Test]
    public void UPDATE_ROLLBACK_FAILED() => Means("UPDATE_ROLLBACK_FAILED", AfterOperation.Broken);

    [Test]
    public void IMPORT_IN_PROGRESS() => Means("IMPORT_IN_PROGRESS", AfterOperation.Waiting);

    [Test]
    public void IMPORT_COMPLETE() => Means("IMPORT_COMPLETE", AfterOperation.Broken);

    [Test]
    public void IMPORT_ROLLBACK_IN_PROGRESS() => Means("IMPORT_ROLLBACK_IN_PROGRESS", AfterOperation.Waiting);

    [Test]
    public void IMPORT_ROLLBACK_COMPLETE() => Means("IMPORT_ROLLBACK_COMPLETE", AfterOperation.Broken);

    [Test]
    public void IMPORT_ROLLBACK_FAILED() => Means("IMPORT_ROLLBACK_FAILED", AfterOperation.Broken);

    [Test]
    public void Anything_else() => Means("SOMETHING_NEW_IN_PROGRESS", AfterOperation.Broken);

    private static void Means(string? status, AfterOperation meaning) => Assert.That(StackStatuses.After(status), Is.EqualTo(meaning));
}
