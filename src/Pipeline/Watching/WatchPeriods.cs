using Pipeline.Outcomes;

namespace Pipeline.Watching;

/// <summary>Lengths of points that CloudWatch knows.</summary>
internal static class WatchPeriods
{
    /// <exception cref="UsageException">there are no such points</exception>
    public static void Demand(TimeSpan point, string environment, bool isAws)
    {
        var isWhole = point >= TimeSpan.FromMinutes(1) && point.Ticks % TimeSpan.TicksPerMinute == 0;
        if (isWhole || (!isAws && point.TotalSeconds is 1 or 5 or 10 or 20 or 30))
        {
            return;
        }

        throw new UsageException($"environments.{environment}.watch.point: {(isAws ? "AWS measures load balancers by the minute: whole minutes are needed" : "CloudWatch has points of 1, 5, 10, 20 or 30 seconds, or of whole minutes")}.",
            new Detail("next", "change it in pipeline.yml"));
    }
}
