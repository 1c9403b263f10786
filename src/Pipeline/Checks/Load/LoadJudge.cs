using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Checks.Load;

/// <summary>Judges what a load measured by its targets, nothing rounded. What was not measured is not judged, and no pass.</summary>
/// <param name="load">what was asked for</param>
/// <param name="before">the figures of the release before; <c>null</c>: there are none</param>
internal sealed class LoadJudge(PerformanceTargets targets, LoadSettings load, EarlierFigures? before)
{
    /// <summary>Fewer say nothing about a 95th percentile.</summary>
    public const int Fewest = 100;

    private const int NamedFailures = 3;
    private const int TolerancePercent = 5;
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(250);

    /// <summary>What had to be reached, for people.</summary>
    public static string Text(PerformanceTargets targets) =>
        $"{LoadText.Number(targets.Success)} % succeed, mean below {LoadText.Exact(targets.Mean)}, p95 within {LoadText.Exact(targets.Percentile95)}"
        + (targets.Rate is { } rate ? $", {LoadText.Number(rate)} a second" : "")
        + (targets.SlowerThanBefore is { } slower ? $", at most {LoadText.Number(slower)} % slower than the release before" : "");

    /// <summary>The verdict, and why; a finding for each target that was missed.</summary>
    public (Verdict Verdict, string Why, IReadOnlyList<Finding> Missed) Judge(LoadMeasurement measured, LoadFigures figures)
    {
        var late = measured.Behind > Max(Tolerance, load.Duration * TolerancePercent / 100);
        if (measured.Overloaded is { } why && (late || load.Rate == 0))
        {
            return (Verdict.NotEvaluable, $"the load generator itself could not keep up: {why}", []);
        }

        if (measured.Requests < Fewest)
        {
            return (Verdict.NotEvaluable, $"{measured.Requests} requests are too few to judge, {Fewest} are the least", []);
        }

        IReadOnlyList<Finding> missed = [.. new[] { Success(measured), Percentile(measured), Rate(measured), Slower(figures) }.Concat(Means(measured)).OfType<Finding>()];
        if (missed.Count > 0)
        {
            return (Verdict.Failed, Reporting.Words.Count(missed.Count, "target") + " missed", missed);
        }

        var few = measured.Kinds.Where(k => k.Bound is not null && k.Count < Fewest).Select(k => $"{k.Name} ({k.Count})").ToList();
        if (few.Count > 0 || (measured.Times?.Count ?? 0) < Fewest)
        {
            return (Verdict.NotEvaluable, $"too few requests were answered to judge their times, {Fewest} are the least: {(few.Count > 0 ? string.Join(", ", few) : measured.Times?.Count ?? 0)}", []);
        }

        return late
            ? (Verdict.NotEvaluable, $"{LoadText.Number(load.Rate)} requests a second could not be begun: all {load.Users} users were busy, and the last request waited {Reporting.Durations.Text(measured.Behind)}", [])
            : (Verdict.Passed, "", []);
    }

    /// <summary>How the mean compares, for people; empty: with nothing.</summary>
    public string Comparison(LoadFigures figures)
    {
        if (before is null || before.Figures.Load != figures.Load)
        {
            return before is null ? "" : $"release {before.Release} had another load: not compared";
        }

        return Change(figures) is { } change ? LoadText.Text($"{Math.Abs(change):0.#} % {(change < 0 ? "faster" : "slower")} than release {before.Release}") : "";
    }

    /// <summary>By how many percent the mean is longer than before; <c>null</c>: that cannot be said.</summary>
    private decimal? Change(LoadFigures figures) => before?.Figures is { Times.Mean: > 0 } earlier && earlier.Load == figures.Load && figures.Times is { } times
        ? (times.Mean - earlier.Times!.Mean) * 100 / earlier.Times.Mean
        : null;

    private Finding? Success(LoadMeasurement measured)
    {
        if (measured.Succeeded * 100m >= targets.Success * measured.Requests)
        {
            return null;
        }

        var how = measured.Failures.Take(NamedFailures).Select(f => $"{f.Count} × {f.Kind} ({f.Example})");
        var more = measured.Failures.Count > NamedFailures ? ", and others" : "";
        return new Finding("success", $"{LoadText.Number(measured.Succeeded * 100m / measured.Requests)} % of the requests succeeded, at least {LoadText.Number(targets.Success)} % must: {string.Join(", ", how)}{more}");
    }

    private Finding? Percentile(LoadMeasurement measured)
    {
        if (measured.Times is not { } times || (measured.Within is { } within ? within * 100 >= times.Count * 95 : times.Percentile95 <= LatencyHistogram.Milliseconds(targets.Percentile95)))
        {
            return null;
        }

        return new Finding("p95", $"95 % of the requests took up to {LoadText.Exact(times.Percentile95)}, it must be within {LoadText.Exact(targets.Percentile95)}");
    }

    private Finding? Rate(LoadMeasurement measured) => targets.Rate is { } rate && measured.Rate < rate
        ? new Finding("rate", $"{LoadText.Number(measured.Rate)} requests a second succeeded, at least {LoadText.Number(rate)} must")
        : null;

    private Finding? Slower(LoadFigures figures) => targets.SlowerThanBefore is { } bound && Change(figures) is { } change && change > bound
        ? new Finding("slower", $"the mean of {LoadText.Exact(figures.Times!.Mean)} is {LoadText.Number(change)} % longer than the {LoadText.Exact(before!.Figures.Times!.Mean)} of release {before.Release}, at most {LoadText.Number(bound)} % are allowed")
        : null;

    /// <summary>A request with a mean of its own is judged by that, all others together by the suite's.</summary>
    private IEnumerable<Finding?> Means(LoadMeasurement measured)
    {
        var own = measured.Kinds.Where(k => k.Bound is not null).ToList();
        var others = measured.Kinds.Except(own).Where(k => k.Count > 0).ToList();
        decimal? mean = own.Count == 0 ? measured.Times?.Mean : others.Count == 0 ? null : others.Sum(k => k.Mean * k.Count) / others.Sum(k => k.Count);
        return own.Where(k => k.Count > 0).Select(k => Mean(k.Name, k.Mean, k.Bound!.Value)).Append(mean is { } of ? Mean("", of, targets.Mean) : null);
    }

    private static Finding? Mean(string of, decimal mean, TimeSpan bound) => mean < LatencyHistogram.Milliseconds(bound)
        ? null
        : new Finding(of.Length == 0 ? "mean" : $"mean of {of}", $"the mean response time was {LoadText.Exact(mean)}, it must be below {LoadText.Exact(bound)}");

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
