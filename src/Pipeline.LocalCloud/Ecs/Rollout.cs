using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>The turns of a deployment as changes of the service's record: begin, give up, roll back, complete. What lies between is rolling, or <see cref="TrafficShift"/>.</summary>
internal sealed class Rollout(EcsStore store, EcsNeighbours neighbours)
{
    private const string FailedToStart = "ECS deployment circuit breaker: tasks failed to start";

    public static Limits LimitsOf(ServiceRecord service)
    {
        var configuration = Configuration(service);
        return new(
            (int)Math.Ceiling(service.DesiredCount * (configuration.Int("minimumHealthyPercent") ?? 100) / 100.0),
            (int)Math.Floor(service.DesiredCount * (configuration.Int("maximumPercent") ?? 200) / 100.0));
    }

    public static ServiceRecord Say(ServiceRecord service, string what, DateTimeOffset now) => service with
    {
        Events = [new EventRecord(Guid.NewGuid().ToString(), now, $"(service {service.Name}) {what}"), .. service.Events.Take(99)],
    };

    /// <summary>Makes a new primary deployment; one that was on its way is replaced by it.</summary>
    /// <param name="serving">the deployment whose tasks have the traffic now, if one has</param>
    public ServiceRecord Begin(ServiceRecord service, string taskDefinition, DeploymentRecord? serving, DateTimeOffset now)
    {
        var replaced = store.Deployments.All.Where(d => d.Service == service.Arn && d.IsOngoing).ToList();
        var configuration = Configuration(service);
        var blue = serving is null ? null : store.Revisions.Find(serving.Revision);
        var shifts = ShiftPlan.Shifts(configuration);
        var revision = AddRevision(service, taskDefinition, Placement.ForNew(service.Read(), blue, shifts), now);
        // A service that leaves a shifting strategy while the other group serves: its traffic has to go over.
        shifts |= TrafficRules.Routes(revision, blue).Any(route => route.Blue is not null && route.Blue != route.Green);
        var deployment = new ServiceDeploymentRecord(Named(service, "service-deployment", Guid.NewGuid().ToString("N")[..21]), service.Arn, service.Cluster, revision.Arn, [.. service.Deployments.Select(d => d.Revision).Distinct()], "IN_PROGRESS", now)
        {
            UpdatedAt = now,
            Configuration = configuration.ToJsonString(),
            Breaker = configuration.Object("deploymentCircuitBreaker")?.Flag("enable") == true ? new("MONITORING", 0, Threshold(service)) : new("DISABLED", 0, 0),
            Alarms = configuration.Object("alarms") is { } alarms && alarms.Flag("enable") == true ? new("MONITORING", alarms.Texts("alarmNames"), []) : new("DISABLED", [], []),
            Lifecycle = shifts ? new(service.Deployments.Any(d => d.Id != serving?.Id) ? LifecycleStage.Reconcile : LifecycleStage.PreScaleUp, now, serving?.Revision) : null,
        };
        store.Deployments.Put(deployment.Arn, deployment);
        replaced.ForEach(other => Stop(other, "Replaced by a new service deployment.", now));
        return Lead(service, NewDeployment(taskDefinition, revision.Arn, deployment.Arn, now));
    }

    /// <summary>The deployment that is to go on serving: the one with most of the traffic, if it works; <c>null</c>: none ever worked.</summary>
    public DeploymentRecord? Serving(ServiceRecord service, Func<DeploymentRecord, bool> hasHealthy)
    {
        var last = service.Deployments.Count > 0 ? store.Deployments.Find(service.Primary.ServiceDeployment) : null;
        var byTraffic = last?.Lifecycle is { } lifecycle ? (lifecycle.Production > 50 ? last.TargetRevision : lifecycle.Blue ?? last.TargetRevision) : service.CompletedRevision;
        var candidates = service.Deployments.OrderByDescending(d => d.Revision == byTraffic).ThenByDescending(d => d.Revision == service.CompletedRevision).ToList();
        return candidates.Find(d => hasHealthy(d)) ?? candidates.Find(d => d.Revision == service.CompletedRevision);
    }

