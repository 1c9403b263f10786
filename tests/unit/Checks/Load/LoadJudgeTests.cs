using Pipeline.Checks.Load;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Checks.Load;

/// <summary>Targets: nothing rounded, nothing unmeasured passed.</summary>
public sealed class LoadJudgeTests
{
    private static readonly PerformanceTargets Targets = new(95, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5));
    private static readonly LoadSettings Load = new("api", 100, 50, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(2));

    [Test]
    public void Everything_within_its_target_passes() => Assert.That(Judge(Measured(), Targets), Is.EqualTo((Verdict.Passed, "")));

    [TestCase(950, ExpectedResult = "")]
    [TestCase(949, ExpectedResult = "success: 94.9 % of the requests succeeded, at least 95 % must: 51 × status 500 (GET /)")]
    public string Of_a_thousand_requests_950_must_succeed(long succeeded) =>
        Missed(Measured() with { Succeeded = succeeded, Failures = [new LoadFailure("status 500", 1000 - succeeded, "GET /")] }, Targets);

    [TestCase(1999.999999, ExpectedResult = "")]
    [TestCase(2000, ExpectedResult = "mean: the mean response time was 2 s, it must be below 2 s")]
    [TestCase(2000.0001, ExpectedResult = "mean: the mean response time was 2.0000001 s, it must be below 2 s")]
    public string The_mean_is_below_its_bound(decimal mean) => Missed(Measured(mean), Targets);

    [TestCase(950, ExpectedResult = "")]
    [TestCase(949, ExpectedResult = "p95: 95 % of the requests took up to 5.01 s, it must be within 5 s")]
    public string Of_a_thousand_times_950_must_be_within_the_95th_percentiles_bound(long within) => Missed(Measured(p95: 5010) with { Within = within }, Targets);

    [TestCase(5000, ExpectedResult = "")]
    [TestCase(5000.5, ExpectedResult = "p95: 95 % of the requests took up to 5.0005 s, it must be within 5 s")]
    public string Where_only_the_percentile_is_known_it_is_compared(decimal p95) => Missed(Measured(p95: p95) with { Within = null }, Targets);

    [TestCase(95, ExpectedResult = "")]
    [TestCase(94.999, ExpectedResult = "rate: 94.999 requests a second succeeded, at least 95 must")]
    public string A_rate_must_be_sustained(decimal rate) => Missed(Measured() with { Rate = rate }, Targets with { Rate = 95 });

    [Test]
    public void A_request_with_a_mean_of_its_own_is_judged_by_that_and_the_others_by_the_suites()
    {
        var pages = new RequestTimes("GET /", 500, 2900, TimeSpan.FromSeconds(3));
        var products = new RequestTimes("GET /products", 500, 1900, null);

        Assert.Multiple(() =>
        {
            Assert.That(Missed(Measured(2400) with { Kinds = [pages, products] }, Targets), Is.Empty);
            Assert.That(Missed(Measured(2400) with { Kinds = [pages with { Mean = 3000 }, products] }, Targets), Is.EqualTo("mean of GET /: the mean response time was 3 s, it must be below 3 s"));
            Assert.That(Missed(Measured(2400) with { Kinds = [pages, products with { Mean = 2000 }] }, Targets), Is.EqualTo("mean: the mean response time was 2 s, it must be below 2 s"));
        });
    }

    [Test]
    public void Each_missed_target_is_a_finding()
    {
        var (verdict, why, missed) = new LoadJudge(Targets, Load, null).Judge(Measured(6000, 9000) with { Succeeded = 0, Within = 0 }, Figures(6000));

        Assert.That((verdict, why, string.Join(' ', missed.Select(f => f.Rule))), Is.EqualTo((Verdict.Failed, "3 targets missed", "success p95 mean")));
    }

    [Test]
    public void Too_few_requests_are_no_pass_and_no_failure()
    {
        var few = Measured() with { Requests = 99, Succeeded = 99, Within = 99 };

        Assert.That(Judge(few, Targets), Is.EqualTo((Verdict.NotEvaluable, "99 requests are too few to judge, 100 are the least")));
    }

    [Test]
    public void Too_few_requests_of_a_kind_with_its_own_mean_are_no_pass()
    {
        var rare = Measured() with { Kinds = [new RequestTimes("GET /", 12, 10, TimeSpan.FromSeconds(3)), new RequestTimes("GET /products", 988, 10, null)] };

        Assert.That(Judge(rare, Targets), Is.EqualTo((Verdict.NotEvaluable, "too few requests were answered to judge their times, 100 are the least: GET / (12)")));
    }

    [Test]
    public void Where_nothing_was_answered_only_success_is_judged()
    {
        var nothing = Measured() with { Succeeded = 0, Times = null, Within = 0, Failures = [new LoadFailure("connection", 1000, "refused")] };

        Assert.That(Missed(nothing, Targets), Is.EqualTo("success: 0 % of the requests succeeded, at least 95 % must: 1000 × connection (refused)"));
    }

    [Test]
    public void Where_errors_are_allowed_the_few_answers_left_say_nothing_about_times()
    {
        var measured = Measured() with { Succeeded = 50, Within = 50, Times = new ResponseTimes(50, 1, 1, 1, 1, 1) };

        Assert.That(Judge(measured, Targets with { Success = 1 }).Verdict, Is.EqualTo(Verdict.NotEvaluable));
    }

    [Test]
    public void A_rate_that_the_generator_itself_could_not_keep_is_neither_pass_nor_failure()
    {
        var late = Measured(9000) with { Behind = TimeSpan.FromSeconds(20), Overloaded = "it used 97 % of this machine's processors" };

        Assert.That(Judge(late, Targets), Is.EqualTo((Verdict.NotEvaluable, "the load generator itself could not keep up: it used 97 % of this machine's processors")));
    }

    [Test]
    public void A_rate_that_all_users_together_could_not_keep_is_no_pass_and_slow_answers_are_a_failure()
    {
        var behind = Measured() with { Behind = TimeSpan.FromSeconds(1.6) };

        Assert.Multiple(() =>
        {
            Assert.That(Judge(behind, Targets), Is.EqualTo((Verdict.NotEvaluable, "100 requests a second could not be begun: all 50 users were busy, and the last request waited 1.6 s")));
            Assert.That(Judge(behind with { Behind = TimeSpan.FromSeconds(1.5) }, Targets).Verdict, Is.EqualTo(Verdict.Passed), "5 % of 30 s");
            Assert.That(Missed(behind with { Within = 900, Times = Measured(2500, 6000).Times }, Targets), Does.StartWith("p95: ").And.Contain("mean: "));
        });
    }

    [TestCase(120, 20, ExpectedResult = "")]
    [TestCase(120.0001, 20, ExpectedResult = "slower: the mean of 120.0001 ms is 20.0001 % longer than the 100 ms of release staging-1, at most 20 % are allowed")]
    [TestCase(80, 20, ExpectedResult = "")]
    public string What_is_slower_than_the_release_before_fails_where_the_file_says_so(decimal mean, decimal slower) =>
        Missed(Measured(mean), Targets with { SlowerThanBefore = slower }, new EarlierFigures("staging-1", Figures(100)));

    [Test]
    public void The_comparison_is_always_shown()
    {
        var judge = new LoadJudge(Targets, Load, new EarlierFigures("staging-1", Figures(100)));

        Assert.Multiple(() =>
        {
            Assert.That(judge.Comparison(Figures(103)), Is.EqualTo("3 % slower than release staging-1"));
            Assert.That(judge.Comparison(Figures(75)), Is.EqualTo("25 % faster than release staging-1"));
            Assert.That(judge.Comparison(Figures(75) with { Load = "another" }), Is.EqualTo("release staging-1 had another load: not compared"));
            Assert.That(new LoadJudge(Targets, Load, null).Comparison(Figures(75)), Is.Empty);
        });
    }

    [Test]
    public void With_another_load_nothing_is_judged_by_the_release_before()
    {
        var before = new EarlierFigures("staging-1", Figures(1) with { Load = "another" });

        Assert.That(Missed(Measured(), Targets with { SlowerThanBefore = 0 }, before), Is.Empty);
    }

    [Test]
    public void Figures_for_people_are_never_rounded_up()
    {
        var figures = Figures(12.4m) with { Requests = 100_000, Succeeded = 99_999, Rate = 99.99m };

        Assert.That(figures.ToString(), Is.EqualTo("100,000 requests, 99.99 % succeeded, mean 12 ms, p95 20 ms, 99.9 a second"));
    }

    [Test]
    public void Weighted_requests_come_in_the_same_order_each_as_often_as_its_weight_says_and_spread() => Assert.Multiple(() =>
    {
        Assert.That(LoadRunner.Turns([5, 1, 1]), Is.EqualTo(new[] { 0, 0, 1, 0, 2, 0, 0 }));
        Assert.That(LoadRunner.Turns([1]), Is.EqualTo(new[] { 0 }));
        Assert.That(LoadRunner.Turns([1000, 1]).Count(t => t == 1), Is.EqualTo(1));
    });

    private static LoadMeasurement Measured(decimal mean = 12, decimal p95 = 31) => new(1000, 1000, new ResponseTimes(1000, mean, mean, p95, p95, p95), 100)
    {
        Within = 1000,
        Kinds = [new RequestTimes("GET /", 1000, mean, null)],
    };

    private static LoadFigures Figures(decimal mean) => new("speed", "staging", "load")
    {
        Requests = 1000,
        Succeeded = 1000,
        Rate = 100,
        Times = new ResponseTimes(1000, mean, mean, 20, 20, 20),
    };

    private static (Verdict Verdict, string Why) Judge(LoadMeasurement measured, PerformanceTargets targets)
    {
        var (verdict, why, _) = new LoadJudge(targets, Load, null).Judge(measured, Figures(measured.Times?.Mean ?? 0));
        return (verdict, why);
    }

    private static string Missed(LoadMeasurement measured, PerformanceTargets targets, EarlierFigures? before = null)
    {
        var (verdict, _, missed) = new LoadJudge(targets, Load, before).Judge(measured, Figures(measured.Times?.Mean ?? 0));
        Assert.That(verdict, Is.EqualTo(missed.Count > 0 ? Verdict.Failed : Verdict.Passed));
        return string.Join(" | ", missed.Select(f => $"{f.Rule}: {f.Message}"));
    }
}
