using Pipeline.LocalCloud.LoadBalancing;

namespace Pipeline.LocalCloud.Metrics;

/// <summary>What the load balancers count, under the names and dimensions of <c>AWS/ApplicationELB</c>.</summary>
internal static class LoadBalancerMetrics
{
    private const string Space = "AWS/ApplicationELB";

    /// <summary>Counts and latencies by target group, and their sums by load balancer.</summary>
    public static IEnumerable<MetricSource> Requests(Balancer balancer)
    {
        foreach (var (group, dimensions) in Placed(balancer))
        {
            foreach (var (name, unit, sample) in Counted(group.Metrics))
            {
                yield return new MetricSource(Metric.Of(Space, name, dimensions), unit, sample);
            }
        }

        foreach (var balanced in balancer.LoadBalancers.All)
        {
            var groups = Placed(balancer).Where(placed => placed.Dimensions.Any(dimension => dimension.Value == Name(balanced.Arn))).Select(placed => placed.Group).Distinct().ToList();
            foreach (var metric in groups.SelectMany(group => Counted(group.Metrics)).GroupBy(counted => (counted.Name, counted.Unit)))
            {
                yield return new MetricSource(Metric.Of(Space, metric.Key.Name, ("LoadBalancer", Name(balanced.Arn))), metric.Key.Unit, span => metric.SelectMany(counted => counted.Samples(span)));
            }
        }
    }

    public static IEnumerable<Gauge> Hosts(Balancer balancer)
    {
        foreach (var (group, dimensions) in Placed(balancer))
        {
            yield return new Gauge(Metric.Of(Space, "HealthyHostCount", dimensions), group.Targets.Count(target => target.State == TargetState.Healthy));
            yield return new Gauge(Metric.Of(Space, "UnHealthyHostCount", dimensions), group.Targets.Count(target => target.State == TargetState.Unhealthy));
        }
    }

    private static IEnumerable<(TargetGroup Group, IReadOnlyList<(string Name, string Value)> Dimensions)> Placed(Balancer balancer) =>
        from record in balancer.TargetGroups.All
        let found = balancer.Group(record.Arn)
        where found is not null
        from arn in balancer.LoadBalancersOf(record.Arn)
        select (found, (IReadOnlyList<(string, string)>)[("TargetGroup", record.Arn[record.Arn.IndexOf("targetgroup/", StringComparison.Ordinal)..]), ("LoadBalancer", Name(arn))]);

    private static IEnumerable<(string Name, string Unit, Func<Span, IEnumerable<(DateTimeOffset, Sample)>> Samples)> Counted(TargetGroupMetrics metrics)
    {
        // As on AWS there is no point for a time without such an answer.
        Func<Span, IEnumerable<(DateTimeOffset, Sample)>> Where(Func<MetricPoint, long> count) =>
            span => metrics.Within(span.From, span.To, span.Fine).Where(point => count(point) > 0).Select(point => (point.Start, Sample.Of(1, count(point))));

        yield return ("RequestCount", "Count", Where(point => point.Requests));
        for (var hundred = 2; hundred <= 5; hundred++)
        {
            var at = hundred;
            yield return ($"HTTPCode_Target_{at}XX_Count", "Count", Where(point => point.Answers[at]));
        }

        yield return ("HTTPCode_ELB_5XX_Count", "Count", Where(point => point.Answers[0]));
        yield return ("TargetConnectionErrorCount", "Count", Where(point => point.Answers[0]));
        yield return ("TargetResponseTime", "Seconds", span => metrics.Within(span.From, span.To, span.Fine).Where(point => point.Requests > 0).Select(point => (point.Start, Latency(point))));
    }

    private static Sample Latency(MetricPoint point) =>
        Sample.OfClasses(TargetGroupMetrics.Bounds.Append(double.PositiveInfinity).Zip(point.Latencies, (bound, count) => (bound, (double)count)), point.LatencySum, point.LatencyMax);

    private static string Name(string loadBalancerArn) => loadBalancerArn[(loadBalancerArn.IndexOf("loadbalancer/", StringComparison.Ordinal) + "loadbalancer/".Length)..];
}