    /// <summary>The revision that a rollback would go back to; <c>null</c>: there is none that ever completed.</summary>
    public static string? Before(ServiceRecord service, ServiceDeploymentRecord deployment) =>
        service.CompletedRevision is null || deployment.Lifecycle is null ? service.CompletedRevision : deployment.Lifecycle.Blue;

    /// <summary>Puts right what a cloud that was killed between two writes has left.</summary>
    public void Recover(ServiceRecord service, DateTimeOffset now)
    {
        if (service.Status != "ACTIVE" || service.Deployments.Count == 0)
        {
            return;
        }

        foreach (var orphan in store.Deployments.All.Where(d => d.Service == service.Arn && d.IsOngoing && d.Arn != service.Primary.ServiceDeployment).ToList())
        {
            Stop(orphan, "The embedded cloud was stopped before the service deployment began.", now);
        }

        if (service.Primary.RolloutState == "IN_PROGRESS" && store.Deployments.Find(service.Primary.ServiceDeployment) is { Status: "STOPPED" } stopped)
        {
            store.Deployments.Put(stopped.Arn, stopped with { Status = "IN_PROGRESS", StatusReason = null, StoppedAt = null, FinishedAt = null });
        }
    }

    /// <summary>Ends what is under way, with the service.</summary>
    public void End(ServiceRecord service, DateTimeOffset now)
    {
        foreach (var ongoing in store.Deployments.All.Where(d => d.Service == service.Arn && d.IsOngoing).ToList())
        {
            Stop(ongoing, "The service was deleted.", now);
        }
    }

    /// <summary>Looks whether the primary deployment has to end: by request, by a hook, by alarms, by the circuit breaker.</summary>
    public ServiceRecord Judge(ServiceRecord service, DateTimeOffset now)
    {
        if (service.Status != "ACTIVE" || service.Primary is not { RolloutState: "IN_PROGRESS" } primary || store.Deployments.Find(primary.ServiceDeployment) is not { } deployment)
        {
            return service;
        }

        if (deployment is { Status: "ROLLBACK_IN_PROGRESS", Rollback: { } rolling } && primary.Revision != rolling.Revision)
        {
            return LeadBack(service, deployment, rolling.Revision, now);
        }

        if (deployment is { Status: "IN_PROGRESS", Lifecycle: { } lifecycle } && PauseHooks.Expire(lifecycle, now, out var back) is var expired && expired != lifecycle)
        {
            deployment = deployment with { Lifecycle = expired, UpdatedAt = now };
            store.Deployments.Put(deployment.Arn, deployment);
            if (back)
            {
                return Undo(service, deployment, "a lifecycle hook was not answered in time", now);
            }
        }

        if (deployment.Status == "ROLLBACK_REQUESTED")
        {
            return GoBack(service, deployment, "Service deployment rolled back because of a StopServiceDeployment request.", "rolling back on request", now);
        }

        if (deployment is { Status: "IN_PROGRESS", Alarms.Status: "MONITORING" } && deployment.Alarms.Names.Where(name => neighbours.AlarmState?.Invoke(name) == "ALARM").ToList() is { Count: > 0 } triggered)
        {
            return Alarmed(service, deployment with { Alarms = deployment.Alarms with { Status = "TRIGGERED", Triggered = triggered } }, now);
        }

        if (deployment.Breaker.Status == "DISABLED")
        {
            return service;
        }

        if (deployment.Breaker.FailureCount != primary.FailedTasks && deployment.Status == "IN_PROGRESS")
        {
            deployment = deployment with { Breaker = deployment.Breaker with { FailureCount = primary.FailedTasks }, UpdatedAt = now };
            store.Deployments.Put(deployment.Arn, deployment);
        }

        if (primary.FailedTasks < deployment.Breaker.Threshold)
        {
            return service;
        }

        if (deployment.Status == "ROLLBACK_IN_PROGRESS")
        {
            store.Deployments.Put(deployment.Arn, deployment with { Status = "ROLLBACK_FAILED", StatusReason = "The rollback's tasks failed to start.", FinishedAt = now, UpdatedAt = now });
            return GiveUp(service, primary, FailedToStart, now);
        }

        deployment = deployment with { Breaker = deployment.Breaker with { Status = "TRIGGERED" } };
        var rollback = Configuration(service).Object("deploymentCircuitBreaker")?.Flag("rollback") == true && Before(service, deployment) is not null;
        if (rollback)
        {
            return GoBack(service, deployment, "Service deployment rolled back because the circuit breaker threshold was exceeded.", "ECS deployment circuit breaker: rolling back", now);
        }

        Stop(deployment, "Service deployment stopped because the circuit breaker threshold was exceeded.", now);
        return GiveUp(service, primary, FailedToStart, now);
    }

