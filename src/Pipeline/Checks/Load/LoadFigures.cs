using System.Globalization;

namespace Pipeline.Checks.Load;

/// <summary>What a load measured; kept with the release.</summary>
/// <param name="Suite">its name in the configuration</param>
/// <param name="Environment">where</param>
/// <param name="Load">hash of what was requested and how often: figures of another load say nothing about this one</param>
public sealed record LoadFigures(string Suite, string Environment, string Load)
{
    /// <summary>The service whose release it judged; <c>null</c>: it was run by hand.</summary>
    public string? Service { get; init; }

    /// <summary>How many were measured.</summary>
    public required long Requests { get; init; }

    /// <summary>How many of them succeeded.</summary>
    public required long Succeeded { get; init; }

    /// <summary>How many failed how: <c>status 503</c>, <c>timeout</c>, <c>connection</c>.</summary>
    public IReadOnlyDictionary<string, long> Failures { get; init; } = new Dictionary<string, long>();

    /// <summary>Requests that succeeded within the load's time, a second.</summary>
    public required decimal Rate { get; init; }

    /// <summary>Response times; <c>null</c>: nothing was answered.</summary>
    public ResponseTimes? Times { get; init; }

    /// <summary>What had to be reached, for people.</summary>
    public string Targets { get; init; } = "";

    /// <summary>The targets were met.</summary>
    public bool Passed { get; init; }

    /// <summary>Half a line for people; percentages and rates never rounded up.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Requests:#,0} requests, {Percent:0.##} % succeeded{(Times is { } times ? $", mean {LoadText.Time(times.Mean)}, p95 {LoadText.Time(times.Percentile95)}" : "")}, {Math.Floor(Rate * 10) / 10:0.#} a second");

    private decimal Percent => Requests == 0 ? 0 : Math.Floor(Succeeded * 10_000m / Requests) / 100;
}

/// <summary>Response times in milliseconds, of requests that succeeded and of those that were given up (as long as they were waited for).</summary>
public sealed record ResponseTimes(long Count, decimal Mean, decimal Median, decimal Percentile95, decimal Percentile99, decimal Longest);
