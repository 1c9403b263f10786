namespace Pipeline.Watching;

/// <summary>What was measured of a service before a release changed it, to compare with.</summary>
/// <param name="From">UTC</param>
/// <param name="To">UTC: when the release began</param>
/// <param name="Points">how many points had data</param>
public sealed record Baseline(DateTimeOffset From, DateTimeOffset To, int Points)
{
    /// <summary>Mean number of requests in a point.</summary>
    public double? Requests { get; init; }

    /// <summary>Percent of all requests.</summary>
    public double? ErrorRate { get; init; }

    /// <summary>Seconds, weighted by requests.</summary>
    public double? ResponseTime { get; init; }

    /// <summary>Percent, mean of the points.</summary>
    public double? Cpu { get; init; }

    /// <summary>Percent, mean of the points.</summary>
    public double? Memory { get; init; }

    /// <summary>Sums points up.</summary>
    public static Baseline Of(DateTimeOffset from, DateTimeOffset to, IReadOnlyList<MeasuredPoint> points)
    {
        var (requests, answers) = (points.Sum(p => p.Requests ?? 0), points.Sum(p => p.Responses ?? 0));
        return new Baseline(from, to, points.Count(p => p.HasData))
        {
            Requests = points.Any(p => p.Requests is not null) ? points.Where(p => p.Requests is not null).Average(p => p.Requests) : null,
            ErrorRate = requests > 0 ? 100 * points.Sum(p => p.Errors ?? 0) / requests : null,
            ResponseTime = answers > 0 ? points.Sum(p => p.ResponseSeconds ?? 0) / answers : null,
            Cpu = points.Average(p => p.Cpu),
            Memory = points.Average(p => p.Memory),
        };
    }
}
