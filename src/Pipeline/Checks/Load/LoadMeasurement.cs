namespace Pipeline.Checks.Load;

/// <summary>What a load generator measured, whichever it was.</summary>
internal sealed record LoadMeasurement(long Requests, long Succeeded, ResponseTimes? Times, decimal Rate)
{
    public IReadOnlyList<LoadFailure> Failures { get; init; } = [];

    /// <summary>Each kind of request; empty: only the whole is known.</summary>
    public IReadOnlyList<RequestTimes> Kinds { get; init; } = [];

    /// <summary>In the order of time.</summary>
    public IReadOnlyList<LoadSample> Samples { get; init; } = [];

    /// <summary>How many times were within the bound of the 95th percentile; <c>null</c>: the percentile itself must be compared.</summary>
    public long? Within { get; init; }

    /// <summary>How late the last request was begun: the rate was not kept.</summary>
    public TimeSpan Behind { get; init; }

    /// <summary>Why the generator, not the service, made it late or slow; <c>null</c>: it did not.</summary>
    public string? Overloaded { get; init; }
}

/// <summary>Requests that failed in one way.</summary>
/// <param name="Kind"><c>status 503</c>, <c>timeout</c>, <c>connection</c></param>
/// <param name="Example">the first of them, for people</param>
internal sealed record LoadFailure(string Kind, long Count, string Example);

/// <summary>One kind of request.</summary>
/// <param name="Name"><c>GET /products</c></param>
/// <param name="Count">of the times</param>
/// <param name="Mean">in milliseconds</param>
/// <param name="Bound">its own; <c>null</c>: the suite's</param>
internal sealed record RequestTimes(string Name, long Count, decimal Mean, TimeSpan? Bound);

/// <summary>A moment of a load.</summary>
/// <param name="Second">since measuring began</param>
/// <param name="Rate">requests that succeeded, a second</param>
/// <param name="Failed">that failed, a second</param>
/// <param name="Median">milliseconds, of the requests that were due then; <c>null</c>: none has a time</param>
internal sealed record LoadSample(decimal Second, decimal Rate, decimal Failed, decimal? Median, decimal? Percentile95, decimal? Percentile99);
