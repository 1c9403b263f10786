namespace Pipeline.Outcomes;

/// <summary>How a run ended, as the process's exit code.</summary>
public enum ExitCode
{
    /// <summary>Done, or nothing to do.</summary>
    Done = 0,

    /// <summary>A check failed, or something unexpected happened.</summary>
    Failed = 1,

    /// <summary>Wrong usage or configuration; nothing was run.</summary>
    Usage = 2,

    /// <summary>A gate refused, or it waits for a person.</summary>
    Refused = 3,

    /// <summary>The deployment failed and the previous version serves.</summary>
    DeploymentFailed = 4,

    /// <summary>The rollback failed; a person is needed.</summary>
    RollbackFailed = 5,

    /// <summary>The state is unknown or the run was interrupted.</summary>
    Unknown = 6,

    /// <summary>Only from <c>Plan</c>: there is something to deploy.</summary>
    SomethingToDo = 10,
}
