using Pipeline.Outcomes;

namespace Pipeline.Watching;

/// <summary>What a look at the watch brought.</summary>
/// <param name="State">how it stands</param>
/// <param name="Text">a sentence for people</param>
public sealed record TickResult(TickState State, string Text)
{
    /// <summary>The watch after it; <c>null</c>: nothing is watched.</summary>
    public Watch? Watch { get; init; }

    /// <summary>Every service with its triggers.</summary>
    public IReadOnlyList<ServiceReport> Services { get; init; } = [];

    /// <summary>Labelled lines: why, what to type next.</summary>
    public IReadOnlyList<Detail> Details { get; init; } = [];

    /// <summary>There is nothing more to watch.</summary>
    public bool IsOver => Watch is null or { End: not null };

    /// <summary>What a process that looked once ends with.</summary>
    public ExitCode ExitCode => State switch
    {
        TickState.Idle or TickState.Watching or TickState.Survived or TickState.Superseded => ExitCode.Done,
        TickState.RolledBack => ExitCode.DeploymentFailed,
        TickState.RollbackFailed => ExitCode.RollbackFailed,
        TickState.Unreadable or TickState.RollingBack => ExitCode.Unknown,
        _ => ExitCode.Refused,
    };
}

/// <summary>How a watch stands after a look.</summary>
public enum TickState
{
    /// <summary>Nothing is watched.</summary>
    Idle,

    /// <summary>No trigger fires, and all have data.</summary>
    Watching,

    /// <summary>The watch ended healthy.</summary>
    Survived,

    /// <summary>A new release ended the watch.</summary>
    Superseded,

    /// <summary>A trigger has had no data for longer than allowed: a person is needed.</summary>
    Blind,

    /// <summary>A trigger fired, and nobody goes back by himself: a person is needed.</summary>
    Breached,

    /// <summary>A trigger fired, and another monitor is going back, or the outcome of going back is unknown.</summary>
    RollingBack,

    /// <summary>A trigger fired, and the last good release serves again.</summary>
    RolledBack,

    /// <summary>A trigger fired, and going back failed.</summary>
    RollbackFailed,

    /// <summary>Metrics could not be read: nothing was judged.</summary>
    Unreadable,
}

/// <summary>One service of the watch.</summary>
public sealed record ServiceReport(string Service, IReadOnlyList<TriggerReport> Triggers)
{
    /// <summary>The service's triggers as they stand at the end of the last complete point.</summary>
    public static ServiceReport Of(ServiceWatch service, DateTimeOffset end, Configuration.WatchSettings settings) => new(service.Measured.Service, [.. service.Runs.Select(run => TriggerReport.Of(service, run, end, settings))]);
}

/// <summary>One trigger of a service.</summary>
/// <param name="Text">half a sentence: value, run, limit</param>
public sealed record TriggerReport(Trigger Trigger, TriggerState State, string Text)
{
    internal static TriggerReport Of(ServiceWatch service, TriggerRun run, DateTimeOffset end, Configuration.WatchSettings settings)
    {
        var (limit, name, blind) = (TriggerEngine.Limit(run.Trigger, settings), WatchWords.Name(run.Trigger), TriggerEngine.BlindFor(service, run, end));
        var odd = blind > TimeSpan.Zero ? service.Odd.LastOrDefault(o => o.Trigger == run.Trigger && o.At >= end - blind) : null;
        return run.Fired ? new(run.Trigger, TriggerState.Fired, WatchWords.Fired(run.Trigger, run, limit))
            : blind > settings.Blind ? new(run.Trigger, TriggerState.Blind, $"{name} BLIND: no data for {Reporting.Durations.Age(blind)} ({Reporting.Durations.Age(settings.Blind)} allowed)")
            : odd is not null ? new(run.Trigger, TriggerState.Inconclusive, $"{name} inconclusive: {odd.Raw}")
            : blind > TimeSpan.Zero ? new(run.Trigger, TriggerState.NoData, $"{name} no data for {Reporting.Durations.Age(blind)}{(run.Length > 0 ? $", {run.Length} of {limit.Points} breaches before" : "")}")
            : run.Length > 0 ? new(run.Trigger, TriggerState.Breaching, $"{name} {WatchWords.Value(run.Trigger, run.Last)}, {run.Length} of {limit.Points} points above {WatchWords.Value(run.Trigger, limit.Above)}")
            : run.Measured == 0 ? new(run.Trigger, TriggerState.NoData, $"{name} not measured yet")
            : new(run.Trigger, TriggerState.Healthy, $"{name} {WatchWords.Value(run.Trigger, run.Last)}");
    }
}

/// <summary>How a trigger stands.</summary>
public enum TriggerState
{
    /// <summary>The last point is not above the limit.</summary>
    Healthy,

    /// <summary>Above the limit, not yet for long enough.</summary>
    Breaching,

    /// <summary>Above the limit for long enough.</summary>
    Fired,

    /// <summary>No data since a while.</summary>
    NoData,

    /// <summary>No data for longer than allowed: whether the service is healthy is unknown.</summary>
    Blind,

    /// <summary>There is data that means nothing.</summary>
    Inconclusive,
}
