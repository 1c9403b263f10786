namespace Pipeline.Notifications;

/// <summary>What people are told of.</summary>
public enum Cause
{
    /// <summary>A deployment waits for somebody's yes.</summary>
    ApprovalWanted,

    /// <summary>A release, or a rollback, is deployed and proven.</summary>
    Deployed,

    /// <summary>A release failed; what ran before serves, or nothing ever ran.</summary>
    Failed,

    /// <summary>The way back failed: a person is needed.</summary>
    RollbackFailed,

    /// <summary>A trigger fired while a release is watched, or the watch is blind.</summary>
    TriggerFired,

    /// <summary>A watch came to its end.</summary>
    WatchFinished,

    /// <summary>Somebody deploys through fewer gates.</summary>
    EmergencyUsed,
}

/// <summary>Causes as they are written: <c>approval-wanted</c>.</summary>
public static class Causes
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. Enum.GetValues<Cause>().Select(Word)];

    /// <summary>As it is written.</summary>
    public static string Word(this Cause cause) => cause switch
    {
        Cause.ApprovalWanted => "approval-wanted",
        Cause.Deployed => "deployed",
        Cause.Failed => "failed",
        Cause.RollbackFailed => "rollback-failed",
        Cause.TriggerFired => "trigger-fired",
        Cause.WatchFinished => "watch-finished",
        _ => "emergency-used",
    };

    /// <summary>From one of <see cref="Words"/>.</summary>
    public static Cause Of(string word) => Enum.GetValues<Cause>().Single(cause => cause.Word() == word);
}
