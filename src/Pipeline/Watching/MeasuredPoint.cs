namespace Pipeline.Watching;

/// <summary>What was measured of a service in one point of time. What is <c>null</c> was not measured, which is not the same as zero.</summary>
/// <param name="Start">UTC, a multiple of the point's length</param>
public sealed record MeasuredPoint(DateTimeOffset Start)
{
    /// <summary>Requests that reached the revision.</summary>
    public double? Requests { get; init; }

    /// <summary>Those answered 5xx, or not at all. CloudWatch has no such point where there was none.</summary>
    public double? Errors { get; init; }

    /// <summary>Seconds that all answers took together.</summary>
    public double? ResponseSeconds { get; init; }

    /// <summary>How many answers that were.</summary>
    public double? Responses { get; init; }

    /// <summary>Percent of the CPU that the tasks reserve, their mean.</summary>
    public double? Cpu { get; init; }

    /// <summary>Percent of the memory that the tasks reserve, their mean.</summary>
    public double? Memory { get; init; }

    /// <summary>Something was measured.</summary>
    public bool HasData => Requests is not null || Errors is not null || ResponseSeconds is not null || Responses is not null || Cpu is not null || Memory is not null;
}
