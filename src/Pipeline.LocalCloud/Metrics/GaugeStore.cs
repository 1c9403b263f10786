using System.Collections.Concurrent;

namespace Pipeline.LocalCloud.Metrics;

/// <summary>
/// Values that the rooms measure again and again: by the second for an hour, by the minute for a day and an hour, some forty bytes each.
/// A time in which nobody measured stays empty; a metric that nobody measures any more is forgotten a day later.
/// </summary>
internal sealed class GaugeStore
{
    private static readonly TimeSpan SecondsKept = TimeSpan.FromHours(1);
    private static readonly TimeSpan MinutesKept = TimeSpan.FromHours(25);
    private readonly ConcurrentDictionary<string, Series> _series = new(StringComparer.Ordinal);

    public IEnumerable<MetricSource> Sources => _series.Values.Select(series => new MetricSource(series.Metric, series.Unit, series.Samples));

    /// <summary>Writes down what was measured; of one metric there may be several values, such as one for each task.</summary>
    public void Put(IEnumerable<Gauge> gauges, DateTimeOffset now)
    {
        foreach (var gauge in gauges)
        {
            _series.GetOrAdd(gauge.Metric.Key, _ => new Series(gauge.Metric, gauge.Unit)).Add(gauge.Value, now);
        }
    }

    public void Forget(DateTimeOffset now)
    {
        foreach (var (key, series) in _series)
        {
            if (series.IsOver(now))
            {
                _series.TryRemove(key, out _);
            }
        }
    }

    private sealed class Series(Metric metric, string unit)
    {
        private readonly Lock _lock = new();
        private readonly Track _seconds = new(TimeSpan.FromSeconds(1), SecondsKept);
        private readonly Track _minutes = new(MetricStore.Minute, MinutesKept);

        public Metric Metric => metric;

        public string Unit => unit;

        public void Add(double value, DateTimeOffset now)
        {
            lock (_lock)
            {
                _seconds.Add(value, now);
                _minutes.Add(value, now);
            }
        }

        public IEnumerable<(DateTimeOffset, Sample)> Samples(Span span)
        {
            lock (_lock)
            {
                return (span.Fine ? _seconds : _minutes).Within(span);
            }
        }

        public bool IsOver(DateTimeOffset now)
        {
            lock (_lock)
            {
                return _minutes.Newest < now - MinutesKept;
            }
        }
    }

    private record struct Slot(DateTimeOffset Start, double Sum, int Count, double Minimum, double Maximum);

    private sealed class Track(TimeSpan length, TimeSpan kept)
    {
        private readonly List<Slot> _slots = [];
        private int _first;

        public DateTimeOffset Newest => _slots.Count == 0 ? DateTimeOffset.MinValue : _slots[^1].Start;

        public void Add(double value, DateTimeOffset now)
        {
            var start = MetricStore.Floor(now, length);
            if (_slots.Count > 0 && _slots[^1].Start == start)
            {
                var slot = _slots[^1];
                _slots[^1] = slot with { Sum = slot.Sum + value, Count = slot.Count + 1, Minimum = Math.Min(slot.Minimum, value), Maximum = Math.Max(slot.Maximum, value) };
                return;
            }

            _slots.Add(new Slot(start, value, 1, value, value));
            while (_slots[_first].Start < now - kept)
            {
                _first++;
            }

            // Dropped in bulk: the list is moved once for many.
            if (_first > 600)
            {
                _slots.RemoveRange(0, _first);
                _first = 0;
            }
        }

        public IReadOnlyList<(DateTimeOffset, Sample)> Within(Span span) =>
            [.. _slots.Skip(_first).Where(slot => slot.Start >= span.From && slot.Start < span.To).Select(slot => (slot.Start, Sample.OfSet(slot.Sum, slot.Count, slot.Minimum, slot.Maximum)))];
    }
}