    /// <summary>Goes back to what served before, or gives up where nothing did.</summary>
    public ServiceRecord Undo(ServiceRecord service, ServiceDeploymentRecord deployment, string why, DateTimeOffset now)
    {
        if (Before(service, deployment) is not null)
        {
            return GoBack(service, deployment, $"Service deployment rolled back because {why}.", $"{why}: rolling back", now);
        }

        Stop(deployment, $"Service deployment stopped because {why}.", now);
        return GiveUp(service, service.Primary, why, now);
    }

    private ServiceRecord Alarmed(ServiceRecord service, ServiceDeploymentRecord deployment, DateTimeOffset now)
    {
        var alarms = string.Join(", ", deployment.Alarms.Triggered);
        if (Configuration(service).Object("alarms")?.Flag("rollback") == true && Before(service, deployment) is not null)
        {
            return GoBack(service, deployment, $"Service deployment rolled back because of alarms: {alarms}.", "ECS deployment alarms: rolling back", now);
        }

        Stop(deployment, $"Service deployment stopped because of alarms: {alarms}.", now);
        return GiveUp(service, service.Primary, $"alarm detected: {alarms}", now);
    }

    private void Stop(ServiceDeploymentRecord deployment, string reason, DateTimeOffset now) =>
        store.Deployments.Put(deployment.Arn, deployment with { Status = "STOPPED", StatusReason = reason, StoppedAt = now, FinishedAt = now, UpdatedAt = now, Lifecycle = deployment.Lifecycle is { } lifecycle ? PauseHooks.Fail(lifecycle) : null });

    /// <summary>Which images a revision really has is known once one of its tasks runs, before it gets any traffic.</summary>
    public void Resolve(ServiceRecord service, IReadOnlyList<TaskRunner> tasks)
    {
        foreach (var deployment in service.Deployments)
        {
            if (store.Revisions.Find(deployment.Revision) is { Digests.Count: 0 } revision
                && tasks.Select(t => t.Record).FirstOrDefault(t => t.StartedBy == deployment.Id && t.LastStatus == "RUNNING") is { } task)
            {
                store.Revisions.Put(revision.Arn, revision with { Digests = task.Containers.Where(c => c.ImageDigest is not null).ToDictionary(c => c.Name, c => c.ImageDigest!) });
            }
        }
    }

    public ServiceRecord Completed(ServiceRecord service, DateTimeOffset now)
    {
        var primary = service.Primary with { RolloutState = "COMPLETED", RolloutStateReason = $"ECS deployment {service.Primary.Id} completed.", UpdatedAt = now };
        if (store.Deployments.Find(primary.ServiceDeployment) is { IsOngoing: true } deployment)
        {
            store.Deployments.Put(deployment.Arn, deployment with
            {
                Status = deployment.Rollback is null ? "SUCCESSFUL" : "ROLLBACK_SUCCESSFUL",
                FinishedAt = now,
                UpdatedAt = now,
                Breaker = deployment.Breaker.Status == "MONITORING" ? deployment.Breaker with { Status = "MONITORING_COMPLETE" } : deployment.Breaker,
                Alarms = deployment.Alarms.Status == "MONITORING" ? deployment.Alarms with { Status = "MONITORING_COMPLETE" } : deployment.Alarms,
            });
        }

        service = service with { Deployments = [primary], CompletedRevision = primary.Revision };
        return Say(service, $"(deployment {primary.Id}) deployment completed.", now);
    }

    private static ServiceRecord GiveUp(ServiceRecord service, DeploymentRecord primary, string why, DateTimeOffset now)
    {
        service = service.With(primary with { RolloutState = "FAILED", RolloutStateReason = $"{why}.", UpdatedAt = now });
        return Say(service, $"(deployment {primary.Id}) deployment failed: {why}.", now);
    }

