using System.Text.Json.Nodes;
using Pipeline.LocalCloud.LoadBalancing;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.Registry;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>Where a container's port takes traffic from.</summary>
internal sealed record TargetBinding(string TargetGroupArn, string Container, int Port);

/// <summary>What all tasks of the cloud share.</summary>
/// <param name="TimeScale">divides AWS's intervals</param>
internal sealed record TaskEnvironment(EcsStore Store, TaskSurroundings Surroundings, Balancer Balancer, TimeProvider Clock, double TimeScale)
{
    public ContainerPlanner Planner { get; } = new(Surroundings);

    public PortAllocator Ports { get; } = new();
}

/// <summary>The life of one task, from its images to its last process.</summary>
internal sealed class TaskRunner(TaskEnvironment environment, TaskRecord initial, JsonObject definition, IReadOnlyList<TargetBinding> bindings, Action<TaskRunner> changed) : IDisposable
{
    private const int DefaultStopTimeout = 30;
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _starting = new();
    private readonly List<(JsonObject Definition, TaskProcess Process)> _processes = [];
    private readonly List<(TargetGroup Group, TargetAddress Address)> _targets = [];
    private TaskRecord _record = initial;
    private readonly string _id = initial.Id;
    private bool _disposed;
    private bool _cut;

    public TaskRecord Record
    {
        get
        {
            lock (_lock)
            {
                return _record;
            }
        }
    }

    public Task Finished { get; private set; } = Task.CompletedTask;

    /// <summary>Somebody asked it to stop: its end is no failure.</summary>
    public bool WasAsked => _stop.Task.IsCompleted;

    public bool IsStopping => Record is var now && (now.DesiredStatus == "STOPPED" || now.LastStatus is not ("PROVISIONING" or "PENDING" or "ACTIVATING" or "RUNNING"));

    /// <summary>Running, and healthy in every target group it belongs to.</summary>
    public bool IsHealthy => Record.LastStatus == "RUNNING" && !IsStopping && Targets().All(t => t.Target.State == TargetState.Healthy);

    /// <summary>The first target group that calls it unhealthy, with the reason.</summary>
    public (TargetGroup Group, Target Target)? Unhealthy => Targets().Where(t => t.Target.State == TargetState.Unhealthy).Select(t => ((TargetGroup, Target)?)t).FirstOrDefault();

    public void Start() => Finished = Task.Run(Live);

    /// <summary>Takes it out of its target groups, lets it finish its requests, ends its processes.</summary>
    public void Stop(string stopCode, string reason)
    {
        Change(r => r.DesiredStatus == "STOPPED" ? r : r with { DesiredStatus = "STOPPED", StopCode = r.StopCode ?? stopCode, StoppedReason = r.StoppedReason ?? reason, StoppingAt = environment.Clock.GetUtcNow() });
        _stop.TrySetResult();
        lock (_lock)
        {
            if (!_disposed)
            {
                _starting.Cancel();
            }
        }
    }

    /// <summary>Ends it at once, when the cloud itself ends.</summary>
    public void Cut()
    {
        _cut = true;
        Stop("TerminationNotice", "The embedded cloud was stopped.");
        lock (_lock)
        {
            _processes.ForEach(p => p.Process.Kill());
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _starting.Dispose();
        }
    }

    private IReadOnlyList<(TargetGroup Group, Target Target)> Targets()
    {
        lock (_lock)
        {
            return [.. _targets.Select(t => (t.Group, t.Group.Find(t.Address))).Where(t => t.Item2 is not null).Select(t => (t.Group, t.Item2!))];
        }
    }

    private async Task Live()
    {
        var home = Path.Combine(environment.Store.Folder, "tasks", _id);
        var ports = new List<int>();
        try
        {
            await Launch(home, ports);
            await Task.WhenAny([_stop.Task, .. _processes.Where(p => p.Definition.Flag("essential") ?? true).Select(p => p.Process.Exited)]);
            if (!WasAsked)
            {
                Change(r => r with { DesiredStatus = "STOPPED", StopCode = "EssentialContainerExited", StoppedReason = "Essential container in task exited", StoppingAt = environment.Clock.GetUtcNow() });
            }

            await End();
        }
        catch (Exception e) when (e is TaskStartFailure or ImageUnavailable || (e is OperationCanceledException && WasAsked))
        {
            await End();
            Change(r => r with { DesiredStatus = "STOPPED", StopCode = r.StopCode ?? "TaskFailedToStart", StoppedReason = r.StoppedReason ?? Reason(e) });
        }
        catch (Exception e)
        {
            await End();
            Change(r => r with { DesiredStatus = "STOPPED", StopCode = "TaskFailedToStart", StoppedReason = $"The embedded cloud could not run the task: {e.Message}" });
        }

        ports.ForEach(environment.Ports.Return);
        if (Directory.Exists(home))
        {
            Directory.Delete(home, recursive: true);
        }

        Change(r => r with { LastStatus = "STOPPED", StoppedAt = environment.Clock.GetUtcNow(), Containers = [.. r.Containers.Select(c => c with { LastStatus = "STOPPED" })] });
    }

    private static string Reason(Exception e) => e is ImageUnavailable ? $"CannotPullContainerError: pull image manifest has been retried 1 time(s): {e.Message}" : e.Message;

