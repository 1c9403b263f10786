using System.Collections.Concurrent;

namespace Pipeline.LocalCloud.Metrics;

/// <summary>Samples of every metric by their second or minute. They are not kept across restarts: what was measured then says nothing about now.</summary>
internal sealed class MetricStore(TimeProvider time)
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(15);
    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);

    /// <summary>Metrics that other rooms measure.</summary>
    public IReadOnlyList<Func<IEnumerable<MetricSource>>> Sources { get; init; } = [];

    /// <param name="kind">the resolution in seconds (1 or 60) and the unit</param>
    public void Put(Metric metric, DateTimeOffset at, Sample sample, (int Resolution, string Unit) kind)
    {
        var series = _series.GetOrAdd(metric.Key, _ => new Series(metric));
        lock (series)
        {
            series.Unit = kind.Unit;
            var start = Floor(at, TimeSpan.FromSeconds(kind.Resolution));
            if (series.Samples.TryGetValue(start, out var known))
            {
                known.Add(sample);
            }
            else
            {
                series.Samples[start] = sample;
            }

            while (series.Samples.Count > 0 && series.Samples.First().Key < time.GetUtcNow() - Kept)
            {
                series.Samples.Remove(series.Samples.First().Key);
            }
        }
    }

    /// <summary>One sample for each period within [from, to) that has any, oldest first.</summary>
    public IReadOnlyList<(DateTimeOffset Start, Sample Sample)> Read(Metric metric, DateTimeOffset from, DateTimeOffset to, TimeSpan period)
    {
        var periods = new SortedDictionary<DateTimeOffset, Sample>();
        void Take(DateTimeOffset at, Sample sample)
        {
            if (at >= from && at < to)
            {
                var start = from + Math.Floor((at - from) / period) * period;
                (periods.TryGetValue(start, out var known) ? known : periods[start] = new Sample()).Add(sample);
            }
        }

        if (_series.TryGetValue(metric.Key, out var series))
        {
            lock (series)
            {
                foreach (var (at, sample) in series.Samples)
                {
                    Take(at, sample);
                }
            }
        }

        foreach (var (at, sample) in Measured().Where(source => source.Metric.Key == metric.Key).SelectMany(source => source.Samples()))
        {
            Take(at, sample);
        }

        return [.. periods.Select(entry => (entry.Key, entry.Value))];
    }

    public string Unit(Metric metric) =>
        _series.TryGetValue(metric.Key, out var series) ? series.Unit : Measured().FirstOrDefault(source => source.Metric.Key == metric.Key)?.Unit ?? "None";

    /// <summary>Every metric that has a sample after the given time.</summary>
    public IReadOnlyList<Metric> List(DateTimeOffset since)
    {
        var own = _series.Values.Where(series =>
        {
            lock (series)
            {
                return series.Samples.Count > 0 && series.Samples.Last().Key >= since;
            }
        }).Select(series => series.Metric);
        return [.. own.Concat(Measured().Where(source => source.Samples().Any(entry => entry.Time >= since)).Select(source => source.Metric))
            .DistinctBy(metric => metric.Key).OrderBy(metric => metric.Key, StringComparer.Ordinal)];
    }

    public static DateTimeOffset Floor(DateTimeOffset at, TimeSpan step) => new(at.UtcTicks - at.UtcTicks % step.Ticks, TimeSpan.Zero);

    private IEnumerable<MetricSource> Measured() => Sources.SelectMany(source => source());

    private sealed class Series(Metric metric)
    {
        public Metric Metric { get; } = metric;

        public string Unit { get; set; } = "None";

        public SortedDictionary<DateTimeOffset, Sample> Samples { get; } = [];
    }
}
