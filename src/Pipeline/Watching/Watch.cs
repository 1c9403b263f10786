using System.Text.Json.Serialization;

namespace Pipeline.Watching;

/// <summary>The watch over a release, as the ledger keeps it: no process has to live as long as the watch, any tick goes on where the last one ended.</summary>
/// <param name="Release">the release's id</param>
/// <param name="Begun">UTC</param>
/// <param name="Until">UTC: later points are not judged</param>
public sealed record Watch(string Release, DateTimeOffset Begun, DateTimeOffset Until)
{
    /// <summary>What is watched.</summary>
    public IReadOnlyList<ServiceWatch> Services { get; init; } = [];

    /// <summary>End of the last complete point at the last tick that could read metrics, UTC.</summary>
    public DateTimeOffset Looked { get; init; }

    /// <summary>Times in which a trigger could have fired unseen, because nobody looked.</summary>
    public IReadOnlyList<WatchGap> Gaps { get; init; } = [];

    /// <summary>Times that are left out.</summary>
    public IReadOnlyList<MarkedInterval> Marked { get; init; } = [];

    /// <summary>The last times at which metrics could not be read.</summary>
    public IReadOnlyList<ReadFailure> Failures { get; init; } = [];

    /// <summary>What fired, oldest first.</summary>
    public IReadOnlyList<Incident> Incidents { get; init; } = [];

    /// <summary>How it ended; <c>null</c>: it has not.</summary>
    public WatchEnd? End { get; init; }

    /// <summary>UTC; <c>null</c>: it has not ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why, half a sentence; <c>null</c>: it has not ended.</summary>
    public string? EndedBecause { get; init; }

    /// <summary>Who wrote it last: a writer whose answer was lost finds itself here.</summary>
    public string Writer { get; init; } = "";

    /// <summary>End of the last point that is settled for every service.</summary>
    [JsonIgnore]
    public DateTimeOffset Watermark => Services.Count == 0 ? Begun : Services.Min(s => s.Watermark);

    /// <summary>The incident that is to be dealt with; <c>null</c>: none.</summary>
    [JsonIgnore]
    public Incident? Pending => Incidents.FirstOrDefault(i => i.State is IncidentState.Open or IncidentState.RollingBack);

    /// <summary>This watch with an incident replaced.</summary>
    public Watch With(Incident incident) => this with { Incidents = [.. Incidents.Select(i => i.Id == incident.Id ? incident : i)] };

    /// <summary>This watch at its end.</summary>
    public Watch Ended(WatchEnd end, DateTimeOffset at, string because) => this with { End = end, EndedAt = at, EndedBecause = because };
}

/// <summary>How a watch ended.</summary>
public enum WatchEnd
{
    /// <summary>No trigger fired, and every one had data at the end: the release survived.</summary>
    Healthy,

    /// <summary>A new release began.</summary>
    Superseded,

    /// <summary>A trigger fired, and the last good release serves again.</summary>
    RolledBack,

    /// <summary>A trigger fired, and going back failed.</summary>
    RollbackFailed,

    /// <summary>There was no data at the end: whether the release is good is unknown.</summary>
    Blind,

    /// <summary>A trigger fired, and the configuration says only to report it.</summary>
    Breached,
}

/// <summary>A time in which nobody looked.</summary>
/// <param name="From">UTC</param>
/// <param name="To">UTC</param>
/// <param name="Found">what the points of that time said when they were read back: <c>healthy</c>, <c>breach</c> or <c>no data</c></param>
public sealed record WatchGap(DateTimeOffset From, DateTimeOffset To, string Found);

/// <summary>Metrics could not be read, which says nothing about the release.</summary>
public sealed record ReadFailure(DateTimeOffset At, string Why);