    private ServiceRecord GoBack(ServiceRecord service, ServiceDeploymentRecord deployment, string statusReason, string rolloutReason, DateTimeOffset now)
    {
        var revision = Before(service, deployment)!;
        deployment = deployment with
        {
            Status = "ROLLBACK_IN_PROGRESS",
            StatusReason = statusReason,
            UpdatedAt = now,
            Rollback = new RollbackRecord(statusReason, now, revision),
            Lifecycle = deployment.Lifecycle is { } lifecycle ? PauseHooks.Fail(lifecycle) : null,
        };
        store.Deployments.Put(deployment.Arn, deployment);
        return LeadBack(GiveUp(service, service.Primary, rolloutReason, now), deployment, revision, now);
    }

    private ServiceRecord LeadBack(ServiceRecord service, ServiceDeploymentRecord deployment, string before, DateTimeOffset now)
    {
        var (failing, revision) = (service.Primary, store.Revisions.Find(before)!);
        // The deployment that served before may still have its tasks: it leads again, and they go on serving.
        var back = service.Deployments.FirstOrDefault(d => d.Revision == revision.Arn && d.Id != failing.Id)
            ?? NewDeployment(revision.TaskDefinition, revision.Arn, deployment.Arn, now);
        service = service.With(failing with { RolloutState = "FAILED", RolloutStateReason = $"{failing.RolloutStateReason.TrimEnd('.')} to deploymentId {back.Id}." });
        service = Lead(Restored(service, revision), back with { RolloutState = "IN_PROGRESS", RolloutStateReason = $"ECS deployment {back.Id} in progress.", ServiceDeployment = deployment.Arn, FailedTasks = 0, UpdatedAt = now });
        return Say(service, $"rolling back to (deployment {back.Id}).", now);
    }

    /// <summary>What belongs to a revision goes back with it, as far as it goes together with the strategy that the service has now.</summary>
    private static ServiceRecord Restored(ServiceRecord service, RevisionRecord revision)
    {
        var (members, before) = (service.Read(), revision.Read());
        var shiftable = !ShiftPlan.Shifts(members.Object("deploymentConfiguration") ?? []) || ServiceLoadBalancer.Of(before).All(balancer => balancer.AlternateGroup is not null);
        foreach (var member in ServiceOperations.Deploying.Where(member => shiftable || member != "loadBalancers"))
        {
            members.Remove(member);
            if (before[member] is { } value)
            {
                members[member] = value.DeepClone();
            }
        }

        return service with { Json = members.ToJsonString() };
    }

    /// <summary>Puts the deployment first and makes it the primary one.</summary>
    private static ServiceRecord Lead(ServiceRecord service, DeploymentRecord primary) => service with
    {
        Deployments = [primary with { Status = "PRIMARY" }, .. service.Deployments.Where(d => d.Id != primary.Id).Select(d => d with { Status = "ACTIVE" })],
    };

    private RevisionRecord AddRevision(ServiceRecord service, string taskDefinition, IReadOnlyList<string> targetGroups, DateTimeOffset now)
    {
        var revision = new RevisionRecord(Named(service, "service-revision", EcsStore.Digits(19)), service.Arn, service.Cluster, taskDefinition, service.Json, now) { TargetGroups = targetGroups };
        store.Revisions.Put(revision.Arn, revision);
        return revision;
    }

    private static DeploymentRecord NewDeployment(string taskDefinition, string revision, string serviceDeployment, DateTimeOffset now)
    {
        var id = $"ecs-svc/{EcsStore.Digits(19)}";
        return new(id, "PRIMARY", taskDefinition, revision, serviceDeployment, "IN_PROGRESS", $"ECS deployment {id} in progress.") { CreatedAt = now, UpdatedAt = now };
    }

    private static string Named(ServiceRecord service, string kind, string id) => $"{service.Arn.Replace(":service/", $":{kind}/", StringComparison.Ordinal)}/{id}";

    private static int Threshold(ServiceRecord service) => Math.Max(3, Math.Min(200, (int)Math.Ceiling(service.DesiredCount * 0.5)));

    private static JsonObject Configuration(ServiceRecord service) => service.Read().Object("deploymentConfiguration") ?? [];
}
