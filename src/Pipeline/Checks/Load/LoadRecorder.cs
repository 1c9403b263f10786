using Pipeline.Configuration;

namespace Pipeline.Checks.Load;

/// <summary>What became of one request.</summary>
/// <param name="Kind">which of the load's requests it is</param>
/// <param name="Begun">since the beginning of the load</param>
/// <param name="Ended">the same</param>
/// <param name="Failure"><c>null</c>: it succeeded</param>
internal readonly record struct LoadAnswer(Due Due, int Kind, TimeSpan Begun, TimeSpan Ended, (string Kind, string Example)? Failure);

/// <summary>Counts what became of a load's requests, after the warm-up, in memory that does not grow with them.</summary>
/// <param name="bound">of the 95th percentile: what is within is counted, so that it can be judged exactly</param>
internal sealed class LoadRecorder(LoadSettings load, TimeSpan bound)
{
    public const string Timeout = "timeout";
    public const string NeverBegun = "never begun";
    private const int MostSlots = 60;
    private const decimal Busy = 0.8m;
    private static readonly TimeSpan ShortestSlot = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly LatencyHistogram _all = new();
    private readonly (long Count, Int128 Ticks)[] _kinds = new (long, Int128)[load.Requests.Count];
    private readonly Dictionary<string, LoadFailure> _failures = [];
    private readonly TimeSpan _slot = TimeSpan.FromTicks(Math.Max(ShortestSlot.Ticks, (load.Duration.Ticks + MostSlots - 1) / MostSlots));
    private readonly SortedDictionary<int, Slot> _slots = [];
    private (long Requests, long Succeeded, long InTime, long Within) _counts;
    private (TimeSpan At, TimeSpan Behind, bool Awaited) _last;
    private TimeSpan _until;

    /// <summary>How many requests were measured.</summary>
    public long Measured => _counts.Requests;

    public void Add(LoadAnswer answer)
    {
        var at = answer.Due.At - load.WarmUp;
        if (at < TimeSpan.Zero)
        {
            return;
        }

        lock (_lock)
        {
            _counts.Requests++;
            if (at >= _last.At)
            {
                _last = (at, answer.Begun - answer.Due.At, answer.Due.Awaited);
            }

            var ended = answer.Ended - load.WarmUp;
            _until = ended > _until ? ended : _until;
            Time(answer, at);
            var slot = SlotOf(ended);
            if (answer.Failure is var (kind, example))
            {
                slot.Failed++;
                _failures[kind] = _failures.TryGetValue(kind, out var known) ? known with { Count = known.Count + 1 } : new LoadFailure(kind, 1, example);
            }
            else
            {
                slot.Succeeded++;
                _counts.Succeeded++;
                _counts.InTime += ended <= load.Duration ? 1 : 0;
            }
        }
    }

    /// <param name="processors">how much of the machine's processors this process used meanwhile, from 0 to 1</param>
    public LoadMeasurement Read(decimal processors)
    {
        lock (_lock)
        {
            // Rounded up, a time may lie beyond the bound that it kept.
            var held = _counts.Within * 100 >= _all.Count * 95;
            var p95 = _all.Percentile(95);
            // Of a load that was stopped only the part that it had.
            var time = _counts.Requests < LoadRunner.Planned(load) && _until < load.Duration ? _until : load.Duration;
            return new LoadMeasurement(
                _counts.Requests,
                _counts.Succeeded,
                _all.Count == 0 ? null : new ResponseTimes(_all.Count, _all.Mean, _all.Percentile(50), held ? Math.Min(p95, LatencyHistogram.Milliseconds(bound)) : p95, _all.Percentile(99), LatencyHistogram.Milliseconds(_all.Longest)),
                time <= TimeSpan.Zero ? 0 : _counts.InTime / (time.Ticks / (decimal)TimeSpan.TicksPerSecond))
            {
                Failures = [.. _failures.Values.OrderByDescending(f => f.Count)],
                Kinds = [.. _kinds.Select((kind, i) => new RequestTimes(
                    $"{load.Requests[i].Method} {load.Requests[i].Path}", kind.Count, kind.Count == 0 ? 0 : (decimal)kind.Ticks / kind.Count / TimeSpan.TicksPerMillisecond, load.Requests[i].Mean))],
                Samples = [.. _slots.Where(s => _slot * s.Key < load.Duration).Select(s => s.Value.Read(s.Key, _slot))],
                Within = _counts.Within,
                Behind = _last.Behind,
                Overloaded = _last.Awaited ? "users were free and got no processor" : processors >= Busy ? LoadText.Text($"it used {processors * 100:0} % of this machine's processors") : null,
            };
        }
    }

    /// <summary>An error that comes at once must not make the mean look better; what was given up took at least as long as it was waited for.</summary>
    private void Time(LoadAnswer answer, TimeSpan at)
    {
        if (answer.Failure is { Kind: not (Timeout or NeverBegun) })
        {
            return;
        }

        // From the intended start, unless the timer was a fraction of a millisecond early.
        var time = answer.Ended - (answer.Begun < answer.Due.At ? answer.Begun : answer.Due.At);
        _all.Add(time);
        SlotOf(at).Times.Add(time);
        _counts.Within += time <= bound ? 1 : 0;
        var kind = _kinds[answer.Kind];
        _kinds[answer.Kind] = (kind.Count + 1, kind.Ticks + time.Ticks);
    }

    private Slot SlotOf(TimeSpan at)
    {
        // What ends after the load's end is one slot, which is not shown.
        var number = (int)Math.Min(at.Ticks / _slot.Ticks, MostSlots);
        return _slots.TryGetValue(number, out var slot) ? slot : _slots[number] = new Slot();
    }

    private sealed class Slot
    {
        public long Succeeded { get; set; }

        public long Failed { get; set; }

        public LatencyHistogram Times { get; } = new();

        public LoadSample Read(int number, TimeSpan length)
        {
            var seconds = length.Ticks / (decimal)TimeSpan.TicksPerSecond;
            decimal? Percentile(int percent) => Times.Count == 0 ? null : Times.Percentile(percent);
            return new LoadSample((number + 0.5m) * seconds, Succeeded / seconds, Failed / seconds, Percentile(50), Percentile(95), Percentile(99));
        }
    }
}
