using System.Collections.Concurrent;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>What a new task is made of.</summary>
/// <param name="Group"><c>service:NAME</c> or <c>family:NAME</c></param>
internal sealed record NewTask(ClusterRecord Cluster, TaskDefinitionRecord Definition, string Group, string? StartedBy)
{
    public IReadOnlyList<TargetBinding> Bindings { get; init; } = [];

    public string Overrides { get; init; } = "{}";

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    public string? CapacityProvider { get; init; }

    public Action<TaskRunner> Changed { get; init; } = _ => { };
}

/// <summary>All tasks that live now.</summary>
internal sealed class TaskPool(TaskEnvironment environment)
{
    private readonly ConcurrentDictionary<string, TaskRunner> _running = new(StringComparer.Ordinal);
    private volatile bool _closed;

    public IEnumerable<TaskRunner> Running => _running.Values;

    public TaskRunner? Find(string arn) => _running.GetValueOrDefault(arn);

    public TaskRunner Start(NewTask task)
    {
        if (_closed)
        {
            throw new AwsException("ServerException", "The embedded cloud is stopping.", 503);
        }

        var definition = task.Definition.Read();
        var id = Guid.NewGuid().ToString("N");
        var record = new TaskRecord(task.Cluster.Arn.Replace(":cluster/", ":task/", StringComparison.Ordinal) + "/" + id, task.Cluster.Arn, task.Definition.Arn, task.Group, task.StartedBy, environment.Clock.GetUtcNow())
        {
            Containers = [.. definition.Objects("containerDefinitions").Select(c => new ContainerRecord(c.Text("name")!, c.Text("image")!)
            {
                IsEssential = c.Flag("essential") ?? true,
                IsChecked = c.Object("healthCheck") is not null,
            })],
            CapacityProvider = task.CapacityProvider,
            Overrides = task.Overrides,
            Tags = task.Tags,
        };
        environment.Store.Tasks.Put(record.Arn, record);
        var runner = new TaskRunner(environment, record, definition, task.Bindings, task.Changed);
        _running[record.Arn] = runner;
        runner.Start();
        _ = Forget(runner);
        return runner;
    }

    /// <summary>Tasks of a former life of the cloud ended with it.</summary>
    public void Recover()
    {
        foreach (var task in environment.Store.Tasks.All.Where(t => t.LastStatus != "STOPPED" && !_running.ContainsKey(t.Arn)).ToList())
        {
            environment.Store.Tasks.Put(task.Arn, task with
            {
                LastStatus = "STOPPED",
                DesiredStatus = "STOPPED",
                StopCode = task.StopCode ?? "TerminationNotice",
                StoppedReason = task.StoppedReason ?? "The embedded cloud was stopped.",
                StoppedAt = environment.Clock.GetUtcNow(),
                Containers = [.. task.Containers.Select(c => c with { LastStatus = "STOPPED" })],
            });
        }

        var homes = Path.Combine(environment.Store.Folder, "tasks");
        if (Directory.Exists(homes))
        {
            foreach (var home in Directory.EnumerateDirectories(homes).Where(h => environment.Store.Tasks.All.All(t => t.Id != Path.GetFileName(h) || t.LastStatus == "STOPPED")))
            {
                Directory.Delete(home, recursive: true);
            }
        }
    }

    /// <summary>As on AWS, a stopped task can be looked at for an hour.</summary>
    public void Sweep()
    {
        var limit = environment.Clock.GetUtcNow() - EcsStore.StoppedTasksKept;
        foreach (var task in environment.Store.Tasks.All.Where(t => t.StoppedAt < limit).ToList())
        {
            environment.Store.Tasks.Remove(task.Arn);
        }

        foreach (var token in environment.Store.Runs.Keys.Where(key => environment.Store.Runs.Find(key)?.Tasks.All(arn => environment.Store.Tasks.Find(arn) is null) == true).ToList())
        {
            environment.Store.Runs.Remove(token);
        }
    }

    public async Task Close()
    {
        _closed = true;
        var left = _running.Values.ToList();
        left.ForEach(runner => runner.Cut());
        await Task.WhenAll(left.Select(runner => runner.Finished));
    }

    private async Task Forget(TaskRunner runner)
    {
        await runner.Finished;
        _running.TryRemove(runner.Record.Arn, out _);
        runner.Dispose();
    }
}
