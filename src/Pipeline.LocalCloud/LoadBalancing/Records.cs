using System.Text.Json.Serialization;

namespace Pipeline.LocalCloud.LoadBalancing;

/// <param name="Arn">…:loadbalancer/app/NAME/ID</param>
internal sealed record LoadBalancerRecord(string Arn, string Name, string Scheme, DateTimeOffset CreatedAt)
{
    public IReadOnlyList<string> Subnets { get; init; } = [];

    public IReadOnlyList<string> SecurityGroups { get; init; } = [];

    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();
}

/// <param name="Arn">…:targetgroup/NAME/ID</param>
internal sealed record TargetGroupRecord(string Arn, string Name, int Port, string? VpcId, string TargetType, HealthCheckSettings HealthCheck)
{
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>();

    /// <summary>Registered through the API; those of ECS tasks come with their task.</summary>
    public IReadOnlyList<TargetAddress> Targets { get; init; } = [];
}

/// <param name="Matcher">codes that mean healthy: <c>200</c>, <c>200-299</c>, <c>200,204</c></param>
/// <param name="IntervalSeconds">on AWS's clock, before scaling; so is the timeout</param>
internal sealed record HealthCheckSettings(string Path, string Port, string Matcher, int IntervalSeconds, int TimeoutSeconds, int HealthyThreshold, int UnhealthyThreshold);

internal sealed record TargetAddress(string Host, int Port)
{
    [JsonIgnore]
    public string Key => $"{Host}:{Port}";
}

internal sealed record ListenerRecord(string Arn, string LoadBalancerArn, int Port, ActionRecord Default);

/// <param name="Priority">1 to 50000; lower ones are asked first</param>
internal sealed record RuleRecord(string Arn, string ListenerArn, int Priority, IReadOnlyList<ConditionRecord> Conditions, ActionRecord Action);

/// <param name="Field"><c>path-pattern</c>, <c>host-header</c>, <c>http-request-method</c></param>
internal sealed record ConditionRecord(string Field, IReadOnlyList<string> Values);

/// <summary>What is done with a request: exactly one of the three.</summary>
internal sealed record ActionRecord
{
    public IReadOnlyList<WeightedGroup>? Forward { get; init; }

    public FixedResponse? Fixed { get; init; }

    public Redirection? Redirect { get; init; }
}

internal sealed record WeightedGroup(string Arn, int Weight);

internal sealed record FixedResponse(int StatusCode, string ContentType, string Body);

internal sealed record Redirection(int StatusCode, string Protocol, string Host, string Port, string Path, string Query);