    private async Task Launch(string home, List<int> ports)
    {
        var cancel = _starting.Token;
        Directory.CreateDirectory(home);
        Change(r => r with { LastStatus = "PENDING", PullStartedAt = environment.Clock.GetUtcNow() });
        var plans = new List<(JsonObject Container, ProcessPlan Plan, Action<string> Log)>();
        foreach (var container in Containers())
        {
            var name = container.Text("name")!;
            var image = environment.Surroundings.Images.Resolve(container.Text("image")!);
            var mapped = new Dictionary<int, int>();
            foreach (var port in container.Objects("portMappings").Select(p => p.Int("containerPort") ?? 0))
            {
                ports.Add(mapped[port] = environment.Ports.Take());
            }

            Change(name, c => c with { ImageDigest = image.Digest, Ports = mapped });
            plans.Add((container, await environment.Planner.Plan(Record, container, definition, image, mapped, home, cancel), Log(container)));
        }

        Change(r => r with { LastStatus = "ACTIVATING", PullStoppedAt = environment.Clock.GetUtcNow() });
        lock (_lock)
        {
            foreach (var (container, plan, log) in plans)
            {
                cancel.ThrowIfCancellationRequested();
                var process = TaskProcess.Start(plan, log);
                _processes.Add((container, process));
                _ = Follow(container.Text("name")!, process);
            }

            foreach (var binding in bindings)
            {
                if (environment.Balancer.Group(binding.TargetGroupArn) is { } group
                    && _record.Containers.FirstOrDefault(c => c.Name == binding.Container)?.Ports.GetValueOrDefault(binding.Port) is { } port and > 0)
                {
                    var address = new TargetAddress(LoadBalancingService.Host, port);
                    group.Register(address);
                    _targets.Add((group, address));
                }
            }
        }

        Change(r => r with { LastStatus = "RUNNING", StartedAt = environment.Clock.GetUtcNow(), Containers = [.. r.Containers.Select(c => c.LastStatus == "PENDING" ? c with { LastStatus = "RUNNING" } : c)] });
    }

    private async Task Follow(string container, TaskProcess process)
    {
        var code = await process.Exited;
        Change(container, c => c with { LastStatus = "STOPPED", ExitCode = code });
    }

    /// <summary>The containers' definitions with the overrides of RunTask.</summary>
    private List<JsonObject> Containers()
    {
        var overrides = JsonNode.Parse(Record.Overrides)!.AsObject().Objects("containerOverrides");
        List<JsonObject> containers = [.. definition.Objects("containerDefinitions").Select(c => c.DeepClone().AsObject())];
        foreach (var container in containers)
        {
            if (overrides.FirstOrDefault(o => o.Text("name") == container.Text("name")) is { } given)
            {
                container["command"] = given["command"]?.DeepClone() ?? container["command"]?.DeepClone();
                container["environment"] = new JsonArray([.. container.Objects("environment").Concat(given.Objects("environment")).Select(e => e.DeepClone())]);
            }
        }

        return containers;
    }

    private Action<string> Log(JsonObject container)
    {
        if (container.Object("logConfiguration") is not { } log || log.Text("logDriver") != "awslogs")
        {
            return _ => { };
        }

        var options = log.Object("options") ?? [];
        var name = container.Text("name")!;
        var stream = options.Text("awslogs-stream-prefix") is { } prefix ? $"{prefix}/{name}/{_id}" : _id;
        try
        {
            var parts = Record.Arn.Split(':');
            return environment.Surroundings.OpenLog(options.Text("awslogs-group") ?? "", stream, options.Flag("awslogs-create-group") ?? false, (service, resource) => $"arn:aws:{service}:{parts[3]}:{parts[4]}:{resource}");
        }
        catch (AwsException refusal)
        {
            throw new TaskStartFailure($"ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: {refusal.Code}: {refusal.Message}");
        }
    }

    private async Task End()
    {
        List<(TargetGroup Group, TargetAddress Address)> targets;
        lock (_lock)
        {
            targets = [.. _targets];
        }

        if (targets.Count > 0)
        {
            Change(r => r with { LastStatus = "DEACTIVATING" });
            var drains = Task.WhenAll(targets.Select(t => t.Group.Deregister(t.Address, CancellationToken.None)));
            // A process that is gone has nothing to finish.
            await Task.WhenAny([drains, .. _processes.Where(p => p.Definition.Flag("essential") ?? true).Select(p => (Task)p.Process.Exited)]);
        }

        Change(r => r with { LastStatus = "STOPPING" });
        await Task.WhenAll(_processes.Select(p => EndProcess(p.Definition, p.Process)));
        Change(r => r with { LastStatus = "DEPROVISIONING" });
    }

    private async Task EndProcess(JsonObject container, TaskProcess process)
    {
        if (_cut)
        {
            process.Kill();
        }

        process.Terminate();
        var patience = TimeSpan.FromSeconds(container.Int("stopTimeout") ?? DefaultStopTimeout);
        try
        {
            await process.Exited.WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            process.Kill();
            await process.Exited;
        }

        var code = await process.Exited;
        Change(container.Text("name")!, c => c with { ExitCode = code, LastStatus = "STOPPED" });
    }

    private void Change(string container, Func<ContainerRecord, ContainerRecord> change) =>
        Change(r => r with { Containers = [.. r.Containers.Select(c => c.Name == container ? change(c) : c)] });

    private void Change(Func<TaskRecord, TaskRecord> change)
    {
        lock (_lock)
        {
            var next = change(_record);
            if (!ReferenceEquals(next, _record))
            {
                _record = next with { Version = _record.Version + 1 };
                environment.Store.Tasks.Put(_record.Arn, _record);
            }
        }

        changed(this);
    }
}
