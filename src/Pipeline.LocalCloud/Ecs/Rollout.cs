using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>The steps of a rolling deployment as changes of the service's record: begin, give up, roll back, complete.</summary>
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
    public ServiceRecord Begin(ServiceRecord service, string taskDefinition, DateTimeOffset now)
    {
        foreach (var replaced in store.Deployments.All.Where(d => d.Service == service.Arn && d.IsOngoing).ToList())
        {
            Stop(replaced, "Replaced by a new service deployment.", now);
        }

        var revision = AddRevision(service, taskDefinition, now);
        var configuration = Configuration(service);
        var deployment = new ServiceDeploymentRecord(Named(service, "service-deployment", Guid.NewGuid().ToString("N")[..21]), service.Arn, service.Cluster, revision.Arn, [.. service.Deployments.Select(d => d.Revision).Distinct()], "IN_PROGRESS", now)
        {
            UpdatedAt = now,
            Configuration = configuration.ToJsonString(),
            Breaker = configuration.Object("deploymentCircuitBreaker")?.Flag("enable") == true ? new("MONITORING", 0, Threshold(service)) : new("DISABLED", 0, 0),
            Alarms = configuration.Object("alarms") is { } alarms && alarms.Flag("enable") == true ? new("MONITORING", alarms.Texts("alarmNames"), []) : new("DISABLED", [], []),
        };
        store.Deployments.Put(deployment.Arn, deployment);
        return Lead(service, NewDeployment(taskDefinition, revision.Arn, deployment.Arn, now));
    }

    /// <summary>Lets the circuit breaker look at the primary deployment.</summary>
    public ServiceRecord Judge(ServiceRecord service, DateTimeOffset now)
    {
        if (service.Status != "ACTIVE" || service.Primary is not { RolloutState: "IN_PROGRESS" } primary || store.Deployments.Find(primary.ServiceDeployment) is not { } deployment)
        {
            return service;
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
        var rollback = Configuration(service).Object("deploymentCircuitBreaker")?.Flag("rollback") == true && service.CompletedRevision is not null;
        if (rollback)
        {
            return GoBack(service, deployment, "Service deployment rolled back because the circuit breaker threshold was exceeded.", "ECS deployment circuit breaker: rolling back", now);
        }

        Stop(deployment, "Service deployment stopped because the circuit breaker threshold was exceeded.", now);
        return GiveUp(service, primary, FailedToStart, now);
    }

    private ServiceRecord Alarmed(ServiceRecord service, ServiceDeploymentRecord deployment, DateTimeOffset now)
    {
        var alarms = string.Join(", ", deployment.Alarms.Triggered);
        if (Configuration(service).Object("alarms")?.Flag("rollback") == true && service.CompletedRevision is not null)
        {
            return GoBack(service, deployment, $"Service deployment rolled back because of alarms: {alarms}.", "ECS deployment alarms: rolling back", now);
        }

        Stop(deployment, $"Service deployment stopped because of alarms: {alarms}.", now);
        return GiveUp(service, service.Primary, $"alarm detected: {alarms}", now);
    }

    private void Stop(ServiceDeploymentRecord deployment, string reason, DateTimeOffset now) =>
        store.Deployments.Put(deployment.Arn, deployment with { Status = "STOPPED", StatusReason = reason, StoppedAt = now, FinishedAt = now, UpdatedAt = now });

    public ServiceRecord Completed(ServiceRecord service, IReadOnlyList<TaskRecord> tasks, DateTimeOffset now)
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

        if (store.Revisions.Find(primary.Revision) is { Digests.Count: 0 } revision && tasks.Count > 0)
        {
            store.Revisions.Put(revision.Arn, revision with { Digests = tasks[0].Containers.Where(c => c.ImageDigest is not null).ToDictionary(c => c.Name, c => c.ImageDigest!) });
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
        var failing = service.Primary;
        var revision = store.Revisions.Find(service.CompletedRevision!)!;
        // The deployment that served before may still have its tasks: it leads again, and they go on serving.
        var back = service.Deployments.FirstOrDefault(d => d.Revision == revision.Arn && d.Id != failing.Id)
            ?? NewDeployment(revision.TaskDefinition, revision.Arn, deployment.Arn, now);
        service = GiveUp(service, failing, rolloutReason, now);
        service = service.With(service.Primary with { RolloutStateReason = $"{rolloutReason} to deploymentId {back.Id}." });
        store.Deployments.Put(deployment.Arn, deployment with
        {
            Status = "ROLLBACK_IN_PROGRESS",
            StatusReason = statusReason,
            UpdatedAt = now,
            Rollback = new RollbackRecord(statusReason, now, revision.Arn),
        });
        service = Lead(service, back with { RolloutState = "IN_PROGRESS", RolloutStateReason = $"ECS deployment {back.Id} in progress.", ServiceDeployment = deployment.Arn, FailedTasks = 0, UpdatedAt = now });
        return Say(service, $"rolling back to (deployment {back.Id}).", now);
    }

    /// <summary>Puts the deployment first and makes it the primary one.</summary>
    private static ServiceRecord Lead(ServiceRecord service, DeploymentRecord primary) => service with
    {
        Deployments = [primary with { Status = "PRIMARY" }, .. service.Deployments.Where(d => d.Id != primary.Id).Select(d => d with { Status = "ACTIVE" })],
    };

    private RevisionRecord AddRevision(ServiceRecord service, string taskDefinition, DateTimeOffset now)
    {
        var revision = new RevisionRecord(Named(service, "service-revision", EcsStore.Digits(19)), service.Arn, service.Cluster, taskDefinition, service.Json, now);
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
