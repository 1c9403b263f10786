using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Reporting;

/// <summary>How an aborted release ended, for people.</summary>
public static class AbortReport
{
    /// <summary>Says it.</summary>
    /// <param name="ended">the release; <c>null</c>: none was under way</param>
    /// <exception cref="PipelineException">the way back failed (5), or the run was dead and its release must be taken up (6)</exception>
    public static void Print(Output output, string environment, ReleaseRecord? ended)
    {
        var status = new Detail("next", $"./build.sh --target=Status --environment={environment}");
        switch (ended?.Outcome)
        {
            case null:
                output.Say($"Nothing is under way in {environment}.");
                break;
            case ReleaseOutcome.RollbackFailed:
                throw new PipelineException(ExitCode.RollbackFailed, $"Release {ended.Id} was aborted, but the way back failed.", [.. ended.Failure.Select(f => new Detail("why", f)), status]);
            case ReleaseOutcome.Interrupted:
                throw new PipelineException(ExitCode.Unknown, $"Release {ended.Id} is stopped. Its run is dead, so what it had finished stays.",
                    [.. ended.Stacks.Select(s => new Detail(environment, $"stack {s.StackName}: {s.State}")), new Detail("next", "deploy again: it takes every stack from where it is")]);
            case ReleaseOutcome.Succeeded:
                output.Say($"Too late: release {ended.Id} has succeeded meanwhile.");
                break;
            default:
                output.Say($"Release {ended.Id} is aborted; {environment} {(ended.Outcome == ReleaseOutcome.RolledBack ? "serves the version before" : "had nothing to go back to")}.");
                break;
        }
    }
}
