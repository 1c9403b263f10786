namespace Pipeline.Watching;

/// <summary>What is remembered of one service while it is watched.</summary>
/// <param name="Measured">what is measured</param>
/// <param name="Watermark">end of the last point judged, UTC: everything before is settled, nothing after</param>
public sealed record ServiceWatch(MeasuredService Measured, DateTimeOffset Watermark)
{
    /// <summary>Every trigger that applies to the service.</summary>
    public IReadOnlyList<TriggerRun> Runs { get; init; } = [];

    /// <summary>Times without data that were longer than allowed and are over.</summary>
    public IReadOnlyList<BlindInterval> Blind { get; init; } = [];

    /// <summary>The last values that were no numbers to judge by.</summary>
    public IReadOnlyList<OddValue> Odd { get; init; } = [];

    /// <summary>Ids of the revision's tasks, as far as they were seen.</summary>
    public IReadOnlyList<string> Tasks { get; init; } = [];

    /// <summary>CPU and memory are measured task by task, so of this revision alone; until such a value was seen they are the whole service's.</summary>
    public bool PerTask { get; init; }

    /// <summary>Deployments of the service that failed and have fired.</summary>
    public IReadOnlyList<string> FailedDeployments { get; init; } = [];

    /// <summary>The same metrics before the release; <c>null</c>: there were none.</summary>
    public Baseline? Baseline { get; init; }

    /// <summary>A service at the beginning of its watch.</summary>
    /// <param name="from">start of its first point</param>
    public static ServiceWatch Begin(MeasuredService measured, DateTimeOffset from) => new(measured, from)
    {
        Runs = [.. (measured.TargetGroups.Count > 0 ? (Trigger[])[Trigger.ErrorRate, Trigger.ResponseTime] : []).Concat([Trigger.Cpu, Trigger.Memory]).Select(t => new TriggerRun(t))],
    };
}

/// <summary>A time in which a trigger had no data for longer than is allowed.</summary>
public sealed record BlindInterval(Trigger Trigger, DateTimeOffset From, DateTimeOffset To);

/// <summary>A value that could not be judged.</summary>
/// <param name="At">start of its point</param>
/// <param name="Raw">as it was measured</param>
public sealed record OddValue(Trigger Trigger, DateTimeOffset At, string Raw);

/// <summary>A time that says nothing about the release, and why.</summary>
/// <param name="From">UTC</param>
/// <param name="To">UTC; points that touch the interval are left out</param>
public sealed record MarkedInterval(DateTimeOffset From, DateTimeOffset To, string Why);
