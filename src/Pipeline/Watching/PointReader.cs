using Pipeline.Aws;
using Pipeline.Outcomes;

namespace Pipeline.Watching;

/// <summary>What was read of a service.</summary>
/// <param name="Points">those with data</param>
public sealed record Readout(IReadOnlyList<MeasuredPoint> Points)
{
    /// <summary>Ids of the revision's tasks, as far as they are known.</summary>
    public IReadOnlyList<string> Tasks { get; init; } = [];

    /// <summary>CPU and memory are of the revision alone.</summary>
    public bool PerTask { get; init; }

    /// <summary>Deployments of the service that failed since the watch began: ARN and why.</summary>
    public IReadOnlyDictionary<string, string> FailedDeployments { get; init; } = new Dictionary<string, string>();
}

/// <summary>Reads the points of a revision from CloudWatch: requests by its target groups, CPU and memory by its tasks.</summary>
/// <param name="length">of a point</param>
public sealed class PointReader(AwsAccount aws, TimeSpan length)
{
    private const int MostTasks = 200;

    /// <summary>Reads the complete points between two times, and what else is known of the service.</summary>
    /// <param name="service">with the tasks known so far</param>
    /// <param name="begun">failed deployments since then count</param>
    /// <param name="from">start of the first point</param>
    /// <param name="to">end of the last point</param>
    /// <exception cref="PipelineException">AWS did not answer, or not wholly: that is no verdict about the service</exception>
    public async Task<Readout> Read(ServiceWatch service, DateTimeOffset begun, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        var known = await Tasks(service, cancel).ConfigureAwait(false);
        var points = from < to ? await Points(service.Measured, service.PerTask, known, from, to, cancel).ConfigureAwait(false) : ([], service.PerTask);
        return new Readout(points.Points) { Tasks = known, PerTask = points.PerTask, FailedDeployments = await Failed(service, begun, cancel).ConfigureAwait(false) };
    }

    /// <summary>Reads the complete points between two times.</summary>
    /// <param name="perTask">whole services do not count: the revision's tasks have been measured before</param>
    /// <param name="tasks">ids of the revision's tasks</param>
    /// <returns>the points with data, oldest first, and whether CPU and memory are of the revision alone</returns>
    /// <exception cref="PipelineException">AWS did not answer, or not wholly</exception>
    public async Task<(IReadOnlyList<MeasuredPoint> Points, bool PerTask)> Points(MeasuredService service, bool perTask, IReadOnlyList<string> tasks, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        var answers = await aws.Metrics.Read([.. PointMetrics.Of(service, tasks)], length, from, to, cancel).ConfigureAwait(false);
        return answers.Incomplete.Count > 0
            ? throw new PipelineException(ExitCode.Unknown, $"CloudWatch has not all of {service.Service}'s metrics at hand: {Reporting.Words.Count(answers.Incomplete.Count, "series")} incomplete.", new Detail("next", "./build.sh --target=Monitor"))
            : PointMetrics.Join(answers, perTask);
    }

    /// <summary>The revision's tasks: those seen before, and those of now.</summary>
    public async Task<IReadOnlyList<string>> Tasks(ServiceWatch service, CancellationToken cancel)
    {
        if (service.Measured.TaskDefinition is not { } definition)
        {
            return [];
        }

        var now = await aws.Services.Tasks(service.Measured.Cluster, service.Measured.EcsService, cancel).ConfigureAwait(false);
        return [.. service.Tasks.Union(now.Where(t => t.TaskDefinition == definition && t.Started is not null).Select(t => t.Id)).TakeLast(MostTasks)];
    }

    private async Task<IReadOnlyDictionary<string, string>> Failed(ServiceWatch service, DateTimeOffset begun, CancellationToken cancel)
    {
        var failed = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var arn in await aws.Services.ListDeployments(service.Measured.Cluster, service.Measured.EcsService, begun, cancel).ConfigureAwait(false))
        {
            if (!service.FailedDeployments.Contains(arn) && await aws.Services.DescribeDeployment(arn, cancel).ConfigureAwait(false) is { Succeeded: false } deployment
                && (deployment.RollbackReason is not null || deployment.Status.StartsWith("ROLLBACK_", StringComparison.Ordinal)))
            {
                failed[arn] = $"deployment {deployment.Status}: {deployment.RollbackReason ?? deployment.Reason ?? "AWS gives no reason"}";
            }
        }

        return failed;
    }
}
