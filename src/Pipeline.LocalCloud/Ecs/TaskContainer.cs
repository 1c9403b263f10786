using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>One container of a task: its process, and what the others wait for.</summary>
/// <param name="definition">the definition's members, overrides applied</param>
internal sealed class TaskContainer(JsonObject definition)
{
    /// <summary>How long Fargate waits for a container that others depend on.</summary>
    private const int DefaultStartTimeout = 180;

    private readonly TaskCompletionSource<ITaskProcess> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _healthy = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public JsonObject Definition { get; } = definition;

    public string Name { get; } = definition.Text("name")!;

    public bool IsEssential { get; } = definition.Flag("essential") ?? true;

    public bool HasHealthCheck { get; } = definition.Object("healthCheck") is not null;

    /// <summary><c>null</c> until it is started.</summary>
    public ITaskProcess? Process { get; private set; }

    public void RunsAs(ITaskProcess process)
    {
        Process = process;
        _started.TrySetResult(process);
    }

    /// <summary>It will never start: who depends on it learns why.</summary>
    public void Fail(Exception reason)
    {
        _started.TrySetException(reason);
        // Nobody may be waiting.
        _ = _started.Task.Exception;
    }

    public void IsHealthy() => _healthy.TrySetResult();

    /// <param name="condition">of the public enum ContainerCondition</param>
    /// <exception cref="TaskStartFailure">it cannot come to that any more, or not in time</exception>
    public async Task Reaches(string condition, CancellationToken cancel)
    {
        var patience = TimeSpan.FromSeconds(Definition.Int("startTimeout") ?? DefaultStartTimeout);
        try
        {
            await Await(condition).WaitAsync(patience, cancel);
        }
        catch (TimeoutException)
        {
            throw Unresolved(condition, $"within {patience.TotalSeconds:0} seconds");
        }
    }

    private async Task Await(string condition)
    {
        var process = await _started.Task;
        switch (condition)
        {
            case "START":
                return;
            case "HEALTHY":
                if (await Task.WhenAny(_healthy.Task, process.Exited) != _healthy.Task)
                {
                    throw Unresolved(condition, "before it ended");
                }

                return;
            default:
                if (await process.Exited is not 0 and var code && condition == "SUCCESS")
                {
                    throw Unresolved(condition, $"but ended with {code}");
                }

                return;
        }
    }

    private TaskStartFailure Unresolved(string condition, string how) => new($"Task failed to start: container '{Name}', which others depend on, did not reach {condition} {how}");
}
