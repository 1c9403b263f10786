using Pipeline.Watching;
using static Pipeline.Tests.Watching.Series;

namespace Pipeline.Tests.Watching;

public sealed class TriggerEngineTests
{
    [Test]
    public void Five_points_above_five_percent_fire_at_the_end_of_the_fifth()
    {
        var fired = Errors(5.1, 5.1, 5.1, 5.1, 5.1).Fired.Single();

        Assert.That((fired.Trigger, fired.From, fired.To), Is.EqualTo((Trigger.ErrorRate, At(0), At(5))));
        Assert.That(fired.Text, Is.EqualTo("error rate 5.1 %, above 5.0 % for 5 points in a row"));
    }

    [Test]
    public void Exactly_five_percent_never_fires() => Assert.That(Errors(5, 5, 5, 5, 5, 5, 5, 5, 5, 5).Fired, Is.Empty);

    [Test]
    public void Four_points_do_not_fire()
    {
        var judged = Errors(50, 50, 50, 50);

        Assert.That(judged.Fired, Is.Empty);
        Assert.That(judged.Run(Trigger.ErrorRate).Length, Is.EqualTo(4));
    }

    [Test]
    public void A_healthy_point_in_between_begins_anew() => Assert.That(Errors(6, 6, 6, 6, 0, 6, 6, 6, 6).Fired, Is.Empty);

    [Test]
    public void A_missing_point_neither_counts_nor_resets()
    {
        Assert.That(Errors(6, 6, null, 6, 6).Fired, Is.Empty);
        Assert.That(Errors(6, 6, null, null, 6, 6, 6).Fired.Single().To, Is.EqualTo(At(7)));
    }

    [Test]
    public void No_errors_among_requests_are_healthy_and_no_requests_are_no_data()
    {
        Assert.That(Judge(Point(0, errors: null)).Run(Trigger.ErrorRate).Last, Is.Zero);
        var quiet = Judge(new MeasuredPoint(At(0)) { Cpu = 1, Memory = 1 });
        Assert.That((quiet.Run(Trigger.ErrorRate).Last, quiet.Run(Trigger.ErrorRate).BlindSince), Is.EqualTo(((double?)null, (DateTimeOffset?)At(0))));
    }

    [Test]
    public void A_point_with_too_few_requests_says_nothing()
    {
        var few = Judge([.. Enumerable.Range(0, 10).Select(i => Point(i, errors: 9, requests: 9))]);

        Assert.That(few.Fired, Is.Empty);
        Assert.That(few.Run(Trigger.ErrorRate).BlindSince, Is.EqualTo(At(0)));
        Assert.That(Judge([.. Enumerable.Range(0, 5).Select(i => Point(i, errors: 1, requests: 10))]).Fired, Has.Count.EqualTo(1));
    }

    [TestCase(2.0, 10, false)]
    [TestCase(2.001, 9, false)]
    [TestCase(2.001, 10, true)]
    public void Slow_answers_fire_after_ten_points_above_two_seconds(double seconds, int points, bool fires) =>
        Assert.That(Judge([.. Enumerable.Range(0, points).Select(i => Point(i, seconds: seconds))]).Fired.Any(f => f.Trigger == Trigger.ResponseTime), Is.EqualTo(fires));

    [TestCase(80, 15, false)]
    [TestCase(80.1, 14, false)]
    [TestCase(80.1, 15, true)]
    public void Cpu_and_memory_fire_after_fifteen_points_above_eighty_percent(double percent, int points, bool fires)
    {
        Assert.That(Judge([.. Enumerable.Range(0, points).Select(i => Point(i, cpu: percent))]).Fired.Any(f => f.Trigger == Trigger.Cpu), Is.EqualTo(fires));
        Assert.That(Judge([.. Enumerable.Range(0, points).Select(i => Point(i, memory: percent))]).Fired.Any(f => f.Trigger == Trigger.Memory), Is.EqualTo(fires));
    }

    [Test]
    public void Two_triggers_may_fire_in_the_same_point()
    {
        var points = Enumerable.Range(0, 10).Select(i => Point(i, errors: i >= 5 ? 100 : 0, seconds: 3)).ToList();

        Assert.That(Judge([.. points]).Fired.Select(f => (f.Trigger, f.To)), Is.EquivalentTo(new[] { (Trigger.ErrorRate, At(10)), (Trigger.ResponseTime, At(10)) }));
    }

    [Test]
    public void A_run_that_fired_and_ended_within_the_points_is_still_reported() => Assert.That(Errors(6, 6, 6, 6, 6, 0, 0).Fired, Has.Count.EqualTo(1));

    [Test]
    public void A_run_fires_once_however_long_it_is() => Assert.That(Errors([.. Enumerable.Repeat<double?>(6, 30)]).Fired, Has.Count.EqualTo(1));

