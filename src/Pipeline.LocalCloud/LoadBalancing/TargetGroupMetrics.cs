namespace Pipeline.LocalCloud.LoadBalancing;

/// <summary>What a target group answered in one minute.</summary>
/// <param name="Minute">its start</param>
/// <param name="Answers">by class of the status code: <c>[2]</c> counts 2xx; <c>[0]</c> counts requests that no target answered</param>
/// <param name="Latencies">counts by <see cref="TargetGroupMetrics.Bounds"/></param>
internal sealed record MetricPoint(DateTimeOffset Minute, long Requests, IReadOnlyList<long> Answers, double LatencySum, double LatencyMax, IReadOnlyList<long> Latencies);

/// <summary>Counts a target group's requests minute by minute; the last day and an hour are kept.</summary>
internal sealed class TargetGroupMetrics(TimeProvider clock)
{
    private const int Kept = 25 * 60;

    /// <summary>Upper bounds of the latency classes in seconds: 0.1 ms growing by a quarter each, to beyond a minute.</summary>
    public static readonly IReadOnlyList<double> Bounds = [.. Enumerable.Range(0, 64).Select(i => 0.0001 * Math.Pow(1.25, i))];

    private readonly Lock _lock = new();
    private readonly Queue<Minute> _minutes = new();
    private Minute? _current;

    public IReadOnlyList<MetricPoint> Points
    {
        get
        {
            lock (_lock)
            {
                return [.. _minutes.Select(m => m.Point())];
            }
        }
    }

    /// <param name="status">of the target's answer; 0 when it gave none</param>
    public void Count(int status, TimeSpan latency)
    {
        var now = clock.GetUtcNow();
        var start = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, now.Minute, 0, TimeSpan.Zero);
        lock (_lock)
        {
            if (_current?.Start != start)
            {
                _minutes.Enqueue(_current = new Minute(start));
                if (_minutes.Count > Kept)
                {
                    _minutes.Dequeue();
                }
            }

            _current.Count(status, latency.TotalSeconds);
        }
    }

    private sealed class Minute(DateTimeOffset start)
    {
        private readonly long[] _answers = new long[6];
        private readonly long[] _latencies = new long[Bounds.Count + 1];
        private long _requests;
        private double _sum;
        private double _max;

        public DateTimeOffset Start { get; } = start;

        public void Count(int status, double seconds)
        {
            _requests++;
            _answers[Math.Clamp(status / 100, 0, 5)]++;
            _sum += seconds;
            _max = Math.Max(_max, seconds);
            var at = 0;
            while (at < Bounds.Count && seconds > Bounds[at])
            {
                at++;
            }

            _latencies[at]++;
        }

        public MetricPoint Point() => new(Start, _requests, [.. _answers], _sum, _max, [.. _latencies]);
    }
}
