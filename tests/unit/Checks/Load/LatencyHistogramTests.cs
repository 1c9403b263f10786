using Pipeline.Checks.Load;

namespace Pipeline.Tests.Checks.Load;

/// <summary>Times counted in bounded memory.</summary>
public sealed class LatencyHistogramTests
{
    [Test]
    public void The_mean_is_exact_and_a_percentile_is_a_nearest_rank()
    {
        var times = new LatencyHistogram();
        foreach (var microseconds in Enumerable.Range(1, 100))
        {
            times.Add(TimeSpan.FromMicroseconds(microseconds));
        }

        Assert.Multiple(() =>
        {
            Assert.That(times.Mean, Is.EqualTo(0.0505m));
            Assert.That(times.Percentile(50), Is.EqualTo(0.050m));
            Assert.That(times.Percentile(95), Is.EqualTo(0.095m));
            Assert.That(times.Percentile(99), Is.EqualTo(0.099m));
            Assert.That(times.Percentile(100), Is.EqualTo(0.1m));
        });
    }

    [TestCase(0.3)]
    [TestCase(12.34)]
    [TestCase(999.999)]
    [TestCase(5000.001)]
    [TestCase(86_400_000)]
    public void A_long_time_is_never_shown_shorter_and_at_most_one_percent_longer(double milliseconds)
    {
        var times = new LatencyHistogram();
        times.Add(TimeSpan.FromMilliseconds(milliseconds));
        times.Add(TimeSpan.FromMilliseconds(milliseconds * 3));

        Assert.That((double)times.Percentile(50), Is.InRange(milliseconds, milliseconds * 1.01));
    }

    [Test]
    public void Nothing_counted_is_nothing() => Assert.That((new LatencyHistogram().Mean, new LatencyHistogram().Percentile(95)), Is.EqualTo((0m, 0m)));
}
