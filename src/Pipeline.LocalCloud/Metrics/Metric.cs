namespace Pipeline.LocalCloud.Metrics;

internal sealed record Dimension(string Name, string Value);

/// <summary>What is measured: a name within a namespace, once for each combination of dimensions.</summary>
internal sealed record Metric(string Namespace, string Name, IReadOnlyList<Dimension> Dimensions)
{
    public string Key { get; } = string.Join('\n', [Namespace, Name, .. Dimensions.OrderBy(dimension => dimension.Name, StringComparer.Ordinal).Select(dimension => $"{dimension.Name}={dimension.Value}")]);

    public static Metric Of(string space, string name, params IReadOnlyList<(string Name, string Value)> dimensions) =>
        new(space, name, [.. dimensions.Select(dimension => new Dimension(dimension.Name, dimension.Value))]);
}

/// <summary>Which samples are asked for.</summary>
/// <param name="From">the earliest start</param>
/// <param name="To">itself not part of it</param>
/// <param name="Fine">by the second where that is known, for periods below a minute</param>
internal sealed record Span(DateTimeOffset From, DateTimeOffset To, bool Fine);

/// <summary>A metric that another room measures: its samples are asked for when somebody reads them.</summary>
internal sealed record MetricSource(Metric Metric, string Unit, Func<Span, IEnumerable<(DateTimeOffset Time, Sample Sample)>> Samples);

/// <summary>A value that is only known now, to be written down regularly.</summary>
internal sealed record Gauge(Metric Metric, double Value, string Unit = "Count");
