namespace Pipeline.LocalCloud.Ecs;

/// <summary>The clock, and how many times faster than on AWS intervals run.</summary>
internal sealed record ScaledClock(TimeProvider Clock, double Scale)
{
    public DateTimeOffset Now => Clock.GetUtcNow();

    /// <summary>How long AWS's seconds last here.</summary>
    public TimeSpan Seconds(double onAws) => TimeSpan.FromSeconds(onAws / Scale);
}
