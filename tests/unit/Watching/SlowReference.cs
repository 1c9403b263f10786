using Pipeline.Configuration;
using Pipeline.Watching;

namespace Pipeline.Tests.Watching;

/// <summary>The triggers by their definition, without a running state: for every point it goes back through everything that came before.</summary>
internal static class SlowReference
{
    public static List<(Trigger Trigger, DateTimeOffset To)> Fired(IReadOnlyList<MeasuredPoint> points, DateTimeOffset start, WatchSettings settings, IReadOnlyList<MarkedInterval> marked)
    {
        var fired = new List<(Trigger, DateTimeOffset)>();
        var last = points.Where(p => p.HasData).Select(p => p.Start).DefaultIfEmpty(start - settings.Point).Max();
        for (var end = start; end <= last; end += settings.Point)
        {
            foreach (var trigger in (Trigger[])[Trigger.ErrorRate, Trigger.ResponseTime, Trigger.Cpu, Trigger.Memory])
            {
                var needed = TriggerEngine.Limit(trigger, settings).Points;
                if (Above(trigger, points, end, settings, marked) == true && Run(trigger, points, start, end, settings, marked) == needed)
                {
                    fired.Add((trigger, end + settings.Point));
                }
            }
        }

        return fired;
    }

    /// <summary>Breaches up to a point without a healthy one between them.</summary>
    private static int Run(Trigger trigger, IReadOnlyList<MeasuredPoint> points, DateTimeOffset start, DateTimeOffset end, WatchSettings settings, IReadOnlyList<MarkedInterval> marked)
    {
        var count = 0;
        for (var at = end; at >= start; at -= settings.Point)
        {
            var above = Above(trigger, points, at, settings, marked);
            if (above == false)
            {
                break;
            }

            count += above == true ? 1 : 0;
        }

        return count;
    }

    /// <returns><c>null</c>: the point says nothing</returns>
    private static bool? Above(Trigger trigger, IReadOnlyList<MeasuredPoint> points, DateTimeOffset at, WatchSettings settings, IReadOnlyList<MarkedInterval> marked)
    {
        if (marked.Any(m => Enumerable.Range(0, (int)settings.Point.TotalSeconds).Any(second => m.From < at.AddSeconds(second + 1) && at.AddSeconds(second) < m.To)))
        {
            return null;
        }

        var point = points.LastOrDefault(p => p.Start == at);
        return point is null ? null : trigger switch
        {
            Trigger.ErrorRate => Good(point.Requests) && point.Requests >= settings.MinimumRequests && (point.Errors is null || Good(point.Errors)) ? (point.Errors ?? 0) * 100 > settings.ErrorRate.Above * point.Requests : null,
            Trigger.ResponseTime => Good(point.Requests) && point.Requests >= settings.MinimumRequests && Good(point.ResponseSeconds) && Good(point.Responses) && point.Responses > 0 ? point.ResponseSeconds > settings.ResponseTime.Above * point.Responses : null,
            Trigger.Cpu => Good(point.Cpu) ? point.Cpu > settings.Cpu.Above : null,
            _ => Good(point.Memory) ? point.Memory > settings.Memory.Above : null,
        };
    }

    private static bool Good(double? value) => value is { } number && double.IsFinite(number) && number >= 0;
}