    [TestCase(double.NaN, 1000d, "NaN errors of 1000 requests")]
    [TestCase(-1d, 1000d, "-1 errors of 1000 requests")]
    [TestCase(3d, 0d, "3 errors of 0 requests")]
    [TestCase(3d, null, "3 errors of  requests")]
    [TestCase(1d, double.PositiveInfinity, "1 errors of ∞ requests")]
    public void A_value_that_is_no_number_is_inconclusive_and_kept(double errors, double? requests, string raw)
    {
        var judged = Judge(new MeasuredPoint(At(0)) { Errors = errors, Requests = requests });

        Assert.That(judged.Fired, Is.Empty);
        Assert.That(judged.Run(Trigger.ErrorRate), Is.EqualTo(new TriggerRun(Trigger.ErrorRate) { BlindSince = At(0) }));
        Assert.That(judged.After.Odd.First(o => o.Trigger == Trigger.ErrorRate), Is.EqualTo(new OddValue(Trigger.ErrorRate, At(0), raw.Replace("∞", "Infinity", StringComparison.Ordinal))));
    }

    [Test]
    public void An_inconclusive_point_neither_counts_nor_resets() =>
        Assert.That(Judge([.. Enumerable.Range(0, 7).Select(i => Point(i, errors: i is 2 or 4 ? double.NaN : 100))]).Fired.Single().To, Is.EqualTo(At(7)));

    [Test]
    public void The_unfinished_point_is_not_judged()
    {
        var judged = TriggerEngine.Judge(Service, [Point(0, errors: 100), Point(1, errors: 100)], At(1) + TimeSpan.FromSeconds(59), Settings, []);

        Assert.That((judged.Run(Trigger.ErrorRate).Length, judged.After.Watermark), Is.EqualTo((1, At(1))));
    }

    [Test]
    public void What_is_missing_at_the_end_may_still_come()
    {
        var first = TriggerEngine.Judge(Service, [Point(0, errors: 100)], At(60), Settings, []);
        var later = TriggerEngine.Judge(first.After, [.. Enumerable.Range(1, 4).Select(i => Point(i, errors: 100))], At(5), Settings, []);

        Assert.That(first.After.Watermark, Is.EqualTo(At(1)), "a clock that had jumped an hour ahead judged nothing it had not seen");
        Assert.That(TriggerEngine.BlindFor(first.After, first.Run(Trigger.ErrorRate), At(60)), Is.EqualTo(59 * Minute));
        Assert.That(later.Fired, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_clock_that_jumps_back_judges_no_point_twice()
    {
        var first = Errors(6, 6, 6);
        var back = TriggerEngine.Judge(first.After, [Point(0, errors: 100), Point(1, errors: 100)], At(2), Settings, []);

        Assert.That(back.After, Is.SameAs(first.After));
        Assert.That(TriggerEngine.BlindFor(back.After, back.Run(Trigger.ErrorRate), At(2)), Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void Marked_points_are_as_if_they_were_not_there()
    {
        var points = Enumerable.Range(0, 9).Select(i => Point(i, errors: 100)).ToList();
        var judged = TriggerEngine.Judge(Service, points, At(9), Settings, [new(At(1) + TimeSpan.FromSeconds(30), At(4) + TimeSpan.FromSeconds(1), "snapshot")]);

        Assert.That(judged.Fired.Single().To, Is.EqualTo(At(9)), "points 1 to 4 do not count");
        Assert.That(judged.Run(Trigger.ErrorRate).BlindSince, Is.Null);
    }

    [Test]
    public void A_blind_time_is_recorded_when_it_ends_and_was_longer_than_allowed()
    {
        MeasuredPoint[] points = [Point(0), .. Enumerable.Range(1, 16).Select(i => new MeasuredPoint(At(i)) { Cpu = 1, Memory = 1 }), Point(17)];
        var judged = TriggerEngine.Judge(Service, points, At(18), Settings, []);

        Assert.That(judged.After.Blind, Is.EqualTo(new[] { new BlindInterval(Trigger.ErrorRate, At(1), At(17)), new BlindInterval(Trigger.ResponseTime, At(1), At(17)) }));
        Assert.That(TriggerEngine.Judge(Service, [.. points[..16], Point(16)], At(17), Settings, []).After.Blind, Is.Empty, "15 minutes are allowed");
    }

    [Test]
    public void A_service_without_a_load_balancer_is_watched_for_cpu_and_memory_only() =>
        Assert.That(ServiceWatch.Begin(new MeasuredService("worker", "shop-prod", "worker"), Start).Runs.Select(r => r.Trigger), Is.EqualTo(new[] { Trigger.Cpu, Trigger.Memory }));
}
