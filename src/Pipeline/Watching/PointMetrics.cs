using System.Globalization;
using Pipeline.Aws;

namespace Pipeline.Watching;

/// <summary>Which metrics a point is made of, and the point made of their values.</summary>
internal static class PointMetrics
{
    private const string Balancer = "AWS/ApplicationELB";
    private const string Insights = "ECS/ContainerInsights";

    public static IEnumerable<MetricQuestion> Of(MeasuredService service, IReadOnlyList<string> tasks)
    {
        for (var i = 0; i < service.TargetGroups.Count; i++)
        {
            var dimensions = Named(("TargetGroup", service.TargetGroups[i].TargetGroup), ("LoadBalancer", service.TargetGroups[i].LoadBalancer));
            yield return Ask(Id("requests", i), Balancer, "RequestCount", dimensions, "Sum");
            yield return Ask(Id("errors", i), Balancer, "HTTPCode_Target_5XX_Count", dimensions, "Sum");
            yield return Ask(Id("lost", i), Balancer, "TargetConnectionErrorCount", dimensions, "Sum");
            yield return Ask(Id("seconds", i), Balancer, "TargetResponseTime", dimensions, "Sum");
            yield return Ask(Id("answers", i), Balancer, "TargetResponseTime", dimensions, "SampleCount");
        }

        var family = service.TaskDefinition is { } arn ? arn[(arn.LastIndexOf('/') + 1)..].Split(':')[0] : "";
        for (var i = 0; i < tasks.Count; i++)
        {
            var dimensions = Named(("ClusterName", service.Cluster), ("TaskDefinitionFamily", family), ("TaskId", tasks[i]));
            yield return Ask(Id("taskCpu", i), Insights, "TaskCpuUtilization", dimensions, "Average");
            yield return Ask(Id("taskMemory", i), Insights, "TaskMemoryUtilization", dimensions, "Average");
        }

        var whole = Named(("ClusterName", service.Cluster), ("ServiceName", service.EcsService));
        yield return Ask("cpu", "AWS/ECS", "CPUUtilization", whole, "Average");
        yield return Ask("memory", "AWS/ECS", "MemoryUtilization", whole, "Average");
    }

    /// <summary>Values that begin together are one point.</summary>
    public static (IReadOnlyList<MeasuredPoint> Points, bool PerTask) Join(MetricAnswers answers, bool perTask)
    {
        var series = answers.Points.ToLookup(a => a.Key.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'), a => a.Value, StringComparer.Ordinal);
        perTask |= series["taskCpu"].Concat(series["taskMemory"]).Any(values => values.Count > 0);
        var starts = answers.Points.Values.SelectMany(values => values.Keys).Distinct().Order();
        return ([.. starts.Select(start => new MeasuredPoint(start)
        {
            Requests = Sum("requests", start),
            Errors = Sum("errors", start) is var errors && Sum("lost", start) is { } lost ? (errors ?? 0) + lost : errors,
            ResponseSeconds = Sum("seconds", start),
            Responses = Sum("answers", start),
            Cpu = Mean(perTask ? "taskCpu" : "cpu", start),
            Memory = Mean(perTask ? "taskMemory" : "memory", start),
        }).Where(p => p.HasData)], perTask);

        double? Sum(string name, DateTimeOffset start) => Values(name, start) is { Count: > 0 } values ? values.Sum() : null;

        double? Mean(string name, DateTimeOffset start) => Values(name, start) is { Count: > 0 } values ? values.Average() : null;

        List<double> Values(string name, DateTimeOffset start) => [.. series[name].Where(values => values.ContainsKey(start)).Select(values => values[start])];
    }

    private static string Id(string name, int number) => string.Create(CultureInfo.InvariantCulture, $"{name}{number}");

    private static MetricQuestion Ask(string id, string space, string name, IReadOnlyDictionary<string, string> dimensions, string statistic) =>
        new(id, new MetricName(space, name, dimensions), statistic);

    private static Dictionary<string, string> Named(params (string Name, string Value)[] dimensions) => dimensions.ToDictionary(d => d.Name, d => d.Value, StringComparer.Ordinal);
}
