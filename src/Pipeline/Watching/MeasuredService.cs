namespace Pipeline.Watching;

/// <summary>Which revision of a service is watched, and where its traffic is counted.</summary>
/// <param name="Service">its name in the configuration</param>
/// <param name="Cluster">ECS cluster, its name</param>
/// <param name="EcsService">the service's name on the cluster</param>
public sealed record MeasuredService(string Service, string Cluster, string EcsService)
{
    /// <summary>ARN of the revision; <c>null</c>: ECS does not say.</summary>
    public string? Revision { get; init; }

    /// <summary>ARN of the revision's task definition; <c>null</c>: CPU and memory are measured over all tasks of the service.</summary>
    public string? TaskDefinition { get; init; }

    /// <summary>Of the image that the revision runs.</summary>
    public string? Digest { get; init; }

    /// <summary>The revision's target groups; none: it takes no requests, so errors and response times are not watched.</summary>
    public IReadOnlyList<MeasuredGroup> TargetGroups { get; init; } = [];
}

/// <summary>A target group behind a load balancer, as CloudWatch's dimensions name them.</summary>
/// <param name="TargetGroup"><c>targetgroup/NAME/ID</c></param>
/// <param name="LoadBalancer"><c>app/NAME/ID</c></param>
public sealed record MeasuredGroup(string TargetGroup, string LoadBalancer)
{
    /// <summary>From their ARNs.</summary>
    public static MeasuredGroup Of(string targetGroupArn, string loadBalancerArn) =>
        new(targetGroupArn[targetGroupArn.IndexOf("targetgroup/", StringComparison.Ordinal)..], loadBalancerArn[(loadBalancerArn.IndexOf("loadbalancer/", StringComparison.Ordinal) + "loadbalancer/".Length)..]);
}
