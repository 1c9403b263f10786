namespace Pipeline.Aws;

/// <summary>An ECS service as it is now.</summary>
/// <param name="Arn">its ARN</param>
/// <param name="Name">on its cluster</param>
/// <param name="ClusterArn">where it runs</param>
/// <param name="Status"><c>ACTIVE</c>, <c>DRAINING</c> or <c>INACTIVE</c></param>
/// <param name="TaskDefinition">ARN of the newest one asked for</param>
public sealed record ServiceState(string Arn, string Name, string ClusterArn, string Status, string TaskDefinition)
{
    /// <summary>Tasks that should run.</summary>
    public required int Desired { get; init; }

    /// <summary>Tasks that run, of every revision.</summary>
    public required int Running { get; init; }

    /// <summary>Tasks that start.</summary>
    public required int Pending { get; init; }

    /// <summary>ARN of the service deployment that is in progress; <c>null</c>: none.</summary>
    public required string? CurrentDeployment { get; init; }

    /// <summary>One a revision that still has tasks, the newest first.</summary>
    public required IReadOnlyList<ServiceRollout> Rollouts { get; init; }

    /// <summary>ARNs of the target groups its tasks register with.</summary>
    public required IReadOnlyList<string> TargetGroups { get; init; }

    /// <summary>AWS's word for how new revisions come: <c>ROLLING</c>, <c>BLUE_GREEN</c>, <c>LINEAR</c> or <c>CANARY</c>.</summary>
    public required string Strategy { get; init; }

    /// <summary>Where ECS moves its traffic to and fro; <c>null</c>: it is deployed rolling, or has no load balancer.</summary>
    public required ShiftingTraffic? Shifting { get; init; }

    /// <summary>ARNs of the revisions that ECS runs of it now.</summary>
    public required IReadOnlyList<string> Revisions { get; init; }

    /// <summary>Newest first; AWS keeps a hundred.</summary>
    public required IReadOnlyList<ServiceEvent> Events { get; init; }

    /// <summary>One revision only, and all of its tasks run.</summary>
    public bool Stable => Status == "ACTIVE" && Rollouts.Count == 1 && Running == Desired && Pending == 0;
}

/// <summary>The two sides between which ECS moves a service's traffic, and the rules by which it does. The rules' live weights are ECS's, whatever a template says.</summary>
/// <param name="TargetGroup">ARN of the one side</param>
/// <param name="AlternateTargetGroup">ARN of the other side</param>
/// <param name="ProductionRule">ARN of the listener rule of production traffic</param>
/// <param name="TestRule">ARN of the listener rule of test traffic; <c>null</c>: there is none</param>
public sealed record ShiftingTraffic(string TargetGroup, string AlternateTargetGroup, string ProductionRule, string? TestRule)
{
    /// <summary>The side that is not this one.</summary>
    public string Beside(string group) => group == TargetGroup ? AlternateTargetGroup : TargetGroup;
}

/// <summary>The tasks of one revision of a service (the API calls it a deployment of the service).</summary>
/// <param name="Id">AWS's name for it</param>
/// <param name="Status"><c>PRIMARY</c>, <c>ACTIVE</c> (an older one) or <c>INACTIVE</c></param>
/// <param name="TaskDefinition">its ARN</param>
/// <param name="State"><c>IN_PROGRESS</c>, <c>COMPLETED</c> or <c>FAILED</c>, where AWS says it</param>
/// <param name="Reason">why, where AWS says it</param>
public sealed record ServiceRollout(string Id, string Status, string TaskDefinition, string? State, string? Reason)
{
    /// <summary>Tasks that should run.</summary>
    public required int Desired { get; init; }

    /// <summary>Tasks that run.</summary>
    public required int Running { get; init; }

    /// <summary>Tasks that start.</summary>
    public required int Pending { get; init; }

    /// <summary>Tasks that stopped though they should not have.</summary>
    public required int Failed { get; init; }
}

/// <summary>A sentence of ECS about a service.</summary>
/// <param name="Id">unique</param>
/// <param name="Time">when</param>
/// <param name="Message">in English, from AWS</param>
public sealed record ServiceEvent(string Id, DateTimeOffset Time, string Message);
