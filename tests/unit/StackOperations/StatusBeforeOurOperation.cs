using Pipeline.StackOperations;

namespace Pipeline.Tests.StackOperations;

/// <summary>The status table, before an operation of ours: what is done elsewhere, in production, and in production where a person named the stack.</summary>
public sealed class StatusBeforeOurOperation
{
    [Test]
    public void Absent() => Means(null, BeforeOperation.Create, BeforeOperation.Create, BeforeOperation.Create);

    [Test]
    public void DELETE_COMPLETE() => Means("DELETE_COMPLETE", BeforeOperation.Create, BeforeOperation.Create, BeforeOperation.Create);

    [Test]
    public void REVIEW_IN_PROGRESS() => Means("REVIEW_IN_PROGRESS", BeforeOperation.Review, BeforeOperation.Review, BeforeOperation.Review);

    [Test]
    public void CREATE_IN_PROGRESS() => Means("CREATE_IN_PROGRESS", BeforeOperation.Wait, BeforeOperation.Wait, BeforeOperation.Wait);

    [Test]
    public void CREATE_COMPLETE() => Means("CREATE_COMPLETE", BeforeOperation.Update, BeforeOperation.Update, BeforeOperation.Update);

    [Test]
    public void CREATE_FAILED() => Means("CREATE_FAILED", BeforeOperation.Recreate, BeforeOperation.Refuse, BeforeOperation.Refuse);

    [Test]
    public void ROLLBACK_IN_PROGRESS() => Means("ROLLBACK_IN_PROGRESS", BeforeOperation.Wait, BeforeOperation.Wait, BeforeOperation.Wait);

    [Test]
    public void ROLLBACK_COMPLETE() => Means("ROLLBACK_COMPLETE", BeforeOperation.Recreate, BeforeOperation.Refuse, BeforeOperation.Recreate);

    [Test]
    public void ROLLBACK_FAILED() => Means("ROLLBACK_FAILED", BeforeOperation.Refuse, BeforeOperation.Refuse, BeforeOperation.Refuse);

    [Test]
    public void DELETE_IN_PROGRESS() => Means("DELETE_IN_PROGRESS", BeforeOperation.Wait, BeforeOperation.Refuse, BeforeOperation.Refuse);

    [Test]
    public void DELETE_FAILED() => Means("DELETE_FAILED", BeforeOperation.Refuse, BeforeOperation.Refuse, BeforeOperation.Refuse);

    [Test]
    public void UPDATE_IN_PROGRESS() => Means("UPDATE_IN_PROGRESS", BeforeOperation.Wait, BeforeOperation.Wait, BeforeOperation.Wait);

    [Test]
    public void UPDATE_COMPLETE_CLEANUP_IN_PROGRESS() => Means("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", BeforeOperation.Wait, BeforeOperation.Wait, BeforeOperation.Wait);

    [Test]
    public void UPDATE_COMPLETE() => Means("UPDATE_COMPLETE", BeforeOperation.Update, BeforeOperation.Update, BeforeOperation.Update);

    [Test]
    public void UPDATE_FAILED() => Means("UPDATE_FAILED", BeforeOperation.RollBack, BeforeOperation.RollBack, BeforeOperation.RollBack);

    [Test]
    public void UPDATE_ROLLBACK_IN_PROGRESS() => Means("UPDATE_ROLLBACK_IN_PROGRESS", BeforeOperation.Wait, BeforeOperation.Wait, BeforeOperation.Wait);

    [Test]
    public void UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS() => Means("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", BeforeOperation.Wait, BeforeOperation.Wait, BeforeOperation.Wait);

    [Test]
    public void UPDATE_ROLLBACK_COMPLETE() => Means("UPDATE_ROLLBACK_COMPLETE", BeforeOperation.Update, BeforeOperation.Update, BeforeOperation.Update);

    [Test]
    public void UPDATE_ROLLBACK_FAILED() => Means("UPDATE_ROLLBACK_FAILED", BeforeOperation.ContinueRollback, BeforeOperation.ContinueRollback, BeforeOperation.ContinueRollback);

    [Test]
    public void IMPORT_IN_PROGRESS() => Means("IMPORT_IN_PROGRESS", BeforeOperation.Wait, BeforeOperation.Wait, BeforeOperation.Wait);

    [Test]
    public void IMPORT_COMPLETE() => Means("IMPORT_COMPLETE", BeforeOperation.Update, BeforeOperation.Update, BeforeOperation.Update);

    [Test]
    public void IMPORT_ROLLBACK_IN_PROGRESS() => Means("IMPORT_ROLLBACK_IN_PROGRESS", BeforeOperation.Wait, BeforeOperation.Wait, BeforeOperation.Wait);

    [Test]
    public void IMPORT_ROLLBACK_COMPLETE() => Means("IMPORT_ROLLBACK_COMPLETE", BeforeOperation.Update, BeforeOperation.Update, BeforeOperation.Update);

    [Test]
    public void IMPORT_ROLLBACK_FAILED() => Means("IMPORT_ROLLBACK_FAILED", BeforeOperation.Refuse, BeforeOperation.Refuse, BeforeOperation.Refuse);

    [Test]
    public void Anything_else() => Means("SOMETHING_NEW_IN_PROGRESS", BeforeOperation.Refuse, BeforeOperation.Refuse, BeforeOperation.Refuse);

    private static void Means(string? status, BeforeOperation elsewhere, BeforeOperation production, BeforeOperation named)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(StackStatuses.Before(status, BrokenStacks.Recreate), Is.EqualTo(elsewhere), "elsewhere");
            Assert.That(StackStatuses.Before(status, BrokenStacks.Refuse), Is.EqualTo(production), "in production");
            Assert.That(StackStatuses.Before(status, BrokenStacks.RecreateRolledBack), Is.EqualTo(named), "in production, with --recreate");
        }
    }
}
