namespace Pipeline.LocalCloud.Dns;

/// <param name="Id">as Route 53 makes it: Z and 20 letters and digits</param>
/// <param name="Name">with the dot at its end</param>
internal sealed record HostedZone(string Id, string Name, string? Comment)
{
    /// <summary>Networks that see it; none makes it public.</summary>
    public IReadOnlyList<string> Networks { get; init; } = [];

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> NameServers => [.. Enumerable.Range(0, 4).Select(i => $"ns-{Id.Sum(c => c) % 500 + i * 512}.awsdns-{i:D2}.{(i switch { 0 => "com", 1 => "net", 2 => "org", _ => "co.uk" })}")];
}

/// <param name="Name">with the dot at its end</param>
/// <param name="Ttl">seconds; <c>null</c> for an alias</param>
internal sealed record DnsRecord(string ZoneId, string Name, string Type, int? Ttl, IReadOnlyList<string> Values)
{
    public DnsAlias? Alias { get; init; }

    /// <summary>Tells apart records of one name and type that share the traffic by weight.</summary>
    public string? SetIdentifier { get; init; }

    public int? Weight { get; init; }

    public string Key => $"{ZoneId}|{Name}|{Type}|{SetIdentifier}";
}

internal sealed record DnsAlias(string DnsName, string HostedZoneId, bool EvaluateTargetHealth);
