namespace Pipeline.Configuration;

/// <summary>The environment's gates.</summary>
/// <param name="CoverageMinimum">percent of lines over the affected services together; never rounded</param>
/// <param name="Advisories">what to do where package advisories could not be evaluated</param>
public sealed record GateSettings(decimal CoverageMinimum, WhenNotEvaluable Advisories)
{
    /// <summary>What to do where a tool of the lint is missing.</summary>
    public WhenNotEvaluable Lint { get; init; } = WhenNotEvaluable.Refuse;

    /// <summary>What to do where a tool of the security scan is missing.</summary>
    public WhenNotEvaluable Security { get; init; } = WhenNotEvaluable.Refuse;

    /// <summary>What to do where no integration suite could run against the new revision.</summary>
    public WhenNotEvaluable Integration { get; init; } = WhenNotEvaluable.Allow;

    /// <summary>What to do where no performance suite could run against the new revision.</summary>
    public WhenNotEvaluable Performance { get; init; } = WhenNotEvaluable.Allow;

    /// <summary>The environment that must have proven what is deployed here; <c>null</c>: none.</summary>
    public PromotionSettings? Promotion { get; init; }

    /// <summary>Who must say yes.</summary>
    public ApprovalSettings Approval { get; init; } = new(0, [], TimeSpan.FromHours(4));

    /// <summary>When the earliest start is.</summary>
    public WaitSettings Wait { get; init; } = new(TimeSpan.Zero, WaitFrom.Request);

    /// <summary>When nothing may be deployed.</summary>
    public IReadOnlyList<FreezeSettings> Freezes { get; init; } = [];

    /// <summary>What runs must be healthy before anything is changed.</summary>
    public bool Health { get; init; }

    /// <summary>Requests a minute above which nothing is deployed; <c>null</c>: whatever the traffic.</summary>
    public int? LowTraffic { get; init; }

    /// <summary>What a key below <c>gates</c>, such as <c>lint.unmeasured</c>, says about a check that could not be measured; without a key it refuses.</summary>
    public WhenNotEvaluable Unmeasured(string? key) => key switch
    {
        "lint.unmeasured" => Lint,
        "security.unmeasured" => Security,
        "security.advisories" => Advisories,
        "integration.unmeasured" => Integration,
        "performance.unmeasured" => Performance,
        _ => WhenNotEvaluable.Refuse,
    };
}

/// <summary>Nothing is deployed but what another environment has proven.</summary>
/// <param name="From">that environment</param>
/// <param name="Soak">how long it must have run it</param>
public sealed record PromotionSettings(string From, TimeSpan Soak);

/// <summary>Who must say yes.</summary>
/// <param name="Required">how many people; the requester is never one of them</param>
/// <param name="Approvers">names of IAM users, ARNs of users or role sessions, or <c>github:LOGIN</c></param>
/// <param name="Expires">how long a request stands</param>
public sealed record ApprovalSettings(int Required, IReadOnlyList<string> Approvers, TimeSpan Expires);

/// <summary>The wait timer.</summary>
/// <param name="Timer">zero: none</param>
/// <param name="From">since when it runs</param>
public sealed record WaitSettings(TimeSpan Timer, WaitFrom From);

/// <summary>Since when the wait timer runs.</summary>
public enum WaitFrom
{
    /// <summary>Since the deployment was requested.</summary>
    Request,

    /// <summary>Since the last approval that was needed.</summary>
    Approval,
}

/// <summary>When nothing may be deployed: once, or every week on some days.</summary>
/// <param name="Name">as refusals call it</param>
/// <param name="From">as written: a day, a day and a time, or (weekly) a time of day; <c>null</c>: the beginning of the day</param>
/// <param name="Until">as written; itself not part of it</param>
/// <param name="Days">every week on these; empty: once</param>
/// <param name="Zone">IANA name of the time zone</param>
public sealed record FreezeSettings(string Name, string? From, string? Until, IReadOnlyList<DayOfWeek> Days, string Zone);

/// <summary>What is kept before anything is changed.</summary>
/// <param name="Database">every database of the stacks is snapshotted</param>
/// <param name="Keep">older snapshots of ours are deleted, the newest never</param>
/// <param name="Deadline">for a snapshot to become available</param>
public sealed record BackupSettings(bool Database, TimeSpan Keep, TimeSpan Deadline);

/// <summary>How a release is watched after it was deployed.</summary>
/// <param name="Duration">how long</param>
/// <param name="Point">length of one point</param>
/// <param name="MinimumRequests">a point with fewer says nothing about errors or response times</param>
/// <param name="Blind">longest time without data before a person is called</param>
/// <param name="RollsBack">a trigger brings the last good release back</param>
public sealed record WatchSettings(TimeSpan Duration, TimeSpan Point, int MinimumRequests, TimeSpan Blind, bool RollsBack)
{
    /// <summary>Percent of the requests that were answered 5xx.</summary>
    public required TriggerSettings ErrorRate { get; init; }

    /// <summary>Mean response time in seconds, weighted by requests.</summary>
    public required TriggerSettings ResponseTime { get; init; }

    /// <summary>Percent of the CPU that the tasks have.</summary>
    public required TriggerSettings Cpu { get; init; }

    /// <summary>Percent of the memory that the tasks have.</summary>
    public required TriggerSettings Memory { get; init; }
}

/// <summary>When a measured value is a reason to go back.</summary>
/// <param name="Above">more than this is a breach</param>
/// <param name="Points">how many in a row</param>
public sealed record TriggerSettings(double Above, int Points);

/// <summary>What a gate does with a check that could not be measured.</summary>
public enum WhenNotEvaluable
{
    /// <summary>Go on, and show it.</summary>
    Allow,

    /// <summary>Refuse (exit code 1).</summary>
    Refuse,
}
