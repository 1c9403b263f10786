namespace Pipeline.Aws;

/// <summary>A task to run once, on Fargate.</summary>
/// <param name="Cluster">name or ARN</param>
/// <param name="TaskDefinition">ARN with its revision</param>
/// <param name="StartedBy">a name by which it is found again, at most 128 characters</param>
/// <param name="ClientToken">the same token twice is one task; at most 64 characters</param>
public sealed record OneOffTaskRequest(string Cluster, string TaskDefinition, string StartedBy, string ClientToken)
{
    /// <summary>Ids of the subnets it may run in.</summary>
    public required IReadOnlyList<string> Subnets { get; init; }

    /// <summary>Ids of its security groups.</summary>
    public required IReadOnlyList<string> SecurityGroups { get; init; }

    /// <summary>It gets a public address; in a subnet without a NAT gateway it could not pull its image otherwise.</summary>
    public required bool PublicAddress { get; init; }
}
