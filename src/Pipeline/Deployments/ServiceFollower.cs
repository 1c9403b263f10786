using Pipeline.Aws;
using Pipeline.Outcomes;

namespace Pipeline.Deployments;

/// <summary>
/// Follows the one service deployment that a stack operation starts, by its ARN: CloudFormation alone may say UPDATE_COMPLETE after ECS
/// went back. Its PAUSE hooks are answered, and a rollout that can not succeed, or whose revision is judged bad while it has traffic, is
/// stopped: ECS brings the previous revision back.
/// </summary>
public sealed class ServiceFollower
{
    private static readonly TimeSpan Lookback = TimeSpan.FromDays(1);
    private readonly AwsAccount _aws;
    private readonly string _stackName;
    private readonly RolloutCare _care;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _since;
    private readonly HashSet<string> _before = new(StringComparer.Ordinal);
    private ServiceState? _service;
    private ServiceDeploymentState? _followed;
    private (string Seen, DateTimeOffset Since) _progress;
    private DateTimeOffset _nextTasks;
    private DateTimeOffset? _traffic;
    private DateTimeOffset? _baking;
    private string? _group;
    private bool _kept;
    private bool _stopped;
    private string _text = "";

    private ServiceFollower(AwsAccount aws, string stackName, RolloutCare care, TimeProvider time, DateTimeOffset since) =>
        (_aws, _stackName, _care, _time, _since, _progress) = (aws, stackName, care, time, since, ("", time.GetUtcNow()));

    /// <summary>Why the rollout was stopped by us; <c>null</c>: it was not.</summary>
    public string? GaveUp { get; private set; }

    /// <summary>Notes what was there before the operation: whatever comes later is the operation's.</summary>
    /// <param name="care">what is done about the rollout</param>
    public static async Task<ServiceFollower> Begin(AwsAccount aws, string stackName, RolloutCare care, TimeProvider time, CancellationToken cancel)
    {
        var follower = new ServiceFollower(aws, stackName, care, time, time.GetUtcNow() - Lookback);
        follower._service = await follower.Find(cancel).ConfigureAwait(false);
        if (follower._service is { } service)
        {
            follower._before.UnionWith(await aws.Services.ListDeployments(service.ClusterArn, service.Arn, follower._since, cancel).ConfigureAwait(false));
        }

        return follower;
    }

    /// <summary>Goes on following what an operation of a run that is gone has started.</summary>
    /// <param name="since">when that operation was begun</param>
    public static ServiceFollower Resume(AwsAccount aws, string stackName, RolloutCare care, DateTimeOffset since, TimeProvider time) => new(aws, stackName, care, time, since);

