namespace Pipeline.Aws;

/// <summary>One change of an ECS service from revision to revision, followed by its ARN.</summary>
/// <param name="Arn">its ARN</param>
/// <param name="ServiceArn">the service</param>
/// <param name="Status">AWS's word: <c>PENDING</c>, <c>IN_PROGRESS</c>, <c>SUCCESSFUL</c>, <c>STOP_REQUESTED</c>, <c>STOPPED</c>, <c>ROLLBACK_IN_PROGRESS</c>, <c>ROLLBACK_SUCCESSFUL</c>, <c>ROLLBACK_FAILED</c></param>
/// <param name="Reason">why, where AWS says it</param>
public sealed record ServiceDeploymentState(string Arn, string ServiceArn, string Status, string? Reason)
{
    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it ended, however it ended.</summary>
    public required DateTimeOffset? Finished { get; init; }

    /// <summary>AWS's word for where it is, e.g. <c>TEST_TRAFFIC_SHIFT</c> or <c>BAKE_TIME</c>; <c>null</c>: not said.</summary>
    public required string? LifecycleStage { get; init; }

    /// <summary>The revision that shall run.</summary>
    public required RevisionShare? Target { get; init; }

    /// <summary>The revisions that ran before.</summary>
    public required IReadOnlyList<RevisionShare> Sources { get; init; }

    /// <summary>Why ECS rolled back or rolls back; <c>null</c>: it does not.</summary>
    public required string? RollbackReason { get; init; }

    /// <summary>Failed tasks counted by the circuit breaker, and how many trip it; <c>null</c>: there is none.</summary>
    public required (int Failures, int Threshold)? CircuitBreaker { get; init; }

    /// <summary>Alarms that stopped it.</summary>
    public required IReadOnlyList<string> TriggeredAlarms { get; init; }

    /// <summary>AWS's word for how traffic moves: <c>ROLLING</c>, <c>BLUE_GREEN</c>, <c>LINEAR</c> or <c>CANARY</c>.</summary>
    public required string Strategy { get; init; }

    /// <summary>How long both revisions run on after all of the traffic has moved.</summary>
    public required TimeSpan BakeTime { get; init; }

    /// <summary>The hooks of the stage that it is in.</summary>
    public required IReadOnlyList<LifecycleHookState> Hooks { get; init; }

    /// <summary>It waits for somebody to continue it: a PAUSE hook, which may hold it for days on purpose.</summary>
    public bool AwaitsAction => Hooks.Any(h => h.Awaits);

    /// <summary>It holds still on purpose: at a hook, while it bakes, or between two steps of traffic.</summary>
    public bool Holds => AwaitsAction || LifecycleStage == "BAKE_TIME" || (Strategy is "LINEAR" or "CANARY" && LifecycleStage == "PRODUCTION_TRAFFIC_SHIFT");

    /// <summary>It goes back, or went back, to the revision before.</summary>
    public bool GoesBack => Status.StartsWith("ROLLBACK_", StringComparison.Ordinal);

    /// <summary>It has ended; nothing about it will change.</summary>
    public bool Ended => Status is "SUCCESSFUL" or "STOPPED" or "ROLLBACK_SUCCESSFUL" or "ROLLBACK_FAILED";

    /// <summary>The target revision serves.</summary>
    public bool Succeeded => Status == "SUCCESSFUL";
}

/// <summary>A hook of a deployment's stage.</summary>
/// <param name="Id">what <c>ContinueServiceDeployment</c> wants</param>
/// <param name="Status">AWS's word: <c>AWAITING_ACTION</c>, <c>IN_PROGRESS</c>, <c>SUCCEEDED</c>, <c>FAILED</c> or <c>TIMED_OUT</c></param>
/// <param name="IsPause">it waits for somebody; else it is a function that AWS calls</param>
public sealed record LifecycleHookState(string Id, string Status, bool IsPause)
{
    /// <summary>When AWS decides by itself; <c>null</c>: not said.</summary>
    public required DateTimeOffset? Expires { get; init; }

    /// <summary>What AWS does then: <c>ROLLBACK</c> or <c>CONTINUE</c>.</summary>
    public required string? TimeoutAction { get; init; }

    /// <summary>Somebody must continue it.</summary>
    public bool Awaits => IsPause && Status == "AWAITING_ACTION";
}

/// <summary>How much of a service one revision is.</summary>
/// <param name="Revision">its ARN</param>
/// <param name="Requested">tasks that should run</param>
/// <param name="Running">tasks that run</param>
/// <param name="Pending">tasks that start</param>
/// <param name="ProductionWeight">percent of production traffic, where AWS says it</param>
/// <param name="TestWeight">percent of test traffic, where AWS says it</param>
public sealed record RevisionShare(string Revision, int Requested, int Running, int Pending, double? ProductionWeight, double? TestWeight);

/// <summary>A revision of a service: exactly what its tasks are made of.</summary>
/// <param name="Arn">its ARN</param>
/// <param name="TaskDefinition">its ARN</param>
/// <param name="Images">one a container</param>
public sealed record ServiceRevisionState(string Arn, string TaskDefinition, IReadOnlyList<RunningImage> Images)
{
    /// <summary>ARNs of the target groups that its tasks are in.</summary>
    public IReadOnlyList<string> TargetGroups { get; init; } = [];
}

/// <summary>A container's image as ECS resolved it.</summary>
/// <param name="Container">the container's name</param>
/// <param name="Reference">as the task definition has it</param>
/// <param name="Digest"><c>sha256:…</c>, once ECS has resolved it</param>
public sealed record RunningImage(string Container, string Reference, string? Digest);
