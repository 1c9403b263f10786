using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Pipeline.LocalCloud.Ecs;

internal sealed record ClusterRecord(string Name, string Arn, string Status, IReadOnlyDictionary<string, string> Tags)
{
    public IReadOnlyList<string> CapacityProviders { get; init; } = [];

    /// <summary>Members of the default capacity provider strategy.</summary>
    public string DefaultStrategy { get; init; } = "[]";
}

/// <param name="Json">the members as registered, under the names of the public model</param>
internal sealed record TaskDefinitionRecord(string Arn, string Family, int Revision, string Json, DateTimeOffset RegisteredAt, string RegisteredBy)
{
    public DateTimeOffset? DeregisteredAt { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    public JsonObject Read() => JsonNode.Parse(Json)!.AsObject();
}

/// <param name="Status">ACTIVE, DRAINING, INACTIVE</param>
/// <param name="Json">members that are only kept and answered, and loadBalancers, deploymentConfiguration</param>
internal sealed record ServiceRecord(string Arn, string Name, string Cluster, string Status, int DesiredCount, string Json, DateTimeOffset CreatedAt)
{
    public int GraceSeconds { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>The primary one first.</summary>
    public IReadOnlyList<DeploymentRecord> Deployments { get; init; } = [];

    /// <summary>Newest first, at most a hundred.</summary>
    public IReadOnlyList<EventRecord> Events { get; init; } = [];

    /// <summary>The revision of the last deployment that completed: what a rollback goes back to.</summary>
    public string? CompletedRevision { get; init; }

    [JsonIgnore]
    public DeploymentRecord Primary => Deployments[0];

    public JsonObject Read() => JsonNode.Parse(Json)!.AsObject();

    public ServiceRecord With(DeploymentRecord changed) => this with { Deployments = [.. Deployments.Select(d => d.Id == changed.Id ? changed : d)] };
}

/// <param name="Id"><c>ecs-svc/…</c>; its tasks carry it as startedBy</param>
/// <param name="Status">PRIMARY or ACTIVE</param>
/// <param name="RolloutState">IN_PROGRESS, COMPLETED, FAILED</param>
internal sealed record DeploymentRecord(string Id, string Status, string TaskDefinition, string Revision, string ServiceDeployment, string RolloutState, string RolloutStateReason)
{
    public int FailedTasks { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }
}

internal sealed record EventRecord(string Id, DateTimeOffset At, string Message);

/// <param name="Json">the service's members as they were: loadBalancers, networkConfiguration, launchType</param>
internal sealed record RevisionRecord(string Arn, string Service, string Cluster, string TaskDefinition, string Json, DateTimeOffset CreatedAt)
{
    /// <summary>The group its tasks are registered in, by load balancer; without one it is the one that the members name.</summary>
    public IReadOnlyList<string> TargetGroups { get; init; } = [];

    /// <summary>Digest by container, known once a task of the revision has its images.</summary>
    public IReadOnlyDictionary<string, string> Digests { get; init; } = new Dictionary<string, string>();

    public JsonObject Read() => JsonNode.Parse(Json)!.AsObject();
}

/// <param name="Status">of the public enum ServiceDeploymentStatus</param>
internal sealed record ServiceDeploymentRecord(string Arn, string Service, string Cluster, string TargetRevision, IReadOnlyList<string> SourceRevisions, string Status, DateTimeOffset CreatedAt)
{
    public string? StatusReason { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public DateTimeOffset? StoppedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public string Configuration { get; init; } = "{}";

    public BreakerRecord Breaker { get; init; } = new("DISABLED", 0, 0);

    public AlarmsRecord Alarms { get; init; } = new("DISABLED", [], []);

    public RollbackRecord? Rollback { get; init; }

    /// <summary>Of a deployment that shifts traffic; a rolling one has none.</summary>
    public LifecycleRecord? Lifecycle { get; init; }

    [JsonIgnore]
    public bool IsOngoing => Status is "PENDING" or "IN_PROGRESS" or "STOP_REQUESTED" or "ROLLBACK_REQUESTED" or "ROLLBACK_IN_PROGRESS";
}

internal sealed record BreakerRecord(string Status, int FailureCount, int Threshold);

internal sealed record AlarmsRecord(string Status, IReadOnlyList<string> Names, IReadOnlyList<string> Triggered);

internal sealed record RollbackRecord(string Reason, DateTimeOffset StartedAt, string Revision);

/// <param name="Group"><c>service:NAME</c>, or <c>family:NAME</c> for a task run on its own</param>
internal sealed record TaskRecord(string Arn, string Cluster, string TaskDefinition, string Group, string? StartedBy, DateTimeOffset CreatedAt)
{
    public string LastStatus { get; init; } = "PROVISIONING";

    public string DesiredStatus { get; init; } = "RUNNING";

    public string? StopCode { get; init; }

    public string? StoppedReason { get; init; }

    public DateTimeOffset? PullStartedAt { get; init; }

    public DateTimeOffset? PullStoppedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? StoppingAt { get; init; }

    public DateTimeOffset? StoppedAt { get; init; }

    public IReadOnlyList<ContainerRecord> Containers { get; init; } = [];

    /// <summary><c>null</c>: it was asked for by launch type.</summary>
    public string? CapacityProvider { get; init; }

    /// <summary>Members of RunTask's overrides.</summary>
    public string Overrides { get; init; } = "{}";

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    public int Version { get; init; } = 1;

    [JsonIgnore]
    public string Id => Arn[(Arn.LastIndexOf('/') + 1)..];
}

internal sealed record ContainerRecord(string Name, string Image)
{
    public string? ImageDigest { get; init; }

    public string LastStatus { get; init; } = "PENDING";

    public int? ExitCode { get; init; }

    /// <summary>Of the Docker engine's container; <c>null</c>: it runs as a process.</summary>
    public string? RuntimeId { get; init; }

    public bool IsEssential { get; init; } = true;

    /// <summary>Whether it has a health check.</summary>
    public bool IsChecked { get; init; }

    /// <summary>HEALTHY, UNHEALTHY, UNKNOWN</summary>
    public string Health { get; init; } = "UNKNOWN";

    public string? Reason { get; init; }

    /// <summary>Container port → port on 127.0.0.1.</summary>
    public IReadOnlyDictionary<int, int> Ports { get; init; } = new Dictionary<int, int>();
}

/// <summary>A call of RunTask with a client token: the same token again gives the same tasks.</summary>
/// <param name="Request">the call's members, to know another call with the same token</param>
internal sealed record RunRecord(string Request, IReadOnlyList<string> Tasks);
