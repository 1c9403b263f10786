using Pipeline.Checks.Load;
using Pipeline.Configuration;

namespace Pipeline.Tests.Checks.Load;

/// <summary>What is counted of a load's requests.</summary>
public sealed class LoadRecorderTests
{
    private static readonly LoadSettings Load = new("api", 100, 50, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1))
    {
        Requests = [new LoadRequest("/products", "GET", null, 1, null), new LoadRequest("/", "GET", null, 1, TimeSpan.FromSeconds(3))],
    };

    private LoadRecorder _recorder = null!;

    [SetUp]
    public void Begin() => _recorder = new LoadRecorder(Load, TimeSpan.FromMilliseconds(200));

    [Test]
    public void The_warm_up_is_not_measured()
    {
        Answer(0, 10_000);
        Answer(999, 10_000);
        Answer(1000, 20);

        Assert.That(_recorder.Read(0).Times!.Mean, Is.EqualTo(20m));
    }

    [Test]
    public void A_time_counts_from_when_the_request_was_due_and_not_from_when_somebody_was_free()
    {
        _recorder.Add(new LoadAnswer(new Due(100, TimeSpan.FromSeconds(1), false), 0, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3.5), null));

        Assert.That(_recorder.Read(0).Times!.Longest, Is.EqualTo(2500m));
    }

    [Test]
    public void An_error_that_comes_at_once_makes_no_mean_look_better_and_a_timeout_counts_as_long_as_it_was_waited_for()
    {
        Answer(1000, 100);
        Answer(1010, 1, "status 503");
        Answer(1020, 1, "connection");
        Answer(1030, 300, LoadRecorder.Timeout);

        var measured = _recorder.Read(0);

        Assert.Multiple(() =>
        {
            Assert.That((measured.Requests, measured.Succeeded, measured.Times!.Count, measured.Times.Mean), Is.EqualTo((4L, 1L, 2L, 200m)));
            Assert.That(measured.Failures.Select(f => (f.Kind, f.Count)), Is.EquivalentTo(new[] { ("status 503", 1L), ("connection", 1L), ("timeout", 1L) }));
            Assert.That(measured.Within, Is.EqualTo(1));
        });
    }

    [TestCase(100, 10, ExpectedResult = 10)]
    [TestCase(100, 1000, ExpectedResult = 9.1)]
    [TestCase(50, 0, ExpectedResult = 50 / 4.9)]
    public double The_rate_is_what_succeeded_within_the_loads_time_or_the_part_of_it_that_it_had(int requests, int milliseconds)
    {
        _recorder = new LoadRecorder(Load with { Rate = 10 }, TimeSpan.FromMilliseconds(200));
        for (var i = 0; i < requests; i++)
        {
            Answer(1000 + (i * 100), milliseconds);
        }

        return (double)_recorder.Read(0).Rate;
    }

    [Test]
    public void Each_kind_of_request_has_a_mean()
    {
        Answer(1000, 10);
        Answer(1010, 30);
        Answer(1020, 500, kind: 1);

        Assert.That(_recorder.Read(0).Kinds.Select(k => (k.Name, k.Count, k.Mean)), Is.EqualTo(new[] { ("GET /products", 2L, 20m), ("GET /", 1L, 500m) }));
    }

    [Test]
    public void Moments_show_when_it_was_slow_and_when_it_failed()
    {
        for (var i = 0; i < 100; i++)
        {
            Answer(1000 + (i * 100), i < 50 ? 10 : 1000, i is < 70 or >= 90 ? null : "status 500");
        }

        var samples = _recorder.Read(0).Samples;

        Assert.Multiple(() =>
        {
            Assert.That(samples, Has.Count.EqualTo(50));
            Assert.That((samples[0].Second, samples[0].Rate, samples[0].Failed), Is.EqualTo((0.1m, 10m, 0m)));
            Assert.That(samples[30].Median, Is.EqualTo(1000m));
            Assert.That(samples.Sum(s => s.Failed), Is.GreaterThan(0));
        });
    }

    private void Answer(double due, double milliseconds, string? failure = null, int kind = 0) => _recorder.Add(new LoadAnswer(
        new Due(0, TimeSpan.FromMilliseconds(due), true), kind, TimeSpan.FromMilliseconds(due), TimeSpan.FromMilliseconds(due + milliseconds), failure is null ? null : (failure, "GET /")));
}
