using Amazon.ECS.Model;

namespace Pipeline.Aws;

/// <summary>ECS's answers as our records.</summary>
internal static class ServiceReader
{
    public static ServiceState State(Service service) => new(service.ServiceArn, service.ServiceName, service.ClusterArn, service.Status, service.TaskDefinition)
    {
        Desired = service.DesiredCount ?? 0,
        Running = service.RunningCount ?? 0,
        Pending = service.PendingCount ?? 0,
        CurrentDeployment = Text(service.CurrentServiceDeployment),
        Rollouts = [.. (service.Deployments ?? []).Select(d => new ServiceRollout(d.Id, d.Status, d.TaskDefinition, d.RolloutState, Text(d.RolloutStateReason))
        {
            Desired = d.DesiredCount ?? 0,
            Running = d.RunningCount ?? 0,
            Pending = d.PendingCount ?? 0,
            Failed = d.FailedTasks ?? 0,
        })],
        TargetGroups = [.. (service.LoadBalancers ?? []).Select(l => l.TargetGroupArn).OfType<string>()],
        Strategy = service.DeploymentConfiguration?.Strategy?.Value ?? "ROLLING",
        Shifting = service.DeploymentConfiguration?.Strategy?.Value is null or "ROLLING" ? null : (service.LoadBalancers ?? []).Select(Shifting).FirstOrDefault(s => s is not null),
        Revisions = [.. (service.CurrentServiceRevisions ?? []).Select(r => r.Arn)],
        Events = [.. (service.Events ?? []).Select(e => new ServiceEvent(e.Id, AwsTime.Required(e.CreatedAt), e.Message))],
    };

    public static ServiceDeploymentState Deployment(ServiceDeployment deployment) => new(
        deployment.ServiceDeploymentArn, deployment.ServiceArn, deployment.Status, Text(deployment.StatusReason))
    {
        Created = AwsTime.Required(deployment.CreatedAt),
        Finished = AwsTime.Optional(deployment.FinishedAt ?? deployment.StoppedAt),
        LifecycleStage = deployment.LifecycleStage,
        Target = deployment.TargetServiceRevision is { } target ? Share(target) : null,
        Sources = [.. (deployment.SourceServiceRevisions ?? []).Select(Share)],
        RollbackReason = deployment.Rollback is { } rollback ? Text(rollback.Reason) ?? "AWS gives no reason" : null,
        CircuitBreaker = deployment.DeploymentCircuitBreaker is { Status.Value: not "DISABLED" } breaker ? (breaker.FailureCount ?? 0, breaker.Threshold ?? 0) : null,
        TriggeredAlarms = deployment.Alarms?.TriggeredAlarmNames ?? [],
        Strategy = deployment.DeploymentConfiguration?.Strategy?.Value ?? "ROLLING",
        BakeTime = TimeSpan.FromMinutes(deployment.DeploymentConfiguration?.BakeTimeInMinutes ?? 0),
        Hooks = [.. (deployment.LifecycleHookDetails ?? []).Select(h => new LifecycleHookState(h.HookId, h.Status?.Value ?? "", h.TargetType?.Value == "PAUSE") { Expires = AwsTime.Optional(h.ExpiresAt), TimeoutAction = h.TimeoutAction?.Value })],
    };

    public static ServiceRevisionState Revision(ServiceRevision revision) => new(
        revision.ServiceRevisionArn,
        revision.TaskDefinition,
        [.. (revision.ContainerImages ?? []).Select(i => new RunningImage(i.ContainerName, i.Image, Text(i.ImageDigest)))])
    {
        TargetGroups = [.. (revision.ResolvedConfiguration?.LoadBalancers ?? []).Select(l => l.TargetGroupArn).OfType<string>()],
    };

    private static ShiftingTraffic? Shifting(LoadBalancer balancer) => balancer is { TargetGroupArn: { } group, AdvancedConfiguration: { AlternateTargetGroupArn: { } alternate, ProductionListenerRule: { } production } advanced }
        ? new ShiftingTraffic(group, alternate, production, Text(advanced.TestListenerRule))
        : null;

    public static TaskState Task(Amazon.ECS.Model.Task task, TaskDefinitionState definition) => new(task.TaskArn, task.TaskDefinitionArn, task.LastStatus, task.HealthStatus ?? "UNKNOWN")
    {
        StartedBy = Text(task.StartedBy),
        Created = AwsTime.Optional(task.CreatedAt),
        Started = AwsTime.Optional(task.StartedAt),
        Stopping = AwsTime.Optional(task.StoppingAt ?? task.StoppedAt),
        Stopped = AwsTime.Optional(task.StoppedAt),
        StopCode = task.StopCode,
        StoppedReason = Text(task.StoppedReason),
        Containers = [.. (task.Containers ?? []).Select(c => new ContainerState(c.Name, c.LastStatus, c.Image, Text(c.ImageDigest), c.ExitCode, Text(c.Reason))
        {
            Log = LogOf(definition.Containers.FirstOrDefault(d => d.Name == c.Name), task.TaskArn),
        })],
    };

    public static TaskDefinitionState Definition(TaskDefinition definition) => new(
        definition.TaskDefinitionArn,
        definition.Family,
        definition.Revision ?? 0,
        [.. (definition.ContainerDefinitions ?? []).Select(c => new ContainerDefinitionState(
            c.Name,
            c.Image,
            (c.Environment ?? []).ToDictionary(e => e.Name, e => e.Value ?? "", StringComparer.Ordinal),
            (c.Secrets ?? []).ToDictionary(s => s.Name, s => s.ValueFrom, StringComparer.Ordinal),
            c.LogConfiguration?.Options?.GetValueOrDefault("awslogs-group"),
            c.LogConfiguration?.Options?.GetValueOrDefault("awslogs-stream-prefix")))]);

    private static LogStreamName? LogOf(ContainerDefinitionState? container, string taskArn) => container is { LogGroup: { } group, LogStreamPrefix: { } prefix }
        ? new LogStreamName(group, $"{prefix}/{container.Name}/{taskArn[(taskArn.LastIndexOf('/') + 1)..]}")
        : null;

    private static RevisionShare Share(ServiceRevisionSummary revision) => new(
        revision.Arn,
        revision.RequestedTaskCount ?? 0,
        revision.RunningTaskCount ?? 0,
        revision.PendingTaskCount ?? 0,
        revision.RequestedProductionTrafficWeight,
        revision.RequestedTestTrafficWeight);

    private static string? Text(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
