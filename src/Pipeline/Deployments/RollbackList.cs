using Pipeline.Ledger;
using Pipeline.Reporting;

namespace Pipeline.Deployments;

/// <summary>The releases that a person can choose from: id, age, versions, verdict.</summary>
/// <param name="now">for ages</param>
internal sealed class RollbackList(RollbackHistory history, DateTimeOffset now)
{
    private const int Shown = 10;

    /// <summary>The newest ones, one a line.</summary>
    public string Text() => string.Join('\n', history.Releases.Take(Shown).Select(Line));

    /// <summary>One of them.</summary>
    public string Line(ReleaseRecord release) => $"{release.Id}   {Durations.Age(now - release.StartedAt)} old   {Versions(release)}   {Standing(release)}";

    /// <summary>How a release ended, as the end of a sentence.</summary>
    public static string Verdict(ReleaseOutcome outcome) => outcome switch
    {
        ReleaseOutcome.Succeeded => "succeeded",
        ReleaseOutcome.RolledBack => "failed and was rolled back",
        ReleaseOutcome.RollbackFailed => "failed, and so did the way back",
        ReleaseOutcome.Failed => "failed",
        ReleaseOutcome.Running => "has not come to its end",
        _ => "was interrupted",
    };

    private static string Versions(ReleaseRecord release) => release switch
    {
        { Reached.Services.Count: > 0 } => string.Join(", ", release.Reached.Services.Select(s => $"{s.Key} {s.Value.Running.Version}")),
        { Services.Count: > 0 } => string.Join(", ", release.Services.Select(s => $"{s.Service} {s.To}")),
        _ => "stacks only",
    };

    private string Standing(ReleaseRecord release) => history.Runs(release) ? "runs now"
        : history.LeftBy(release) is { } rollback ? $"left by rollback {rollback.Id}{(rollback.Incident is { } incident ? $" (incident {incident})" : "")}"
        : $"{(release.Kind == ReleaseKind.Rollback ? $"rollback to {release.BackTo}: " : "")}{Verdict(release.Outcome)}{(release.RollbackSafe ? "" : ", not rollback-safe")}";
}
