using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Gates;

/// <summary>The gate <c>wait</c>: nothing starts before its time, so that there is time to say no.</summary>
public static class WaitGate
{
    /// <summary>The earliest start.</summary>
    /// <param name="requested">when the deployment was asked for; kept with the request, so that a restart does not begin again</param>
    /// <param name="approved">when the last approval that was needed came; <c>null</c>: it has not come</param>
    /// <returns><c>null</c>: not known before the approval</returns>
    public static DateTimeOffset? Start(WaitSettings wait, DateTimeOffset requested, DateTimeOffset? approved) => wait.From == WaitFrom.Approval
        ? approved is { } at ? at + wait.Timer : null
        : approved is { } later && later > requested + wait.Timer ? later : requested + wait.Timer;

    /// <summary>Whether it is time.</summary>
    public static GateResult Look(WaitSettings wait, DateTimeOffset requested, DateTimeOffset? approved, DateTimeOffset now)
    {
        var start = Start(wait, requested, approved);
        var rule = wait.From == WaitFrom.Approval ? "the approval" : "the request";
        return start is null ? new GateResult("wait", Verdict.NotEvaluable, $"{Reporting.Durations.Text(wait.Timer)} after {rule}, which has not come", now) { Threshold = Reporting.Durations.Text(wait.Timer) }
            : now >= start ? new GateResult("wait", Verdict.Passed, wait.Timer == TimeSpan.Zero ? "no timer is configured" : $"{Reporting.Durations.Text(wait.Timer)} after {rule} have passed", now) { Value = $"{start:O}", Threshold = Reporting.Durations.Text(wait.Timer) }
            : new GateResult("wait", Verdict.Failed, $"not before {start.Value.UtcDateTime:HH:mm:ss} UTC ({Reporting.Durations.Text(wait.Timer)} after {rule})", now) { Value = $"{start:O}", Threshold = Reporting.Durations.Text(wait.Timer) };
    }
}
