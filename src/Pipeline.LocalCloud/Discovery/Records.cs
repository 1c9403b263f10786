using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.Discovery;

/// <param name="Type"><c>DNS_PRIVATE</c> or <c>HTTP</c></param>
internal sealed record DiscoveryNamespace(string Id, string Arn, string Name, string Type, DateTimeOffset Created)
{
    public string? Description { get; init; }

    public string? Network { get; init; }

    /// <summary>Seconds.</summary>
    public int SoaTtl { get; init; } = 15;

    public string? CreatorRequestId { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>The zone that goes with it; an HTTP namespace has none.</summary>
    public string HostedZoneId => $"Z{Id["ns-".Length..].ToUpperInvariant()}";
}

/// <summary>Members that only describe (<c>DnsConfig</c>, health checks) are kept as they came.</summary>
internal sealed record DiscoveryService(string Id, string Arn, string Name, string? NamespaceId, DateTimeOffset Created)
{
    public string? Description { get; init; }

    public JsonObject? DnsConfig { get; init; }

    public JsonObject? HealthCheckConfig { get; init; }

    public JsonObject? HealthCheckCustomConfig { get; init; }

    public string? CreatorRequestId { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}

/// <summary>A change of a namespace; it is over when its call is answered.</summary>
/// <param name="Type"><c>CREATE_NAMESPACE</c> or <c>DELETE_NAMESPACE</c></param>
internal sealed record DiscoveryOperation(string Id, string Type, string NamespaceId, DateTimeOffset Time);
