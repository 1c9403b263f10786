using Pipeline.Approvals;
using Pipeline.Configuration;
using Pipeline.Deployments;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.Watching;

namespace Pipeline.Notifications;

/// <summary>Makes notices of one environment from what its release and its ledger know.</summary>
/// <param name="run">the CI run that this process belongs to; <c>null</c>: none</param>
public sealed class Notices(PipelineConfiguration configuration, Uri? run)
{
    private const int MostReasons = 8;
    private readonly string _environment = configuration.Environment.Name;

    private IReadOnlyList<NoticeLink> Run => run is null ? [] : [new NoticeLink("run", run)];

    /// <summary>A deployment waits for people.</summary>
    public Notice Wanted(Asked asked, Tally tally) => Of(Cause.ApprovalWanted, asked.Request.Id, $"approval wanted: {Versions(asked.Plan.Services)}", asked.Request.RequestedAt) with
    {
        Services = asked.Plan.Services,
        Commit = asked.Plan.Commit,
        By = asked.Request.Requester.Arn,
        Reason = asked.Plan.Emergency,
        Why = asked.Request.Summary,
        State = "untouched; nothing begins before somebody has said yes",
        Who = tally.Awaited,
        Until = asked.Request.Expires,
        Next = Waiting.Approve(asked.Request),
    };

    /// <summary>A release that succeeded.</summary>
    public Notice Deployed(ReleaseRecord release) => Of(Cause.Deployed, release, release.Kind switch
    {
        ReleaseKind.Rollback => $"rolled back to {release.BackTo}: {Versions(release.Services)}",
        ReleaseKind.Emergency => $"deployed in an emergency: {Versions(release.Services)}",
        _ => $"deployed: {Versions(release.Services)}",
    }) with
    {
        State = "deployed and proven",
        Next = configuration.Environment.Watch is null ? Command("Status") : Command("Monitor"),
        Links = [.. Run, .. release.Reached?.Services.Where(s => release.Services.Any(c => c.Service == s.Key)).Select(s => Link(s.Key, s.Value.Url)).OfType<NoticeLink>() ?? []],
    };

    /// <summary>A release that failed.</summary>
    /// <param name="failure">what ended its run</param>
    /// <param name="release">as it is recorded; <c>null</c>: that could not be read</param>
    public Notice Failed(DeploymentFailedException failure, ReleaseRecord? release)
    {
        // A rollback that did not come through leaves what somebody, or a trigger, wanted away.
        var needed = failure.ExitCode == ExitCode.RollbackFailed || release?.Kind == ReleaseKind.Rollback;
        var headline = failure.ExitCode == ExitCode.RollbackFailed ? "ROLLBACK FAILED, a person is needed"
            : release?.Kind == ReleaseKind.Rollback ? $"the rollback to {release.BackTo} failed, a person is needed"
            : release?.Outcome == ReleaseOutcome.Failed ? "the release failed" : "the release failed and was rolled back";
        var cause = needed ? Cause.RollbackFailed : Cause.Failed;
        var made = release is null ? Of(cause, failure.Release, headline, DateTimeOffset.UtcNow) : Of(cause, release, headline);
        return made with
        {
            Why = [failure.Message, .. failure.Details.Where(d => d.Label is not ("log" or "next") && d.Label != _environment).SelectMany(d => d.Text.Split('\n')).Take(MostReasons)],
            State = failure.Details.FirstOrDefault(d => d.Label == _environment)?.Text,
            Next = failure.Details.FirstOrDefault(d => d.Label == "next")?.Text,
        };
    }

    /// <summary>A release begins through fewer gates.</summary>
    public Notice Emergency(ReleaseRecord release) => Of(Cause.EmergencyUsed, release, $"an emergency begins: {Versions(release.Services)}") with
    {
        About = release.Request ?? release.Id,
        At = release.StartedAt,
        Why = [.. release.Gates.Where(g => g is { Verdict: Verdict.Skipped, By: not null }).Select(g => $"{g.Name} is left out")],
        State = "is being changed",
        Next = Command("Status"),
    };

