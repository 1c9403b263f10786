namespace Pipeline.Aws;

/// <summary>An ECS task as it is now, or was when it stopped (AWS forgets it after an hour).</summary>
/// <param name="Arn">its ARN</param>
/// <param name="TaskDefinition">its ARN</param>
/// <param name="Status">AWS's word, e.g. <c>RUNNING</c></param>
/// <param name="Health"><c>HEALTHY</c>, <c>UNHEALTHY</c> or <c>UNKNOWN</c>, from the container health check</param>
public sealed record TaskState(string Arn, string TaskDefinition, string Status, string Health)
{
    /// <summary>What started it: for a service's task the deployment's id.</summary>
    public required string? StartedBy { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset? Created { get; init; }

    /// <summary>When it ran.</summary>
    public required DateTimeOffset? Started { get; init; }

    /// <summary>When it began to stop: what replaces it is started from here on.</summary>
    public required DateTimeOffset? Stopping { get; init; }

    /// <summary>When it stopped.</summary>
    public required DateTimeOffset? Stopped { get; init; }

    /// <summary>AWS's word, e.g. <c>EssentialContainerExited</c>.</summary>
    public required string? StopCode { get; init; }

    /// <summary>Why it stopped, a sentence of AWS.</summary>
    public required string? StoppedReason { get; init; }

    /// <summary>Its containers.</summary>
    public required IReadOnlyList<ContainerState> Containers { get; init; }

    /// <summary>It was stopped only because ECS scales or goes back, which says nothing about a fault.</summary>
    public bool TidiedUp => StoppedReason?.StartsWith("Scaling activity initiated by", StringComparison.Ordinal) == true;

    /// <summary>One of its containers; <c>null</c>: it has none of that name.</summary>
    public ContainerState? Container(string name) => Containers.FirstOrDefault(c => c.Name == name);

    /// <summary>Last part of the ARN.</summary>
    public string Id => Arn[(Arn.LastIndexOf('/') + 1)..];
}

/// <summary>One container of a task.</summary>
/// <param name="Name">as the task definition calls it</param>
/// <param name="Status">AWS's word</param>
/// <param name="Image">as the task definition has it</param>
/// <param name="Digest">of what really runs, <c>sha256:…</c></param>
/// <param name="ExitCode">once it has ended</param>
/// <param name="Reason">why it did not start or was stopped, where AWS says it</param>
public sealed record ContainerState(string Name, string Status, string Image, string? Digest, int? ExitCode, string? Reason)
{
    /// <summary>Where its output goes; <c>null</c>: not to CloudWatch Logs.</summary>
    public required LogStreamName? Log { get; init; }
}

/// <summary>A log stream of CloudWatch Logs.</summary>
/// <param name="Group">the log group</param>
/// <param name="Stream">the stream in it</param>
public sealed record LogStreamName(string Group, string Stream);

/// <summary>A task definition: what tasks are started from.</summary>
/// <param name="Arn">with its revision</param>
/// <param name="Family">without it</param>
/// <param name="Revision">counts up</param>
/// <param name="Containers">in file order</param>
public sealed record TaskDefinitionState(string Arn, string Family, int Revision, IReadOnlyList<ContainerDefinitionState> Containers);

/// <summary>One container of a task definition.</summary>
/// <param name="Name">unique in it</param>
/// <param name="Image">reference</param>
/// <param name="Environment">plain variables</param>
/// <param name="Secrets">variable → ARN it is read from</param>
/// <param name="LogGroup">of the awslogs driver; <c>null</c>: another driver, or none</param>
/// <param name="LogStreamPrefix">streams are called PREFIX/CONTAINER/TASK</param>
public sealed record ContainerDefinitionState(
    string Name,
    string Image,
    IReadOnlyDictionary<string, string> Environment,
    IReadOnlyDictionary<string, string> Secrets,
    string? LogGroup,
    string? LogStreamPrefix);
