using Pipeline.Configuration;

namespace Pipeline.Watching;

/// <summary>A trigger that fired.</summary>
/// <param name="Service">the service's name</param>
/// <param name="From">start of the first breach, UTC</param>
/// <param name="To">end of the point that made it fire, UTC</param>
/// <param name="Text">half a sentence: value, limit, points</param>
public sealed record Firing(string Service, Trigger Trigger, DateTimeOffset From, DateTimeOffset To, string Text);

/// <summary>What a number of points brought.</summary>
/// <param name="After">the service's record after them</param>
/// <param name="Fired">in the points' order; also those whose run a later point ended</param>
public sealed record Judgement(ServiceWatch After, IReadOnlyList<Firing> Fired);

/// <summary>Judges points: nothing but arithmetic, so that the same points always give the same verdict.</summary>
public static class TriggerEngine
{
    private const int OddKept = 20;
    private const int BlindKept = 50;

    /// <summary>
    /// Judges every point from the watermark to the last one that has data. What lies behind that may still come, or the clock is wrong:
    /// it is judged as missing once a later point has data; how long it is missing is <see cref="BlindFor"/>.
    /// </summary>
    /// <param name="points">what was measured since the watermark, in any order</param>
    /// <param name="end">end of the last complete point</param>
    /// <param name="marked">intervals whose points are left out</param>
    public static Judgement Judge(ServiceWatch before, IReadOnlyList<MeasuredPoint> points, DateTimeOffset end, WatchSettings settings, IReadOnlyList<MarkedInterval> marked)
    {
        var length = settings.Point;
        var known = points.Where(p => p.HasData && p.Start >= before.Watermark && p.Start + length <= end).GroupBy(p => p.Start).ToDictionary(g => g.Key, g => g.Last());
        if (known.Count == 0)
        {
            return new Judgement(before, []);
        }

        var (after, fired, settled) = (before, new List<Firing>(), known.Keys.Max() + length);
        for (var start = before.Watermark; start < settled; start += length)
        {
            var point = known.GetValueOrDefault(start) ?? new MeasuredPoint(start);
            var isMarked = marked.Any(m => m.From < point.Start + length && m.To > point.Start);
            // First the runs: on the way they add to the rest of the record.
            TriggerRun[] runs = [.. after.Runs.Select(run => Next(run, point, isMarked))];
            after = after with { Runs = runs };
        }

        return new Judgement(after with { Watermark = settled }, fired);

        TriggerRun Next(TriggerRun run, MeasuredPoint point, bool isMarked)
        {
            var reading = isMarked ? new Reading(ReadingKind.Marked) : Reading.Of(run.Trigger, point, settings);
            var limit = Limit(run.Trigger, settings);
            var next = run.Next(reading, point.Start, limit.Points);
            if (reading.Kind == ReadingKind.Inconclusive)
            {
                after = after with { Odd = [.. after.Odd.Append(new OddValue(run.Trigger, point.Start, reading.Raw!)).TakeLast(OddKept)] };
            }

            if (run.BlindSince is { } since && next.BlindSince is null && point.Start - since > settings.Blind)
            {
                after = after with { Blind = [.. after.Blind.Append(new BlindInterval(run.Trigger, since, point.Start)).TakeLast(BlindKept)] };
            }

            if (next.Fired && !run.Fired)
            {
                fired.Add(new Firing(before.Measured.Service, run.Trigger, next.Since!.Value, point.Start + length, WatchWords.Fired(run.Trigger, next, limit)));
            }

            return next;
        }
    }

    /// <summary>How long a trigger has had no data at the end of the last complete point; zero: it has.</summary>
    public static TimeSpan BlindFor(ServiceWatch service, TriggerRun run, DateTimeOffset end) =>
        (run.BlindSince ?? (service.Watermark < end ? service.Watermark : null)) is { } since && end > since ? end - since : TimeSpan.Zero;

    /// <summary>The limit of a trigger.</summary>
    public static TriggerSettings Limit(Trigger trigger, WatchSettings settings) => trigger switch
    {
        Trigger.ErrorRate => settings.ErrorRate,
        Trigger.ResponseTime => settings.ResponseTime,
        Trigger.Cpu => settings.Cpu,
        _ => settings.Memory,
    };

    /// <summary>The last multiple of a point's length that is not after a time.</summary>
    public static DateTimeOffset Floor(DateTimeOffset at, TimeSpan length) => new(at.UtcTicks - at.UtcTicks % length.Ticks, TimeSpan.Zero);

    /// <summary>The first multiple of a point's length that is not before a time.</summary>
    public static DateTimeOffset Ceiling(DateTimeOffset at, TimeSpan length) => Floor(at + length - TimeSpan.FromTicks(1), length);
}
