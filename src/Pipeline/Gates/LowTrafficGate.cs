using System.Globalization;
using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Watching;

namespace Pipeline.Gates;

/// <summary>The gate <c>lowTraffic</c>: requests a minute of all services together, over the last five whole minutes.</summary>
public static class LowTrafficGate
{
    private const int Minutes = 5;

    /// <summary>Asks CloudWatch.</summary>
    /// <param name="maximum">requests a minute</param>
    public static async Task<GateResult> Look(PipelineConfiguration configuration, AwsAccount aws, int maximum, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            var services = await new MeasuredServices(configuration, aws).All(cancel).ConfigureAwait(false);
            var groups = services.SelectMany(s => s.Before.TargetGroups).Distinct().ToList();
            if (groups.Count == 0)
            {
                return new GateResult("lowTraffic", Verdict.Passed, "no service takes requests yet", now) { Source = "CloudWatch" };
            }

            var end = TriggerEngine.Floor(now, TimeSpan.FromMinutes(1));
            var questions = groups.Select((g, i) => new MetricQuestion(string.Create(CultureInfo.InvariantCulture, $"requests{i}"), new MetricName("AWS/ApplicationELB", "RequestCount", new Dictionary<string, string> { ["TargetGroup"] = g.TargetGroup, ["LoadBalancer"] = g.LoadBalancer }), "Sum"));
            var answers = await aws.Metrics.Read([.. questions], TimeSpan.FromMinutes(1), end - TimeSpan.FromMinutes(Minutes), end, cancel).ConfigureAwait(false);
            return Judge(answers, maximum, now);
        }
        catch (PipelineException e) when (e is AwsRefusedException or AwsUnreachableException)
        {
            return new GateResult("lowTraffic", Verdict.NotEvaluable, $"requests could not be counted: {e.Message}", now) { Source = "CloudWatch", Next = "the same command again" };
        }
    }

    /// <summary>A load balancer that has had no request reports nothing: no data is no traffic, unless CloudWatch says that it did not answer wholly.</summary>
    internal static GateResult Judge(MetricAnswers answers, int maximum, DateTimeOffset now)
    {
        if (answers.Incomplete.Count > 0)
        {
            return new GateResult("lowTraffic", Verdict.NotEvaluable, "CloudWatch has not all of the last minutes yet", now) { Source = "CloudWatch", Threshold = $"{maximum}", Next = "the same command again in a minute" };
        }

        var busiest = answers.Points.Values.SelectMany(points => points).GroupBy(p => p.Key).Select(minute => minute.Sum(p => p.Value)).DefaultIfEmpty(0).Max();
        var low = busiest <= maximum;
        return new GateResult("lowTraffic", low ? Verdict.Passed : Verdict.Failed, $"{busiest:0} requests in the busiest of the last {Minutes} minutes{(low ? "" : $", more than {maximum}")}", now)
        {
            Value = $"{busiest:0}",
            Threshold = $"{maximum}",
            Source = "CloudWatch",
            Next = low ? null : "the same command again when there is less traffic",
        };
    }
}
