namespace Pipeline.Deployments;

/// <summary>What CloudFormation's stack statuses mean to a deployment: before it starts one of its own operations, and after.</summary>
public static class StackStatuses
{
    /// <summary>What to do with a stack that is found in a status.</summary>
    /// <param name="status">raw status; <c>null</c>: there is no such stack</param>
    public static BeforeOperation Before(string? status) => status switch
    {
        null or "DELETE_COMPLETE" or "REVIEW_IN_PROGRESS" => BeforeOperation.Create,
        "CREATE_COMPLETE" or "UPDATE_COMPLETE" or "UPDATE_ROLLBACK_COMPLETE" or "IMPORT_COMPLETE" or "IMPORT_ROLLBACK_COMPLETE" => BeforeOperation.Update,
        "ROLLBACK_COMPLETE" => BeforeOperation.Recreate,
        "UPDATE_ROLLBACK_FAILED" => BeforeOperation.ContinueRollback,
        _ when status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal) => BeforeOperation.Wait,
        _ => BeforeOperation.Refuse,
    };

    /// <summary>What a status means once our operation was started.</summary>
    public static AfterOperation After(string? status) => status switch
    {
        null => AfterOperation.Broken,
        // The new state is live; only the old resources are still being deleted.
        "CREATE_COMPLETE" or "UPDATE_COMPLETE" => AfterOperation.Applied,
        "UPDATE_ROLLBACK_COMPLETE" or "ROLLBACK_COMPLETE" => AfterOperation.Undone,
        _ when status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal) => AfterOperation.Waiting,
        _ => AfterOperation.Broken,
    };
}

/// <summary>What to do with a stack before an operation.</summary>
public enum BeforeOperation
{
    /// <summary>It does not exist, or only a change set was prepared.</summary>
    Create,

    /// <summary>It is stable.</summary>
    Update,

    /// <summary>Somebody's operation runs: wait for its end, bounded.</summary>
    Wait,

    /// <summary>Its creation failed and nothing of it is left: delete it, then create it.</summary>
    Recreate,

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

    /// <summary>What we asked for is applied.</summary>
    Applied,

    /// <summary>It failed and CloudFormation restored what was before.</summary>
    Undone,

    /// <summary>It failed and so did restoring.</summary>
    Broken,
}
