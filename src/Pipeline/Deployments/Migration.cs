using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Deployments;

/// <summary>
/// A task that runs once before a service gets its new version. It is known by what it is, not by who started it: a run that was killed
/// leaves a task that the next one finds and waits for, so nothing runs twice.
/// </summary>
public sealed class Migration(AwsAccount aws, TimeProvider time)
{
    private const int LogLines = 8;
    private static readonly string[] Needed = ["TaskDefinition", "Cluster", "Subnets", "SecurityGroups"];

    /// <summary>What identifies a migration: the image and everything its stack was given.</summary>
    public static string Hash(PlannedStack stack) => Hashing.Of("migration", stack.StackName, stack.Hash, stack.Migrates!.Digest);

    /// <summary>Runs it, or waits for the one that runs already.</summary>
    /// <param name="stack">applied; with <see cref="PlannedStack.Migrates"/></param>
    /// <param name="release">id of the release that asks: a migration that failed for an earlier one is run again</param>
    /// <param name="progress">half a line for people</param>
    /// <returns>why it failed; <c>null</c>: its container ended with exit code 0</returns>
    public async Task<string?> Run(PlannedStack stack, string release, Action<string> progress, CancellationToken cancel)
    {
        var settings = stack.Migrates!.Settings.Migration!;
        var outputs = (await aws.Stacks.Describe(stack.StackName, cancel).ConfigureAwait(false))?.Outputs ?? new Dictionary<string, string>();
        if (Needed.Where(name => !outputs.ContainsKey(name)).ToList() is { Count: > 0 } missing)
        {
            return $"stack {stack.StackName} has no output {string.Join(", ", missing)}, which its migration needs";
        }

        var hash = Hash(stack);
        var request = new OneOffTaskRequest(outputs["Cluster"], outputs["TaskDefinition"], $"migration/{hash[..32]}", Hashing.Of(hash, release)[..64])
        {
            Subnets = Split(outputs["Subnets"]),
            SecurityGroups = Split(outputs["SecurityGroups"]),
            PublicAddress = outputs.GetValueOrDefault("AssignPublicIp") == "ENABLED",
        };
        try
        {
            var task = await Found(request, settings.Container, cancel).ConfigureAwait(false) ?? await Start(request, cancel).ConfigureAwait(false);
            return await Wait(task, request.Cluster, settings, progress, cancel).ConfigureAwait(false);
        }
        catch (AwsRefusedException e)
        {
            return e.Message;
        }
    }

    /// <summary>One that a killed run has left: running, or ended well.</summary>
    private async Task<TaskState?> Found(OneOffTaskRequest request, string container, CancellationToken cancel) =>
        (await aws.Services.TasksStartedBy(request.Cluster, request.StartedBy, cancel).ConfigureAwait(false))
            .Where(t => t.Status != "STOPPED" || t.Containers.Any(c => c.Name == container && c.ExitCode == 0))
            .OrderByDescending(t => t.Created)
            .FirstOrDefault();

    private async Task<TaskState> Start(OneOffTaskRequest request, CancellationToken cancel)
    {
        try
        {
            return await aws.Services.RunTask(request, cancel).ConfigureAwait(false);
        }
        catch (AwsUnreachableException)
        {
            // The answer was lost, perhaps not the request: the same token is the same task.
            return await aws.Services.RunTask(request, cancel).ConfigureAwait(false);
        }
    }

    private async Task<string?> Wait(TaskState task, string cluster, MigrationSettings settings, Action<string> progress, CancellationToken cancel)
    {
        var deadline = time.GetUtcNow() + settings.Deadline;
        var late = false;
        var ended = await Polling.Until(async () =>
        {
            task = await aws.Services.DescribeTasks(cluster, [task.Arn], cancel).ConfigureAwait(false) is [var now] ? now : task;
            progress($"migration {task.Status}");
            if (task.Status != "STOPPED" && !late && time.GetUtcNow() > deadline)
            {
                late = true;
                await aws.Services.StopTask(cluster, task.Arn, "the migration's deadline has passed", cancel).ConfigureAwait(false);
            }

            return (task.Status == "STOPPED", task);
        }, aws.PollInterval, settings.Deadline * 2, () => new PipelineException(ExitCode.Unknown, $"Migration task {task.Id} does not stop.", new Detail("next", $"aws ecs stop-task --cluster {cluster} --task {task.Id}, then the same command again")), cancel).ConfigureAwait(false);
        var container = ended.Container(settings.Container);
        return late ? await Failed(ended, container, $"it was stopped after {Reporting.Durations.Text(settings.Deadline)}", cancel).ConfigureAwait(false) : container switch
        {
            { ExitCode: 0 } => null,
            { ExitCode: { } code } => await Failed(ended, container, $"container {container.Name} ended with exit code {code}{(container.Reason is { } reason ? $" ({reason})" : "")}", cancel).ConfigureAwait(false),
            null => await Failed(ended, container, $"it has no container '{settings.Container}' (its containers: {string.Join(", ", ended.Containers.Select(c => c.Name))})", cancel).ConfigureAwait(false),
            _ => await Failed(ended, container, $"container {container.Name} has no exit code: {container.Reason ?? ended.StoppedReason ?? "it never started"}", cancel).ConfigureAwait(false),
        };
    }

    private async Task<string> Failed(TaskState task, ContainerState? container, string why, CancellationToken cancel)
    {
        IReadOnlyList<LogLine> log = [];
        try
        {
            log = container is { Log: { } stream } ? await aws.TaskLogs.Last(stream, LogLines, cancel).ConfigureAwait(false) : [];
        }
        catch (PipelineException)
        {
            // The failure itself is what matters.
        }

        return string.Join('\n', [$"migration task {task.Id} failed: {why}", .. log.Select(l => $"  {l.Text}")]);
    }

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
