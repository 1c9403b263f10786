namespace Pipeline.StackOperations;

/// <summary>What CloudFormation's stack statuses mean to a deployment: before it starts one of its own operations, and after. The table is in docs/recovery.md.</summary>
public static class StackStatuses
{
    /// <summary>What to do with a stack that is found in a status.</summary>
    /// <param name="status">raw status; <c>null</c>: there is no such stack</param>
    /// <param name="broken">how the environment treats stacks that never came to be</param>
    public static BeforeOperation Before(string? status, BrokenStacks broken) => status switch
    {
        null or "DELETE_COMPLETE" => BeforeOperation.Create,
        "REVIEW_IN_PROGRESS" => BeforeOperation.Review,
        "CREATE_COMPLETE" or "UPDATE_COMPLETE" or "UPDATE_ROLLBACK_COMPLETE" or "IMPORT_COMPLETE" or "IMPORT_ROLLBACK_COMPLETE" => BeforeOperation.Update,
        "CREATE_IN_PROGRESS" or "ROLLBACK_IN_PROGRESS" or "UPDATE_IN_PROGRESS" or "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS" or "UPDATE_ROLLBACK_IN_PROGRESS"
            or "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS" or "IMPORT_IN_PROGRESS" or "IMPORT_ROLLBACK_IN_PROGRESS" => BeforeOperation.Wait,
        "CREATE_FAILED" => broken == BrokenStacks.Recreate ? BeforeOperation.Recreate : BeforeOperation.Refuse,
        "ROLLBACK_COMPLETE" => broken == BrokenStacks.Refuse ? BeforeOperation.Refuse : BeforeOperation.Recreate,
        "DELETE_IN_PROGRESS" => broken == BrokenStacks.Recreate ? BeforeOperation.Wait : BeforeOperation.Refuse,
        "UPDATE_FAILED" => BeforeOperation.RollBack,
        "UPDATE_ROLLBACK_FAILED" => BeforeOperation.ContinueRollback,
        // ROLLBACK_FAILED, DELETE_FAILED, IMPORT_ROLLBACK_FAILED, and whatever AWS may add.
        _ => BeforeOperation.Refuse,
    };

    /// <summary>What a status means once our operation was started.</summary>
    /// <param name="status">raw status; <c>null</c>: there is no such stack any more</param>
    public static AfterOperation After(string? status) => status switch
    {
        "REVIEW_IN_PROGRESS" => AfterOperation.Stale,
        "CREATE_IN_PROGRESS" or "ROLLBACK_IN_PROGRESS" or "UPDATE_IN_PROGRESS" or "UPDATE_ROLLBACK_IN_PROGRESS" or "IMPORT_IN_PROGRESS" or "IMPORT_ROLLBACK_IN_PROGRESS" => AfterOperation.Waiting,
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS" => AfterOperation.AppliedCleaningUp,
        "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS" => AfterOperation.UndoneCleaningUp,
        "CREATE_COMPLETE" or "UPDATE_COMPLETE" => AfterOperation.Applied,
        "UPDATE_ROLLBACK_COMPLETE" or "ROLLBACK_COMPLETE" => AfterOperation.Undone,
        "UPDATE_FAILED" => AfterOperation.LeftFailed,
        // Gone, being deleted, imported into by somebody, failed for good, or a word that we do not know.
        _ => AfterOperation.Broken,
    };
}

/// <summary>How an environment treats a stack whose creation failed, or that somebody is deleting.</summary>
public enum BrokenStacks
{
    /// <summary>What is left of it is deleted, and it is created again.</summary>
    Recreate,

    /// <summary>A person decides.</summary>
    Refuse,

    /// <summary>A person has decided: a stack that was rolled back to nothing (<c>ROLLBACK_COMPLETE</c>) may be deleted and created again, nothing else.</summary>
    RecreateRolledBack,
}

/// <summary>What to do with a stack before an operation.</summary>
public enum BeforeOperation
{
    /// <summary>It does not exist.</summary>
    Create,

    /// <summary>Only change sets exist: create it, if they are ours.</summary>
    Review,

    /// <summary>It is stable.</summary>
    Update,

    /// <summary>An operation runs: wait for its end, bounded.</summary>
    Wait,

    /// <summary>It never came to be: delete what is left of it, then create it.</summary>
    Recreate,

    /// <summary>An update failed and was left so: roll it back first.</summary>
    RollBack,

    /// <summary>A rollback stuck: let CloudFormation try once more, without skipping anything.</summary>
    ContinueRollback,

    /// <summary>Only a person may decide.</summary>
    Refuse,
}

/// <summary>How an operation of ours stands.</summary>
public enum AfterOperation
{
    /// <summary>It runs.</summary>
    Waiting,

    /// <summary>The status before it: a read that is not up to date, or nothing ever began.</summary>
    Stale,

    /// <summary>What we asked for is live; what it replaced is still being deleted.</summary>
    AppliedCleaningUp,

    /// <summary>What was before is live again; what was made for the update is still being deleted.</summary>
    UndoneCleaningUp,

    /// <summary>What we asked for is applied.</summary>
    Applied,

    /// <summary>It failed and CloudFormation restored what was before.</summary>
    Undone,

    /// <summary>It failed and was left as it is: it must be rolled back.</summary>
    LeftFailed,

    /// <summary>It failed and so did restoring, or the stack is no longer ours to judge.</summary>
    Broken,
}
