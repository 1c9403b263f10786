using System.Globalization;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Gates;

/// <summary>The gate <c>freeze</c>: times at which nothing is deployed.</summary>
public static class FreezeGate
{
    /// <summary>Whether a freeze holds.</summary>
    public static GateResult Look(IReadOnlyList<FreezeSettings> freezes, DateTimeOffset now)
    {
        var holding = freezes.Select(f => (Freeze: f, Until: Ends(f, now))).FirstOrDefault(f => f.Until is not null);
        return holding.Until is { } until
            ? new GateResult("freeze", Verdict.Failed, $"freeze '{holding.Freeze.Name}' holds until {until.UtcDateTime:yyyy-MM-dd HH:mm} UTC", now)
            {
                Value = holding.Freeze.Name,
                Source = "pipeline.yml",
                Next = $"wait until {until.UtcDateTime:yyyy-MM-dd HH:mm} UTC",
            }
            : new GateResult("freeze", Verdict.Passed, freezes.Count == 0 ? "none is configured" : $"none of {freezes.Count} holds", now) { Source = "pipeline.yml" };
    }

    /// <summary>The end of a freeze that holds now; <c>null</c>: it does not hold.</summary>
    internal static DateTimeOffset? Ends(FreezeSettings freeze, DateTimeOffset now)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(freeze.Zone);
        if (freeze.Days.Count == 0)
        {
            var (from, until) = (freeze.From is null ? DateTimeOffset.MinValue : Absolute(freeze.From, zone), freeze.Until is null ? DateTimeOffset.MaxValue : Absolute(freeze.Until, zone));
            return now >= from && now < until ? until : null;
        }

        // A window that began yesterday may still be open.
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).DateTime);
        var open = new[] { today.AddDays(-1), today }.Where(day => freeze.Days.Contains(day.DayOfWeek)).Select(day => Window(freeze, day, zone)).Where(w => now >= w.From && now < w.Until).ToList();
        return open.Count == 0 ? null : open.Max(w => w.Until);
    }

    private static (DateTimeOffset From, DateTimeOffset Until) Window(FreezeSettings freeze, DateOnly day, TimeZoneInfo zone)
    {
        var from = TimeOfDay(freeze.From ?? "00:00");
        var until = TimeOfDay(freeze.Until ?? "24:00");
        var begins = day.ToDateTime(TimeOnly.MinValue) + from;
        var ends = day.ToDateTime(TimeOnly.MinValue) + until + (until > from ? TimeSpan.Zero : TimeSpan.FromDays(1));
        return (In(zone, begins), In(zone, ends));
    }

    private static TimeSpan TimeOfDay(string text) => text == "24:00" ? TimeSpan.FromDays(1) : TimeOnly.ParseExact(text, "HH:mm", CultureInfo.InvariantCulture).ToTimeSpan();

    private static DateTimeOffset Absolute(string text, TimeZoneInfo zone) =>
        In(zone, DateTime.ParseExact(text, ["yyyy-MM-dd", "yyyy-MM-dd HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None));

    /// <summary>A time that the clocks skip in spring is the moment at which they skip it.</summary>
    private static DateTimeOffset In(TimeZoneInfo zone, DateTime local)
    {
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(1);
        }

        return new DateTimeOffset(local, zone.GetUtcOffset(local));
    }
}
