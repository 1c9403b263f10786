using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Watching;

/// <summary>The triggers of the watch while a rollout is still under way: during the shift and its bake time.</summary>
public sealed class BakeTriggers
{
    private static readonly TimeSpan Arrival = TimeSpan.FromMinutes(1);
    private readonly AwsAccount _aws;
    private readonly WatchSettings? _settings;
    private readonly MeasuredServices _services;

    /// <exception cref="UsageException">the configured point is none that CloudWatch has</exception>
    public BakeTriggers(PipelineConfiguration configuration, AwsAccount aws)
    {
        (_aws, _settings, _services) = (aws, configuration.Environment.Watch, new MeasuredServices(configuration, aws));
        if (_settings is { } settings)
        {
            WatchPeriods.Demand(settings.Point, configuration.Environment.Name, aws.IsAws);
        }
    }

    /// <summary>Times that say nothing about the rollout.</summary>
    public IReadOnlyList<MarkedInterval> Marked { get; init; } = [];

    /// <summary>Why the last look saw nothing; <c>null</c>: it could read everything.</summary>
    public string? Unread { get; private set; }

    /// <summary>Judges a new revision by the requests that its target group answered: every complete point since a time.</summary>
    /// <param name="service">its name in the configuration</param>
    /// <param name="targetGroupArn">of the new revision</param>
    /// <param name="since">when it first got traffic</param>
    /// <returns>why the rollout must stop; <c>null</c>: no reason is known, also where metrics could not be read or the environment watches nothing</returns>
    public async Task<string?> Judge(string service, string targetGroupArn, DateTimeOffset since, DateTimeOffset now, CancellationToken cancel)
    {
        if (_settings is null)
        {
            return null;
        }

        try
        {
            return await _services.Group(targetGroupArn, cancel).ConfigureAwait(false) is { } group
                ? await Judge(new MeasuredService(service, "", "") { TargetGroups = [group] }, since, now, cancel).ConfigureAwait(false)
                : null;
        }
        catch (PipelineException e)
        {
            Unread = e.Message;
            return null;
        }
    }

    /// <summary>The same, with CPU and memory of the revision's tasks where it is known where they run.</summary>
    public async Task<string?> Judge(MeasuredService service, DateTimeOffset since, DateTimeOffset now, CancellationToken cancel)
    {
        if (_settings is not { } settings)
        {
            return null;
        }

        var watch = ServiceWatch.Begin(service, TriggerEngine.Ceiling(since, settings.Point));
        var end = TriggerEngine.Floor(now - (_aws.IsAws ? Arrival : TimeSpan.Zero), settings.Point);
        if (end <= watch.Watermark)
        {
            return null;
        }

        try
        {
            var reader = new PointReader(_aws, settings.Point);
            // While two revisions run, values of the whole service say nothing about one of them.
            var tasks = service.Cluster.Length > 0 ? await reader.Tasks(watch, cancel).ConfigureAwait(false) : [];
            var (points, _) = await reader.Points(service, perTask: true, tasks, watch.Watermark, end, cancel).ConfigureAwait(false);
            Unread = null;
            var fired = TriggerEngine.Judge(watch, points, end, settings, Marked).Fired;
            return fired.Count == 0 ? null : string.Join("; ", fired.Select(f => f.Text));
        }
        catch (PipelineException e)
        {
            Unread = e.Message;
            return null;
        }
    }
}
