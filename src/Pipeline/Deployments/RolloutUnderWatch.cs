using Pipeline.Aws;

namespace Pipeline.Deployments;

/// <summary>A rollout whose new revision has production traffic, some or all of it, while the revision before still runs beside it.</summary>
/// <param name="Target">the service and what is to run of it</param>
/// <param name="Service">as ECS has it now</param>
/// <param name="Deployment">as ECS has it now</param>
/// <param name="Since">UTC, when the new revision was first seen with production traffic</param>
public sealed record RolloutUnderWatch(ServiceTarget Target, ServiceState Service, ServiceDeploymentState Deployment, DateTimeOffset Since)
{
    /// <summary>ARN of the new revision.</summary>
    public string Revision => Deployment.Target?.Revision ?? "";

    /// <summary>ARN of the target group that holds the new revision's tasks and nobody else; <c>null</c>: it shares one, or ECS does not say.</summary>
    public string? TargetGroup { get; init; }
}
