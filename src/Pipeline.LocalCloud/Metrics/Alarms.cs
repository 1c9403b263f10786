using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Pipeline.LocalCloud.Metrics;

/// <summary>An alarm on one metric, or on an expression over several.</summary>
internal sealed record Alarm(string Name, string Arn)
{
    public string? Description { get; init; }

    public bool ActionsEnabled { get; init; } = true;

    public IReadOnlyList<string> OkActions { get; init; } = [];

    public IReadOnlyList<string> AlarmActions { get; init; } = [];

    public IReadOnlyList<string> InsufficientDataActions { get; init; } = [];

    /// <summary><c>null</c> where <see cref="Queries"/> say what is watched.</summary>
    public AlarmMetric? Metric { get; init; }

    /// <summary>Members of <c>MetricDataQuery</c>; exactly one of them returns data.</summary>
    public JsonArray? Queries { get; init; }

    public int EvaluationPeriods { get; init; }

    /// <summary><c>null</c> means all of the evaluation periods.</summary>
    public int? DatapointsToAlarm { get; init; }

    public double Threshold { get; init; }

    public string Comparison { get; init; } = "";

    /// <summary><c>missing</c>, <c>ignore</c>, <c>breaching</c>, <c>notBreaching</c>; <c>null</c> means missing.</summary>
    public string? TreatMissingData { get; init; }

    public string? EvaluateLowSampleCountPercentile { get; init; }

    public string State { get; init; } = AlarmState.InsufficientData;

    public string Reason { get; init; } = "Unchecked: Initial alarm creation";

    public string? ReasonData { get; init; }

    public DateTimeOffset StateUpdated { get; init; }

    public DateTimeOffset StateTransitioned { get; init; }

    public DateTimeOffset ConfigurationUpdated { get; init; }

    /// <summary>End of the last period that decided over the state.</summary>
    public DateTimeOffset Evaluated { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    [JsonIgnore]
    public IReadOnlyList<string> Actions => State switch
    {
        AlarmState.Ok => OkActions,
        AlarmState.Alarm => AlarmActions,
        _ => InsufficientDataActions,
    };
}

/// <param name="Statistic">plain or a percentile</param>
/// <param name="Period">in seconds</param>
internal sealed record AlarmMetric(string Namespace, string Name, IReadOnlyList<Dimension> Dimensions, string Statistic, int Period, string? Unit)
{
    [JsonIgnore]
    public bool IsExtended => Statistic[0] == 'p';
}

internal static class AlarmState
{
    public const string Ok = "OK";
    public const string Alarm = "ALARM";
    public const string InsufficientData = "INSUFFICIENT_DATA";
}

/// <param name="Type"><c>ConfigurationUpdate</c>, <c>StateUpdate</c>, <c>Action</c></param>
/// <param name="Data">JSON, as the API hands it out</param>
internal sealed record AlarmHistoryItem(string Alarm, DateTimeOffset Time, string Type, string Summary, string Data);
