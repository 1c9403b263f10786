using System.Collections.Concurrent;

namespace Pipeline.LocalCloud.Metrics;

/// <summary>Samples of every metric by their second or minute. They are not kept across restarts: what was measured then says nothing about now.</summary>
internal sealed class MetricStore(TimeProvider time)
{
    public static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
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
            series.Add(at, sample, kind.Resolution, time.GetUtcNow());
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
                foreach (var (at, sample) in series.All)
                {
                    Take(at, sample);
                }
            }
        }

        var span = new Span(from, to, period < Minute);
        foreach (var (at, sample) in Measured().Where(source => source.Metric.Key == metric.Key).SelectMany(source => source.Samples(span)))
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
                return series.All.Any(entry => entry.Key >= since);
            }
        }).Select(series => series.Metric);
        var span = new Span(since, DateTimeOffset.MaxValue, Fine: false);
        return [.. own.Concat(Measured().Where(source => source.Samples(span).Any()).Select(source => source.Metric))
            .DistinctBy(metric => metric.Key).OrderBy(metric => metric.Key, StringComparer.Ordinal)];
    }

    public static DateTimeOffset Floor(DateTimeOffset at, TimeSpan step) => new(at.UtcTicks - at.UtcTicks % step.Ticks, TimeSpan.Zero);

    private IEnumerable<MetricSource> Measured() => Sources.SelectMany(source => source());

    /// <summary>As on AWS, seconds are known for three hours and then only as part of their minute, minutes for fifteen days.</summary>
    private sealed class Series(Metric metric)
    {
        private static readonly TimeSpan SecondsKept = TimeSpan.FromHours(3);
        private static readonly TimeSpan MinutesKept = TimeSpan.FromDays(15);
        private readonly SortedDictionary<DateTimeOffset, Sample> _seconds = [];
        private readonly SortedDictionary<DateTimeOffset, Sample> _minutes = [];

        public Metric Metric { get; } = metric;

        public string Unit { get; set; } = "None";

        public IEnumerable<KeyValuePair<DateTimeOffset, Sample>> All => _minutes.Concat(_seconds);

        public void Add(DateTimeOffset at, Sample sample, int resolution, DateTimeOffset now)
        {
            Add(resolution == 1 ? _seconds : _minutes, Floor(at, TimeSpan.FromSeconds(resolution)), sample);
            while (_seconds.Count > 0 && _seconds.First() is var second && second.Key < now - SecondsKept)
            {
                _seconds.Remove(second.Key);
                Add(_minutes, Floor(second.Key, Minute), second.Value);
            }

            while (_minutes.Count > 0 && _minutes.First().Key is var oldest && oldest < now - MinutesKept)
            {
                _minutes.Remove(oldest);
            }
        }

        private static void Add(SortedDictionary<DateTimeOffset, Sample> samples, DateTimeOffset start, Sample sample)
        {
            if (samples.TryGetValue(start, out var known))
            {
                known.Add(sample);
            }
            else
            {
                samples[start] = sample;
            }
        }
    }
}
