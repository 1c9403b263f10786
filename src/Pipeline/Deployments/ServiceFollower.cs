using Pipeline.Aws;
using Pipeline.Outcomes;

namespace Pipeline.Deployments;

/// <summary>
/// Follows the one service deployment that a stack operation starts, by its ARN: CloudFormation alone may say UPDATE_COMPLETE after ECS
/// went back. A rollout that can not succeed is stopped, and ECS brings the previous revision back.
/// </summary>
public sealed class ServiceFollower
{
    private static readonly TimeSpan Lookback = TimeSpan.FromDays(1);
    private readonly AwsAccount _aws;
    private readonly string _stackName;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private readonly HashSet<string> _before = new(StringComparer.Ordinal);
    private ServiceState? _service;
    private ServiceDeploymentState? _followed;
    private (string Seen, DateTimeOffset Since) _progress;
    private DateTimeOffset _nextTasks;
    private string _text = "";

    private ServiceFollower(AwsAccount aws, string stackName, TimeSpan patience, TimeProvider time) =>
        (_aws, _stackName, _patience, _time, _progress) = (aws, stackName, patience, time, ("", time.GetUtcNow()));

    /// <summary>Why the rollout was stopped by us; <c>null</c>: it was not.</summary>
    public string? GaveUp { get; private set; }

    /// <summary>Notes what was there before the operation: whatever comes later is the operation's.</summary>
    /// <param name="patience">a rollout in which nothing at all has changed for this long is stopped</param>
    public static async Task<ServiceFollower> Begin(AwsAccount aws, string stackName, TimeSpan patience, TimeProvider time, CancellationToken cancel)
    {
        var follower = new ServiceFollower(aws, stackName, patience, time);
        follower._service = await follower.Find(cancel).ConfigureAwait(false);
        if (follower._service is { } service)
        {
            follower._before.UnionWith(await aws.Services.ListDeployments(service.ClusterArn, service.Arn, time.GetUtcNow() - Lookback, cancel).ConfigureAwait(false));
        }

        return follower;
    }

    /// <summary>Looks once, and stops the rollout if it can not succeed. A look that AWS does not answer changes nothing.</summary>
    /// <returns>half a line for people</returns>
    public async Task<string> Look(CancellationToken cancel)
    {
        try
        {
            await Read(cancel).ConfigureAwait(false);
            if (GaveUp is null && _followed is { Ended: false } && await Hopeless(cancel).ConfigureAwait(false) is { } why)
            {
                await GiveUp(why, cancel).ConfigureAwait(false);
            }
        }
        catch (PipelineException)
        {
            // The next look asks again; the stack's own end decides.
        }

        return _text;
    }

    /// <summary>Judges the rollout after its stack has come to its end.</summary>
    /// <param name="deadline">for ECS to come to an end as well</param>
    /// <returns>why the new revision does not serve; <c>null</c>: its deployment was successful, or the operation started none</returns>
    public async Task<string?> End(TimeSpan deadline, CancellationToken cancel)
    {
        var ended = await Polling.Within(async () =>
        {
            await Look(cancel).ConfigureAwait(false);
            return (_followed is null or { Ended: true }, _followed);
        }, _aws.PollInterval, deadline, cancel).ConfigureAwait(false);
        return ended is null or { Succeeded: true } ? null : GaveUp ?? Judge(ended);
    }

    private static string Judge(ServiceDeploymentState deployment) => deployment switch
    {
        { Status: "STOPPED", Reason: { } reason } when reason.Contains("eplaced", StringComparison.Ordinal) => "its service deployment was replaced by a newer one: somebody else changed the service meanwhile",
        { Ended: false } => $"its service deployment is still {deployment.Status} though the stack has come to its end",
        { TriggeredAlarms: [_, ..] alarms } => $"its service deployment ended {deployment.Status}: alarm {string.Join(", ", alarms)}",
        _ => $"its service deployment ended {deployment.Status}: {deployment.RollbackReason ?? deployment.Reason ?? "AWS gives no reason"}",
    };

    private async Task<ServiceState?> Find(CancellationToken cancel) => await _aws.ServicesOf(_stackName, cancel).ConfigureAwait(false) is [var service, ..] ? service : null;

    private async Task Read(CancellationToken cancel)
    {
        _service = _service is null ? await Find(cancel).ConfigureAwait(false) : await _aws.Services.Describe(_service.ClusterArn, _service.Arn, cancel).ConfigureAwait(false) ?? _service;
        if (_service is null)
        {
            return;
        }

        if ((_followed?.Arn ?? await Ours(_service, cancel).ConfigureAwait(false)) is { } arn)
        {
            _followed = await _aws.Services.DescribeDeployment(arn, cancel).ConfigureAwait(false) ?? _followed;
        }

        _text = Text(_service, _followed);
        if (_progress.Seen != _text)
        {
            _progress = (_text, _time.GetUtcNow());
        }
    }

    /// <summary>The oldest one that was not there before: a second one would be somebody else's, and it replaces ours.</summary>
    private async Task<string?> Ours(ServiceState service, CancellationToken cancel) =>
        (await _aws.Services.ListDeployments(service.ClusterArn, service.Arn, _time.GetUtcNow() - Lookback, cancel).ConfigureAwait(false)).LastOrDefault(arn => !_before.Contains(arn));

    private static string Text(ServiceState service, ServiceDeploymentState? deployment)
    {
        if (service.Rollouts is not [var newest, ..])
        {
            return "";
        }

        var stage = deployment?.LifecycleStage is { } at ? $"{at}{(LifecycleStages.Position(at) is { } position ? $" ({position} of {LifecycleStages.Count})" : "")}  " : "";
        var weight = deployment?.Target?.ProductionWeight is { } percent and > 0 and < 100 ? $", {percent:0.#} % of the traffic" : "";
        var waiting = deployment?.AwaitsAction == true ? ", waits to be continued" : "";
        return $"{stage}{newest.Running}/{newest.Desired} running{(newest.Failed > 0 ? $", {newest.Failed} failed" : "")}{weight}{waiting}";
    }

    private async Task<string?> Hopeless(CancellationToken cancel)
    {
        var now = _time.GetUtcNow();
        // A hook or the bake time holds a deployment on purpose.
        if (now - _progress.Since > _patience && _followed is { AwaitsAction: false, LifecycleStage: not "BAKE_TIME" })
        {
            return $"nothing has changed for {Reporting.Durations.Text(_patience)}: {_text}";
        }

        if (now < _nextTasks || _service is not { Rollouts: [var newest, ..] } service)
        {
            return null;
        }

        _nextTasks = now + (_aws.PollInterval * 5);
        var tasks = await _aws.Services.Tasks(service.ClusterArn, service.Name, cancel).ConfigureAwait(false);
        return CrashLoop.Find([.. tasks.Where(t => t.StartedBy == newest.Id)], now);
    }

    /// <summary>ECS refuses where there is nothing to go back to: then its circuit breaker, or the stack's deadline, ends it.</summary>
    private async Task GiveUp(string why, CancellationToken cancel)
    {
        GaveUp = why;
        try
        {
            await _aws.Services.RollBackDeployment(_followed!.Arn, cancel).ConfigureAwait(false);
            _text = "stopped: it can not succeed";
        }
        catch (AwsRefusedException)
        {
            _text += "  can not succeed";
        }
    }
}
