using System.Text.Json.Nodes;
using System.Threading.Channels;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>
/// Keeps one service at what it should be: starts and stops tasks within the deployment's limits, restarts what failed with growing pauses, and moves
/// its deployments on. Everything that changes the service's record goes through <see cref="Change"/>, one at a time.
/// </summary>
/// <param name="shift">of this service alone</param>
internal sealed class ServiceScheduler(string arn, EcsStore store, TaskPool pool, Rollout rollout, TrafficShift shift, ScaledClock clock)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private readonly Lock _lock = new();
    private readonly List<TaskRunner> _tasks = [];
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly StartPauses _pauses = new(clock);

    public ServiceRecord Service => store.Services.Find(arn)!;

    /// <summary>Live tasks that are running; the ones that drain are not counted, as on AWS.</summary>
    public (int Running, int Pending) Count(string? deployment)
    {
        lock (_lock)
        {
            var alive = _tasks.Where(t => deployment is null || t.Record.StartedBy == deployment).Select(t => t.Record.LastStatus).ToList();
            return (alive.Count(s => s == "RUNNING"), alive.Count(s => s is "PROVISIONING" or "PENDING" or "ACTIVATING"));
        }
    }

    /// <summary>Whether the service is where it should be: one deployment, completed, all tasks healthy, none left over.</summary>
    public bool IsSteady
    {
        get
        {
            lock (_lock)
            {
                var service = Service;
                return service.Deployments is [{ RolloutState: "COMPLETED" }] && _tasks.Count == service.DesiredCount && _tasks.TrueForAll(t => t.IsHealthy);
            }
        }
    }

    /// <summary>Changes the record and looks at once what is to do about it.</summary>
    public ServiceRecord Change(Func<ServiceRecord, ServiceRecord> change)
    {
        lock (_lock)
        {
            var changed = change(Service);
            store.Services.Put(arn, changed);
            _pauses.Forget();
            _wake.Writer.TryWrite(true);
            return changed;
        }
    }

    /// <summary>Changes the record and does what follows before it returns: traffic that goes back does not wait for a turn.</summary>
    public void Act(Func<ServiceRecord, ServiceRecord> change)
    {
        lock (_lock)
        {
            Change(change);
            TryReconcile();
        }
    }

    /// <summary>How many tasks of a deployment are healthy.</summary>
    public int Healthy(string deployment)
    {
        lock (_lock)
        {
            return _tasks.Count(t => t.Record.StartedBy == deployment && t.IsHealthy);
        }
    }

    /// <summary>Runs until the service is gone or the cloud stops.</summary>
    public async Task Run(CancellationToken cancel)
    {
        lock (_lock)
        {
            rollout.Recover(Service, clock.Now);
        }

        while (!cancel.IsCancellationRequested)
        {
            lock (_lock)
            {
                TryReconcile();
                if (Service.Status == "INACTIVE")
                {
                    return;
                }
            }

            using var tick = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            tick.CancelAfter(Tick);
            try
            {
                await _wake.Reader.ReadAsync(tick.Token);
            }
            catch (OperationCanceledException)
            {
            }
        }
    }

    private void TryReconcile()
    {
        try
        {
            Reconcile();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Complain(e.Message);
        }
    }

    private void Reconcile()
    {
        var before = Service;
        var service = Bury(before);
        service = StopUnhealthy(service);
        rollout.Resolve(service, _tasks);
        service = rollout.Judge(service, clock.Now);
        if (Shifting(service) is { IsOngoing: true } deployment)
        {
            var fleets = service;
            shift.Advance(service, deployment, revision => FleetOf(fleets, revision));
            if (shift.Refused is { } rule && store.Deployments.Find(deployment.Arn) is { Status: "IN_PROGRESS" } stuck)
            {
                service = rollout.Undo(service, stuck, $"the listener rule {rule} cannot be changed: it is gone, or it does not forward", clock.Now);
            }
        }

        service = Scale(service);
        service = Complete(service);
        if (!ReferenceEquals(before, service))
        {
            store.Services.Put(arn, service);
        }
    }

    /// <summary>Takes leave of tasks that ended; those nobody asked to end are failures.</summary>
    private ServiceRecord Bury(ServiceRecord service)
    {
        foreach (var task in _tasks.Where(t => t.Finished.IsCompleted).ToList())
        {
            _tasks.Remove(task);
            if (!task.WasAsked)
            {
                service = Failed(service, task);
            }
        }

        return service;
    }

    private ServiceRecord Failed(ServiceRecord service, TaskRunner task)
    {
        if (_pauses.Fail(task.Record.StartedBy) == 3)
        {
            service = Say(service, "is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.");
        }

        return service.Deployments.FirstOrDefault(d => d.Id == task.Record.StartedBy) is { } deployment
            ? service.With(deployment with { FailedTasks = deployment.FailedTasks + 1, UpdatedAt = clock.Now })
            : service;
    }

    private ServiceRecord StopUnhealthy(ServiceRecord service)
    {
        var grace = clock.Seconds(service.GraceSeconds);
        foreach (var task in _tasks.Where(t => !t.IsStopping))
        {
            if (task.Record.StartedAt is not { } started || clock.Now - started < grace)
            {
                continue;
            }

            if (task.FailsOwnHealthCheck)
            {
                service = Say(service, $"(task {task.Record.Id}) failed container health checks.");
                task.Stop("ServiceSchedulerInitiated", "Task failed container health checks");
                service = Failed(service, task);
                continue;
            }

            // Until it answers for the first time it is starting, and no process starts faster because the clock does: its grace is not scaled.
            if (task.Unhealthy is not { } unhealthy || (!unhealthy.Target.Answered && clock.Now - started < TimeSpan.FromSeconds(service.GraceSeconds)))
            {
                continue;
            }

            var group = unhealthy.Group.Record.Arn;
            service = Say(service, $"(task {task.Record.Id}) (port {unhealthy.Target.Address.Port}) is unhealthy in (target-group {group}) due to (reason {unhealthy.Target.Description})");
            task.Stop("ServiceSchedulerInitiated", $"Task failed ELB health checks in (target-group {group})");
            service = Failed(service, task);
        }

        return service;
    }

    private ServiceRecord Scale(ServiceRecord service)
    {
        var plan = Shifting(service) is { } deployment && (deployment.IsOngoing || service.Primary.RolloutState == "FAILED")
            ? Scaling.Shifting(service, deployment, _tasks)
            : Scaling.Rolling(service, Rollout.LimitsOf(service), _tasks);
        if (plan.Stops.Count > 0)
        {
            foreach (var task in plan.Stops)
            {
                task.Stop("ServiceSchedulerInitiated", $"Scaling activity initiated by (deployment {task.Record.StartedBy})");
            }

            service = Say(service, $"has stopped {plan.Stops.Count} running tasks: {string.Join(' ', plan.Stops.Select(t => $"(task {t.Record.Id})"))}.");
        }

        foreach (var (of, count) in plan.Starts.Where(start => _pauses.MayStart(start.Deployment.Id)))
        {
            service = Start(service, of, count);
        }

        return service;
    }

    private ServiceRecord Start(ServiceRecord service, DeploymentRecord deployment, int count)
    {
        var definition = store.FindDefinition(deployment.TaskDefinition)!;
        var revision = store.Revisions.Find(deployment.Revision)!;
        var members = service.Read();
        var cluster = store.Clusters.Find(service.Cluster)!;
        var started = new List<TaskRunner>();
        for (var i = 0; i < count; i++)
        {
            started.Add(pool.Start(new NewTask(cluster, definition, $"service:{service.Name}", deployment.Id)
            {
                Bindings = Placement.Of(revision),
                Tags = members.Text("propagateTags") switch { "SERVICE" => service.Tags, "TASK_DEFINITION" => definition.Tags, _ => new Dictionary<string, string>() },
                CapacityProvider = CapacityProviders.Next(members["capacityProviderStrategy"] as JsonArray, [.. _tasks.Concat(started).Select(t => t.Record.CapacityProvider)]),
                Changed = _ => _wake.Writer.TryWrite(true),
            }));
        }

        _tasks.AddRange(started);
        return Say(service, $"has started {count} tasks: {string.Join(' ', started.Select(t => $"(task {t.Record.Id})"))}.");
    }

    private ServiceRecord Complete(ServiceRecord service)
    {
        if (service.Status == "DRAINING")
        {
            return _tasks.Count == 0 ? service with { Status = "INACTIVE", Deployments = [] } : service;
        }

        var primary = service.Primary;
        if (_tasks.Count != service.DesiredCount || !_tasks.TrueForAll(t => t.Record.StartedBy == primary.Id && t.IsHealthy))
        {
            return service;
        }

        if (Shifting(service) is { IsOngoing: true } shifting && !(shifting.Status == "ROLLBACK_IN_PROGRESS" ? shifting.Lifecycle!.IsReturned : shifting.Lifecycle!.Stage == LifecycleStage.CleanUp))
        {
            return service;
        }

        _pauses.Forget();
        if (primary.RolloutState != "IN_PROGRESS")
        {
            return service;
        }

        service = rollout.Completed(service, clock.Now);
        return Say(service, "has reached a steady state.");
    }

    /// <summary>The primary service deployment, where it shifts traffic.</summary>
    private ServiceDeploymentRecord? Shifting(ServiceRecord service) =>
        service.Status == "ACTIVE" && service.Deployments.Count > 0 && store.Deployments.Find(service.Primary.ServiceDeployment) is { Lifecycle: not null } deployment ? deployment : null;

    private Fleet FleetOf(ServiceRecord service, string revision)
    {
        var id = service.Deployments.FirstOrDefault(d => d.Revision == revision)?.Id;
        var tasks = _tasks.FindAll(t => id is not null && t.Record.StartedBy == id);
        return new(tasks.Count(t => !t.IsStopping), tasks.Count(t => t.IsHealthy), tasks.Count);
    }

    /// <summary>A defect of the scheduler must be seen where people look, and must not end the service.</summary>
    private void Complain(string message)
    {
        var what = $"could not be scheduled by the embedded cloud: {message}";
        if (!Service.Events.Any(e => e.Message.EndsWith(what, StringComparison.Ordinal)))
        {
            store.Services.Put(arn, Say(Service, what));
        }
    }

    private ServiceRecord Say(ServiceRecord service, string what) => Rollout.Say(service, what, clock.Now);
}
