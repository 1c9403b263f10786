namespace Pipeline.Aws;

/// <summary>A database instance as it is now.</summary>
/// <param name="Id">its identifier</param>
/// <param name="ResourceId">AWS's own id: another instance under the same identifier has another</param>
/// <param name="Status">AWS's word, e.g. <c>available</c></param>
/// <param name="SizeGiB">allocated storage</param>
/// <param name="Encrypted">its storage is</param>
public sealed record DatabaseState(string Id, string ResourceId, string Status, int SizeGiB, bool Encrypted)
{
    /// <summary>Where it stands.</summary>
    public required DatabasePlacement Placement { get; init; }

    /// <summary>Host and port; <c>null</c> while it has none.</summary>
    public required DatabaseEndpoint? Endpoint { get; init; }

    /// <summary>The cluster that it belongs to; <c>null</c>: none.</summary>
    public required string? Cluster { get; init; }
}

/// <summary>Where a database answers.</summary>
/// <param name="Host">a name or an address</param>
/// <param name="Port">TCP</param>
public sealed record DatabaseEndpoint(string Host, int Port)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Host}:{Port}";
}

/// <summary>What a restored instance must be told, since AWS does not take it from the snapshot.</summary>
/// <param name="Class">e.g. <c>db.t3.medium</c></param>
/// <param name="SubnetGroup">its name; <c>null</c>: the default one</param>
/// <param name="SecurityGroups">ids</param>
/// <param name="ParameterGroup">its name; <c>null</c>: the engine's default</param>
/// <param name="MultiAz">with a standby</param>
/// <param name="DeletionProtection">AWS refuses to delete it</param>
public sealed record DatabasePlacement(string Class, string? SubnetGroup, IReadOnlyList<string> SecurityGroups, string? ParameterGroup, bool MultiAz, bool DeletionProtection);

/// <summary>A snapshot of a database instance as it is now.</summary>
/// <param name="Id">its identifier</param>
/// <param name="Arn">its ARN</param>
/// <param name="Instance">identifier of what it is of</param>
/// <param name="ResourceId">AWS's own id of what it is of</param>
/// <param name="Status">AWS's word: <c>creating</c>, <c>available</c>, <c>failed</c></param>
public sealed record DatabaseSnapshotState(string Id, string Arn, string Instance, string ResourceId, string Status)
{
    /// <summary>Of the data that is copied.</summary>
    public required int Percent { get; init; }

    /// <summary>Allocated storage of its instance.</summary>
    public required int SizeGiB { get; init; }

    /// <summary>It is.</summary>
    public required bool Encrypted { get; init; }

    /// <summary>The moment that it shows; <c>null</c> while it is being made.</summary>
    public required DateTimeOffset? Created { get; init; }

    /// <summary>Key → value.</summary>
    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    /// <summary>It can be restored.</summary>
    public bool IsAvailable => Status == "available";

    /// <summary>It will never be.</summary>
    public bool IsFailed => Status is "failed" or "incompatible-restore" or "incompatible-parameters";
}
