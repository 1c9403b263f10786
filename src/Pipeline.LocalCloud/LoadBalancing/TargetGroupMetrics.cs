namespace Pipeline.LocalCloud.LoadBalancing;

/// <summary>What a target group answered in one span of time.</summary>
/// <param name="Start">of the second or the minute</param>
/// <param name="Answers">by class of the status code: <c>[2]</c> counts 2xx; <c>[0]</c> counts requests that no target answered</param>
/// <param name="Latencies">counts by <see cref="TargetGroupMetrics.Bounds"/></param>
internal sealed record MetricPoint(DateTimeOffset Start, long Requests, IReadOnlyList<int> Answers, double LatencySum, double LatencyMax, IReadOnlyList<int> Latencies);

/// <summary>Counts a target group's requests by the second, kept for an hour, and by the minute, kept for a day and an hour: a few hundred bytes each.</summary>
internal sealed class TargetGroupMetrics(TimeProvider clock)
{
    /// <summary>Upper bounds of the latency classes in seconds: 0.1 ms growing by a quarter each, to beyond a minute.</summary>
    public static readonly IReadOnlyList<double> Bounds = [.. Enumerable.Range(0, 64).Select(i => 0.0001 * Math.Pow(1.25, i))];

    private readonly Lock _lock = new();
    private readonly Track _seconds = new(TimeSpan.FromSeconds(1), 60 * 60);
    private readonly Track _minutes = new(TimeSpan.FromMinutes(1), 25 * 60);

    /// <summary>Minute by minute, oldest first; minutes without a request are missing.</summary>
    public IReadOnlyList<MetricPoint> Points => Within(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, fine: false);

    /// <summary>The points that begin in [from, to), oldest first; those without a request are missing.</summary>
    /// <param name="fine">second by second</param>
    public IReadOnlyList<MetricPoint> Within(DateTimeOffset from, DateTimeOffset to, bool fine)
    {
        lock (_lock)
        {
            return (fine ? _seconds : _minutes).Within(from, to);
        }
    }

    /// <param name="status">of the target's answer; 0 when it gave none</param>
    public void Count(int status, TimeSpan latency)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            _seconds.Count(now, status, latency.TotalSeconds);
            _minutes.Count(now, status, latency.TotalSeconds);
        }
    }

    /// <summary>The last so many spans of one length that had a request.</summary>
    private sealed class Track(TimeSpan length, int kept)
    {
        private readonly Queue<Bucket> _buckets = new();
        private Bucket? _current;

        public void Count(DateTimeOffset now, int status, double seconds)
        {
            var start = new DateTimeOffset(now.UtcTicks - now.UtcTicks % length.Ticks, TimeSpan.Zero);
            if (_current?.Start != start)
            {
                _buckets.Enqueue(_current = new Bucket(start));
                if (_buckets.Count > kept)
                {
                    _buckets.Dequeue();
                }
            }

            _current.Count(status, seconds);
        }

        public IReadOnlyList<MetricPoint> Within(DateTimeOffset from, DateTimeOffset to) => [.. _buckets.Where(bucket => bucket.Start >= from && bucket.Start < to).Select(bucket => bucket.Point())];
    }

    private sealed class Bucket(DateTimeOffset start)
    {
        private readonly int[] _answers = new int[6];
        private readonly int[] _latencies = new int[Bounds.Count + 1];
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
