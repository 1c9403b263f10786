using System.Text.Json.Serialization;

namespace Pipeline.Watching;

/// <summary>Something in a watched release that calls for going back: one rollback, however many reasons.</summary>
/// <param name="Id">the release's id with a number behind it; the rollback carries it, so that nobody makes a second one</param>
/// <param name="Release">the release that is at fault</param>
/// <param name="At">UTC, when it was seen</param>
/// <param name="Reasons">every trigger that had fired then</param>
public sealed record Incident(string Id, string Release, DateTimeOffset At, IReadOnlyList<Firing> Reasons)
{
    /// <summary>How far it came.</summary>
    public IncidentState State { get; init; }

    /// <summary>Which monitor works on it.</summary>
    public string? By { get; init; }

    /// <summary>UTC: when nobody works on it any more unless <see cref="By"/> has said otherwise.</summary>
    public DateTimeOffset? Lease { get; init; }

    /// <summary>Id of the release that went back.</summary>
    public string? Rollback { get; init; }

    /// <summary>Why going back did not succeed the last time it was tried.</summary>
    public string? Failure { get; init; }

    /// <summary>All reasons in one line.</summary>
    [JsonIgnore]
    public string Text => string.Join("; ", Reasons.Select(r => $"{r.Service}: {r.Text}"));
}

/// <summary>How far an incident came.</summary>
public enum IncidentState
{
    /// <summary>Seen; nobody goes back yet.</summary>
    Open,

    /// <summary>Somebody brings the last good release back, or died while doing so.</summary>
    RollingBack,

    /// <summary>The last good release serves again.</summary>
    RolledBack,

    /// <summary>Going back failed: a person is needed.</summary>
    RollbackFailed,

    /// <summary>Only reported: <c>rollback: never</c>.</summary>
    Reported,
}
