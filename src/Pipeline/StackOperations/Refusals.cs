using Pipeline.Aws;
using Pipeline.Outcomes;
using Pipeline.Reporting;

namespace Pipeline.StackOperations;

/// <summary>The sentences with which a stack is left alone.</summary>
internal static class Refusals
{
    /// <summary>Only a person may decide (exit code 3).</summary>
    /// <param name="key">the stack's key in the configuration</param>
    public static PipelineException Untouchable(string key, StackState stack) => new(ExitCode.Refused,
        $"REFUSED: stack {stack.Name} is {stack.Status}: {Meaning(stack.Status)}.",
        new Detail("why", stack.Reason ?? "CloudFormation gave no reason"),
        new Detail("next", Next(key, stack)));

    /// <summary>A rollback failed again though it was continued (exit code 3).</summary>
    /// <param name="failed">what could not be rolled back, one resource each</param>
    public static PipelineException StuckRollback(StackState stack, IReadOnlyList<string> failed) => new(ExitCode.Refused,
        $"REFUSED: stack {stack.Name} is {stack.Status}: its rollback was continued once and failed again.",
        new Detail("why", failed.Count > 0 ? string.Join('\n', failed) : stack.Reason ?? "CloudFormation gave no reason"),
        new Detail("next", $"mend what these resources need, or leave them as they are: aws cloudformation continue-update-rollback --stack-name {stack.Name} --resources-to-skip …; then the same command again"));

    /// <summary>Somebody else's operation did not end in time (exit code 3).</summary>
    public static PipelineException Busy(StackState stack, RunningOperation operation, TimeSpan waited) => new(ExitCode.Refused,
        $"REFUSED: stack {stack.Name} is {stack.Status} through somebody else; waited {Durations.Text(waited)} for the end.",
        new Detail("why", $"the operation was {operation}"),
        new Detail("next", $"aws cloudformation describe-stack-events --stack-name {stack.Name} shows it; the same command again when it has ended"));

    /// <summary>The stack was begun by somebody else (exit code 3).</summary>
    public static PipelineException ForeignReview(StackState stack, ChangeSetName foreign) => new(ExitCode.Refused,
        $"REFUSED: stack {stack.Name} is only begun (REVIEW_IN_PROGRESS), and not by this pipeline.",
        new Detail("why", $"change set '{foreign.Name}' was made {foreign.Created:yyyy-MM-dd HH:mm:ss} UTC and never executed"),
        new Detail("next", $"its owner executes it or deletes the stack: aws cloudformation delete-stack --stack-name {stack.Name}; then the same command again"));

    /// <summary>An operation of ours did not end in time (exit code 6).</summary>
    public static PipelineException StillRunning(string stack, TimeSpan deadline) => new(ExitCode.Unknown,
        $"Stack {stack} has not come to an end within {Durations.Text(deadline)}.",
        new Detail("why", "the operation goes on without us; it has neither succeeded nor failed"),
        new Detail("next", "the same command again: it waits for the operation's end, then goes on from there"));

    /// <summary>An operation that AWS accepted does not show (exit code 6).</summary>
    public static PipelineException NeverBegan(string stack, string? status) => new(ExitCode.Unknown,
        $"Stack {stack} still is {status ?? "absent"} though AWS accepted the operation.",
        new Detail("why", "neither its status nor its events show that the operation began"),
        new Detail("next", "the same command again: it looks first, and does nothing twice"));

    /// <summary>Something about a change set did not come to an end (exit code 6).</summary>
    public static PipelineException ChangeSetUnfinished(string changeSet) => new(ExitCode.Unknown,
        $"CloudFormation did not finish preparing change set {changeSet}.",
        new Detail("next", "the same command again"));

    private static string Meaning(string status) => status switch
    {
        "CREATE_FAILED" => "its creation failed and what was made was left in place; there is no state to go back to",
        "ROLLBACK_COMPLETE" => "its creation failed and was undone; it can only be deleted and created again",
        "ROLLBACK_FAILED" => "its creation failed, and so did deleting what was made",
        "DELETE_IN_PROGRESS" => "somebody is deleting it",
        "DELETE_FAILED" => "somebody deleted it, and something of it could not be deleted; it can not be updated",
        "IMPORT_ROLLBACK_FAILED" => "an import into it failed, and so did undoing that",
        _ => "this pipeline does not know what may be done in this state",
    };

    private static string Next(string key, StackState stack) => stack.Status switch
    {
        "ROLLBACK_COMPLETE" => $"the same command with --recreate={key} deletes it and creates it again",
        "CREATE_FAILED" => $"look at what is left (aws cloudformation list-stack-resources --stack-name {stack.Name}), delete the stack by hand, then the same command again",
        "ROLLBACK_FAILED" or "DELETE_FAILED" => $"aws cloudformation delete-stack --stack-name {stack.Name} --retain-resources … with those that must stay, then the same command again",
        "DELETE_IN_PROGRESS" => "find out who deletes it and why; when it is gone, the same command creates it again",
        _ => $"aws cloudformation describe-stack-events --stack-name {stack.Name}, then repair the stack by hand and run this again",
    };
}
