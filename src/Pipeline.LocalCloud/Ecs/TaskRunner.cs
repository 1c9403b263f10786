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
    private readonly List<TaskContainer> _containers = [];
    private readonly TaskCompletionSource _essentialEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
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

    /// <summary>Running, and healthy by its own health checks and in every target group it belongs to.</summary>
    public bool IsHealthy => Record is { LastStatus: "RUNNING" } now && !IsStopping && HealthOf(now) != "UNHEALTHY" && (HealthOf(now) == "HEALTHY" || !IsChecked)
        && Targets().All(t => t.Target.State == TargetState.Healthy);

    /// <summary>An essential container fails its own health check.</summary>
    public bool FailsOwnHealthCheck => HealthOf(Record) == "UNHEALTHY";

    /// <summary>The first target group that calls it unhealthy, with the reason.</summary>
    public (TargetGroup Group, Target Target)? Unhealthy => Targets().Where(t => t.Target.State == TargetState.Unhealthy).Select(t => ((TargetGroup, Target)?)t).FirstOrDefault();

    /// <summary>What it runs as.</summary>
    public IReadOnlyList<int> ProcessIds => [.. Started().Where(c => !c.Process!.Exited.IsCompleted).Select(c => c.Process!.Id).OfType<int>()];

    /// <summary>What it reserves; <c>null</c>: nothing.</summary>
    public Reservation? Reservation => field ??= Reservation.Of(Overridden());

    private bool IsChecked => definition.Objects("containerDefinitions").Any(c => (c.Flag("essential") ?? true) && c.Object("healthCheck") is not null);

    /// <summary>A task's health is that of its essential containers with a health check: unknown while one of them is.</summary>
    public static string HealthOf(TaskRecord task)
    {
        var checks = task.Containers.Where(c => c.IsEssential && c.IsChecked).Select(c => c.Health).ToList();
        return checks.Contains("UNHEALTHY") ? "UNHEALTHY" : checks.Count == 0 || checks.Contains("UNKNOWN") ? "UNKNOWN" : "HEALTHY";
    }

    public void Start() => Finished = Task.Run(Live);

    public void Tag(IReadOnlyDictionary<string, string> tags) => Change(r => r with { Tags = tags });

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
            _containers.ForEach(c => c.Process?.Kill());
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
            await Task.WhenAny(_stop.Task, _essentialEnded.Task);
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
        using var abandon = CancellationTokenSource.CreateLinkedTokenSource(_starting.Token);
        var cancel = abandon.Token;
        Directory.CreateDirectory(home);
        Change(r => r with { LastStatus = "PENDING", PullStartedAt = environment.Clock.GetUtcNow() });
        var effective = Overridden();
        var plans = new List<(TaskContainer Container, IContainerPlan Plan, IReadOnlyDictionary<int, int> Ports, Action<string> Log)>();
        foreach (var container in effective.Objects("containerDefinitions").Select(c => new TaskContainer(c)))
        {
            var image = environment.Surroundings.Images.Resolve(container.Definition.Text("image")!);
            var mapped = new Dictionary<int, int>();
            foreach (var port in container.Definition.Objects("portMappings").Select(p => p.Int("containerPort") ?? 0))
            {
                ports.Add(mapped[port] = environment.Ports.Take());
            }

            Change(container.Name, c => c with { ImageDigest = image.Digest, Ports = mapped });
            var plan = await environment.Planner.Plan(Record, container.Definition, effective, image, mapped, home, cancel);
            Change(container.Name, c => c with { Reason = plan.Remark });
            plans.Add((container, plan, mapped, Log(container.Definition)));
        }

        Change(r => r with { LastStatus = "ACTIVATING", PullStoppedAt = environment.Clock.GetUtcNow() });
        lock (_lock)
        {
            _containers.AddRange(plans.Select(p => p.Container));
        }

        var starts = Task.WhenAll(plans.Select(p => StartContainer(p.Container, p.Plan, p.Ports, p.Log, cancel)));
        if (await Task.WhenAny(starts, _essentialEnded.Task) != starts)
        {
            // Over before it began: whatever still waits for its turn is given up.
            await abandon.CancelAsync();
            await Task.WhenAny(starts);
            return;
        }

        await starts;
        lock (_lock)
        {
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

        Change(r => r with { LastStatus = "RUNNING", StartedAt = environment.Clock.GetUtcNow() });
    }

    private async Task StartContainer(TaskContainer container, IContainerPlan plan, IReadOnlyDictionary<int, int> ports, Action<string> log, CancellationToken cancel)
    {
        try
        {
            foreach (var (name, condition) in StartOrder.Of(container.Definition))
            {
                await _containers.Find(c => c.Name == name)!.Reaches(condition, cancel);
            }

            var process = await plan.Start(log, cancel);
            lock (_lock)
            {
                container.RunsAs(process);
            }

            // Whoever stops the task from here on finds it; who did before ends it now.
            cancel.ThrowIfCancellationRequested();
        }
        catch (Exception e)
        {
            container.Fail(e);
            throw;
        }

        Change(container.Name, c => c with { LastStatus = "RUNNING", RuntimeId = container.Process!.RuntimeId });
        _ = Follow(container, HealthCheck.Of(container.Definition, ports));
    }

    private async Task Follow(TaskContainer container, HealthCheck? check)
    {
        using var ended = new CancellationTokenSource();
        var watching = check?.Watch(container.Process!, environment.Clock, environment.TimeScale, health => Tell(container, health), ended.Token) ?? Task.CompletedTask;
        var code = await container.Process!.Exited;
        await ended.CancelAsync();
        Change(container.Name, c => c with { LastStatus = "STOPPED", ExitCode = code });
        if (container.IsEssential)
        {
            _essentialEnded.TrySetResult();
        }

        try
        {
            await watching;
        }
        catch (OperationCanceledException)
        {
        }
        catch (TaskStartFailure failure)
        {
            Change(container.Name, c => c with { Health = "UNHEALTHY", Reason = failure.Message });
        }
    }

    private void Tell(TaskContainer container, string health)
    {
        Change(container.Name, c => c.Health == health ? c : c with { Health = health });
        if (health == "HEALTHY")
        {
            container.IsHealthy();
        }
    }

    /// <summary>The definition with the overrides of RunTask.</summary>
    private JsonObject Overridden()
    {
        var effective = definition.DeepClone().AsObject();
        var overrides = JsonNode.Parse(Record.Overrides)!.AsObject();
        foreach (var member in new[] { "taskRoleArn", "executionRoleArn", "cpu", "memory" })
        {
            effective[member] = overrides[member]?.DeepClone() ?? effective[member]?.DeepClone();
        }

        foreach (var container in effective.Objects("containerDefinitions"))
        {
            if (overrides.Objects("containerOverrides").FirstOrDefault(o => o.Text("name") == container.Text("name")) is { } given)
            {
                container["command"] = given["command"]?.DeepClone() ?? container["command"]?.DeepClone();
                container["environment"] = new JsonArray([.. container.Objects("environment").Concat(given.Objects("environment")).Select(e => e.DeepClone())]);
            }
        }

        return effective;
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
            await Task.WhenAny(drains, _essentialEnded.Task);
        }

        Change(r => r with { LastStatus = "STOPPING" });
        await Task.WhenAll(Started().Select(c => EndProcess(c.Definition, c.Process!)));
        Change(r => r with { LastStatus = "DEPROVISIONING" });
    }

    private List<TaskContainer> Started()
    {
        lock (_lock)
        {
            return _containers.FindAll(c => c.Process is not null);
        }
    }

    private async Task EndProcess(JsonObject container, ITaskProcess process)
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
