using Pipeline.LocalCloud.LoadBalancing;

namespace Pipeline.Tests.LocalCloud.LoadBalancing;

public sealed class TargetGroupMetricsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Test]
    public void Requests_are_counted_by_the_second_and_by_the_minute()
    {
        var time = new ManualTime(Noon);
        var metrics = new TargetGroupMetrics(time);
        foreach (var status in new[] { 200, 500, 0 })
        {
            metrics.Count(status, TimeSpan.FromSeconds(0.5));
            time.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.That(metrics.Within(Noon, Noon.AddHours(1), fine: true).Select(p => (p.Start, p.Requests)), Is.EqualTo(new[] { (Noon, 1L), (Noon.AddSeconds(2), 1L), (Noon.AddSeconds(4), 1L) }));
        var minute = metrics.Points.Single();
        Assert.That((minute.Requests, minute.Answers[2], minute.Answers[5], minute.Answers[0], minute.LatencySum), Is.EqualTo((3L, 1, 1, 1, 1.5)));
    }

    [Test]
    public void An_hour_of_seconds_and_a_day_of_minutes_are_kept()
    {
        var time = new ManualTime(Noon);
        var metrics = new TargetGroupMetrics(time);
        for (var i = 0; i < 2 * 60 * 60; i++)
        {
            metrics.Count(200, TimeSpan.Zero);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.That(metrics.Within(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, fine: true), Has.Count.EqualTo(3600));
        Assert.That(metrics.Points.Sum(p => p.Requests), Is.EqualTo(7200));
    }
}