    /// <summary>What a look at the watch found that is worth telling.</summary>
    public IReadOnlyList<Notice> Of(TickResult looked) => looked.Watch is not { } watch ? [] :
    [
        .. watch.Incidents.Select(Fired),
        .. watch.End is null && looked.State == TickState.Blind ? [Blind(watch, looked.Text)] : Array.Empty<Notice>(),
        .. watch.End is not (null or WatchEnd.Superseded) ? [Finished(watch)] : Array.Empty<Notice>(),
    ];

    /// <summary>A trigger fired.</summary>
    public Notice Fired(Incident incident) => Of(Cause.TriggerFired, incident.Release, $"a trigger fired: {incident.Text}", incident.At) with
    {
        Incident = incident.Id,
        Why = [.. incident.Reasons.Select(r => $"{r.Service}: {r.Text}")],
        State = configuration.Environment.Watch is { RollsBack: true } ? "the last good release is brought back" : "nobody goes back by himself (watch.rollback: never)",
        Next = configuration.Environment.Watch is { RollsBack: true } ? Command("Status") : $"{Command("Rollback")} --to=last-good",
    };

    /// <summary>Tries the receivers.</summary>
    public Notice Test(Cause cause, string by, DateTimeOffset now) => Of(cause, $"{_environment}-test", $"a test of '{cause.Word()}': nothing happened", now) with
    {
        IsTest = true,
        Services = [.. configuration.Services.Select(s => new ServiceChange(s.Name, "v1.0.0", "v1.1.0", null, ""))],
        By = by,
        Why = ["somebody tries whether notifications arrive"],
        State = "untouched",
        Next = Command("Status"),
    };

    private Notice Blind(Watch watch, string text) => Of(Cause.TriggerFired, watch.Release, "the watch is blind: whether the release is healthy is unknown", watch.Watermark) with
    {
        Incident = $"blind {watch.Watermark:O}",
        Why = [text],
        State = $"watched until {watch.Until.UtcDateTime:yyyy-MM-dd HH:mm} UTC, judged until {watch.Watermark.UtcDateTime:HH:mm:ss}",
        Next = $"{Command("Monitor")} --watch",
    };

    private Notice Finished(Watch watch) => Of(Cause.WatchFinished, watch.Release, $"the watch ended {WatchWords.End(watch.End!.Value)}", watch.EndedAt ?? watch.Until) with
    {
        Why = watch.EndedBecause is { } why ? [why] : [],
        State = watch.End switch
        {
            WatchEnd.Healthy => "the release survived: later rollbacks come back to it",
            WatchEnd.RolledBack => $"the last good release serves again ({(watch.Incidents is [.., var last] ? last.Rollback : null)})",
            WatchEnd.RollbackFailed => "going back failed: a person is needed",
            WatchEnd.Breached => "serves what breached: nobody goes back by himself (watch.rollback: never)",
            _ => "whether it is healthy is unknown",
        },
        Next = watch.End == WatchEnd.Healthy ? Command("Status") : Command("History"),
    };

    private Notice Of(Cause cause, ReleaseRecord release, string headline) => Of(cause, release.Id, headline, release.FinishedAt ?? release.StartedAt) with
    {
        Services = release.Services,
        Commit = release.Commit,
        Subject = release.Subject,
        By = release.Requester ?? release.By,
        Reason = release.Reason,
    };

    private Notice Of(Cause cause, string about, string headline, DateTimeOffset at) =>
        new(cause, configuration.Name, _environment, about, $"{configuration.Name} {_environment}: {headline}", at) { Links = Run };

    private string Command(string target) => $"./build.sh --target={target} --environment={_environment}";

    private static string Versions(IReadOnlyList<ServiceChange> services) =>
        services.Count == 0 ? "stacks only" : string.Join(", ", services.Select(s => s.From == s.To || s.From is null ? $"{s.Service} {s.To}" : $"{s.Service} {s.From} → {s.To}"));

    private static NoticeLink? Link(string name, string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? new NoticeLink(name, uri!) : null;
}