    /// <summary>Looks once, and does what is to be done. A look that AWS does not answer changes nothing.</summary>
    /// <returns>half a line for people</returns>
    public async Task<string> Look(CancellationToken cancel)
    {
        try
        {
            await Read(cancel).ConfigureAwait(false);
            await Act(cancel).ConfigureAwait(false);
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
        if (_care.Hooks is { } hooks)
        {
            await hooks.Stop().ConfigureAwait(false);
        }

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

        var now = _time.GetUtcNow();
        _baking = _followed?.LifecycleStage == "BAKE_TIME" ? _baking ?? now : null;
        _text = RolloutText.Of(_service, _followed, now - _baking);
        if (_progress.Seen != _text)
        {
            _progress = (_text, now);
        }
    }

    /// <summary>The oldest one that was not there before: a second one would be somebody else's, and it replaces ours.</summary>
    private async Task<string?> Ours(ServiceState service, CancellationToken cancel) =>
        (await _aws.Services.ListDeployments(service.ClusterArn, service.Arn, _since, cancel).ConfigureAwait(false)).LastOrDefault(arn => !_before.Contains(arn));

    private async Task Act(CancellationToken cancel)
    {
        if (_followed is not { } followed)
        {
            return;
        }

        if (followed.GoesBack && !_kept && _care is { Evidence: { } evidence, GoesBack: false })
        {
            _kept = true;
            await evidence.Keep(_care.Target?.Settings.Name ?? _stackName, _service!, followed, cancel).ConfigureAwait(false);
        }

        if (followed.Ended)
        {
            await LetComeBack(followed, cancel).ConfigureAwait(false);
            return;
        }

        if (_care.Hooks is { } hooks && await hooks.Look(_service!, followed, _care.GoesBack, cancel).ConfigureAwait(false) is { } waits)
        {
            _text += $"  {waits}";
            GaveUp ??= hooks.Refused;
            _stopped |= hooks.Refused is not null;
        }
        else if (followed.AwaitsAction)
        {
            _text += ", waits to be continued";
        }

        if (!_stopped && !followed.GoesBack && !_care.GoesBack && (GaveUp ?? await Judged(followed, cancel).ConfigureAwait(false) ?? await Hopeless(followed, cancel).ConfigureAwait(false)) is { } why)
        {
            await GiveUp(why, followed, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>While CloudFormation brings back what was before, it starts deployments of its own, and nobody else would answer their hooks.</summary>
    private async Task LetComeBack(ServiceDeploymentState followed, CancellationToken cancel)
    {
        if (_care.Hooks is { } hooks && _service?.CurrentDeployment is { } later && later != followed.Arn
            && await _aws.Services.DescribeDeployment(later, cancel).ConfigureAwait(false) is { AwaitsAction: true } waiting
            && (_care.GoesBack || (await _aws.Stacks.Describe(_stackName, cancel).ConfigureAwait(false))?.Status.Contains("ROLLBACK", StringComparison.Ordinal) == true))
        {
            _text += $"  {await hooks.Look(_service, waiting, goesBack: true, cancel).ConfigureAwait(false)}";
        }
    }

    private async Task<string?> Judged(ServiceDeploymentState followed, CancellationToken cancel)
    {
        if (_care is not { Judge: { } judge, Target: { } target } || followed.Strategy == "ROLLING" || !LifecycleStages.HasReached(followed.LifecycleStage, "PRODUCTION_TRAFFIC_SHIFT") || followed.Target is not { ProductionWeight: not 0 } revision)
        {
            return null;
        }

        _traffic ??= _time.GetUtcNow();
        _group ??= (await _aws.Services.DescribeRevision(revision.Revision, cancel).ConfigureAwait(false))?.TargetGroups is [var only] ? only : null;
        return await judge(new RolloutUnderWatch(target, _service!, followed, _traffic.Value) { TargetGroup = _group }, cancel).ConfigureAwait(false);
    }

    private async Task<string?> Hopeless(ServiceDeploymentState followed, CancellationToken cancel)
    {
        var now = _time.GetUtcNow();
        if (now - _progress.Since > _care.Patience && !followed.Holds)
        {
            return $"nothing has changed for {Reporting.Durations.Text(_care.Patience)}: {_text}";
        }

        if (now < _nextTasks || _service is not { Rollouts: [var newest, ..] } service)
        {
            return null;
        }

        _nextTasks = now + (_aws.PollInterval * 5);
        var tasks = await _aws.Services.Tasks(service.ClusterArn, service.Name, cancel).ConfigureAwait(false);
        return CrashLoop.Find([.. tasks.Where(t => t.StartedBy == newest.Id)], now);
    }

    /// <summary>Asks until ECS has heard it. It refuses where there is nothing to go back to: then its circuit breaker, or the stack's deadline, ends it.</summary>
    private async Task GiveUp(string why, ServiceDeploymentState followed, CancellationToken cancel)
    {
        GaveUp = why;
        try
        {
            await _aws.Services.RollBackDeployment(followed.Arn, cancel).ConfigureAwait(false);
            _stopped = true;
            _text = $"stopped: {why.Split('\n')[0]}";
        }
        catch (AwsRefusedException e) when (e.Kind == RefusalKind.Denied)
        {
            _stopped = true;
            _text += "  can not succeed";
        }
    }
}
