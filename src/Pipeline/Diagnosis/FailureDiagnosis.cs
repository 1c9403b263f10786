using Pipeline.Aws;
using Pipeline.Deployments;
using Pipeline.Outcomes;

namespace Pipeline.Diagnosis;

/// <summary>Why a deployment failed: what was seen, whose fault it is, the last log lines, which change did it.</summary>
public sealed class FailureDiagnosis(AwsAccount aws, DeploymentOrder order)
{
    private const int LogLines = 8;

    /// <summary>Explains a failure. A read that fails here leaves its line out; it never hides the failure itself.</summary>
    public async Task<Explanation> Explain(DeploymentFailure failure, CancellationToken cancel)
    {
        var cause = failure.Reasons.Count > 0 ? string.Join('\n', failure.Reasons) : "CloudFormation named no reason";
        if (failure.Stack.Service is not { } service)
        {
            return failure.InMigration
                ? new Explanation($"the migration of {failure.Stack.Migrates!.Settings.Name} {failure.Stack.Migrates.Version} failed, so the service was not touched", [new Detail("what", cause)])
                : new Explanation($"stack {failure.Stack.StackName} could not be brought to what was asked", [new Detail("what", cause)]);
        }

        var details = new List<Detail>();
        var evidence = await Evidence(failure, cancel).ConfigureAwait(false);
        details.Add(new Detail("what", evidence?.What ?? cause));
        if (evidence is not null)
        {
            details.Add(new Detail("fault", $"application: {service.Settings.Name} {service.Version}, first seen {evidence.At:HH:mm:ss} UTC"));
        }

        if (evidence?.Log is { Count: > 0 } log)
        {
            details.Add(new Detail("log", string.Join('\n', log)));
        }

        if (order.Changes?.Services.FirstOrDefault(s => s.Service == service.Settings.Name) is { Due: true } decision)
        {
            details.Add(new Detail("changed", string.Join('\n', decision.Reasons)));
        }

        var headline = failure.Proof is null && evidence is not null
            ? $"{service.Settings.Name} never became healthy ({Reporting.Words.Count(evidence.Stopped, "task")} stopped)"
            : $"{service.Settings.Name}: {(failure.Reasons is [var first, ..] ? first : "its stack failed")}";
        return new Explanation(headline, details);
    }

    private async Task<Seen?> Evidence(DeploymentFailure failure, CancellationToken cancel)
    {
        try
        {
            var since = order.Record.StartedAt;
            foreach (var service in await aws.ServicesOf(failure.Stack.StackName, cancel).ConfigureAwait(false))
            {
                var stopped = (await aws.Services.Tasks(service.ClusterArn, service.Name, cancel).ConfigureAwait(false))
                    .Where(t => t.Status == "STOPPED" && t.Created >= since && !t.TidiedUp && t.Containers.Any(c => c.Image == failure.Stack.Service!.Image))
                    .OrderByDescending(t => t.Created).ToList();
                if (stopped is [var newest, ..])
                {
                    return new Seen(What(newest, service), newest.Created ?? since, stopped.Count, await Log(stopped, cancel).ConfigureAwait(false));
                }
            }

            return null;
        }
        catch (PipelineException)
        {
            return null;
        }
    }

    private static string What(TaskState task, ServiceState service)
    {
        var lines = new List<string>();
        if (service.Events.FirstOrDefault(e => e.Message.Contains("unhealthy", StringComparison.Ordinal) && e.Time >= task.Created) is { } unhealthy)
        {
            lines.Add(unhealthy.Message);
        }

        lines.Add($"task {task.Id} stopped: {task.StoppedReason ?? "without a reason"}");
        lines.AddRange(task.Containers.Where(c => c.ExitCode is not null || c.Reason is not null)
            .Select(c => $"container {c.Name}{(c.ExitCode is { } code ? $" ended with exit code {code}" : "")}{(c.Reason is { } reason ? $" ({reason})" : "")}"));
        return string.Join('\n', lines);
    }

    private async Task<IReadOnlyList<string>> Log(IReadOnlyList<TaskState> tasks, CancellationToken cancel)
    {
        foreach (var task in tasks)
        {
            foreach (var log in task.Containers.Select(c => c.Log).OfType<LogStreamName>())
            {
                if (await aws.TaskLogs.Last(log, LogLines, cancel).ConfigureAwait(false) is { Count: > 0 } lines)
                {
                    return [.. lines.Select(l => $"{task.Id[..Math.Min(8, task.Id.Length)]}  {l.Text}")];
                }
            }
        }

        return [];
    }

    private sealed record Seen(string What, DateTimeOffset At, int Stopped, IReadOnlyList<string> Log);
}
