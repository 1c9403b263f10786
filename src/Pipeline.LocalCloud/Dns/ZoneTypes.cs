using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Dns;

/// <summary><c>AWS::Route53::HostedZone</c> and <c>AWS::Route53::RecordSet</c>.</summary>
internal sealed class ZoneTypes(ZoneStore store)
{
    public IReadOnlyList<ResourceType> Types =>
    [
        new("AWS::Route53::HostedZone")
        {
            Properties = "Name! HostedZoneConfig(Comment) VPCs(VPCId VPCRegion) HostedZoneTags(Key Value)",
            Required = "Name",
            Attributes = "Id NameServers",
            ListAttributes = "NameServers",
            Create = request => ResourceCalls.Refusals(() => Task.FromResult(Answer(store.Add(request.Properties.Text("Name")!, Comment(request), Networks(request), Tags(request))))),
            Update = request => ResourceCalls.Refusals(() => Task.FromResult(Answer(store.Change(store.Get(request.PhysicalId) with { Comment = Comment(request), Networks = Networks(request), Tags = Tags(request) })))),
            Delete = request => ResourceCalls.Refusals(() =>
            {
                store.Delete(request.PhysicalId);
                return Task.FromResult(true);
            }),
        },
        new("AWS::Route53::RecordSet")
        {
            Properties = "HostedZoneId! HostedZoneName! Name! Type TTL ResourceRecords AliasTarget(DNSName HostedZoneId EvaluateTargetHealth) SetIdentifier Weight Comment",
            Required = "Name Type",
            Create = request => ResourceCalls.Refusals(() => Task.FromResult(Answer(store.Add(Record(request.Properties))))),
            Update = request => ResourceCalls.Refusals(() =>
            {
                var (before, after) = (Record(request.Previous!), Record(request.Properties));
                var put = before.Key == after.Key ? store.Put(after) : store.Add(after);
                if (before.Key != after.Key)
                {
                    store.Remove(before.Key);
                }

                return Task.FromResult(Answer(put));
            }),
            Read = request => Task.FromResult(store.FindRecord(Record(request.Properties).Key) is not { } live ? null
                : new JsonObject { ["TTL"] = live.Ttl, ["Weight"] = live.Weight, ["ResourceRecords"] = live.Alias is null ? new JsonArray([.. live.Values.Select(value => JsonValue.Create(value))]) : null }),
            Delete = request => ResourceCalls.Refusals(() =>
            {
                // A zone that is gone has taken its records with it.
                if (Zone(request.Properties) is { } zone)
                {
                    store.Remove(Record(request.Properties, zone).Key);
                }

                return Task.FromResult(true);
            }),
        },
    ];

    private static string? Comment(ResourceRequest request) => request.Properties.Object("HostedZoneConfig")?.Text("Comment");

    private static IReadOnlyList<string> Networks(ResourceRequest request) => [.. request.Properties.Objects("VPCs").Select(network => network.Text("VPCId") ?? throw ZoneStore.Invalid("A VPC needs a VPCId."))];

    private static Dictionary<string, string> Tags(ResourceRequest request) =>
        request.Stack.Tags.Concat(request.Properties.Objects("HostedZoneTags").Select(tag => KeyValuePair.Create(tag.Text("Key") ?? "", tag.Text("Value") ?? ""))).GroupBy(tag => tag.Key).ToDictionary(group => group.Key, group => group.Last().Value);

    private HostedZone? Zone(JsonObject properties)
    {
        var (id, name) = (properties.Text("HostedZoneId"), properties.Text("HostedZoneName"));
        return id is null == name is null ? throw ZoneStore.Invalid("A record needs either a HostedZoneId or a HostedZoneName.")
            : id is not null ? store.Find(id)
            : store.Zones.FirstOrDefault(zone => zone.Name == ZoneStore.Full(name!));
    }

    private DnsRecord Record(JsonObject properties) =>
        Record(properties, Zone(properties) ?? (properties.Text("HostedZoneId") is { } id ? store.Get(id) : store.Named(properties.Text("HostedZoneName")!)));

    private static DnsRecord Record(JsonObject properties, HostedZone zone) => new(
        zone.Id, ZoneStore.Full(properties.Text("Name")!), properties.Text("Type")!, properties.Int("TTL"), properties.Texts("ResourceRecords"))
    {
        Alias = properties.Object("AliasTarget") is { } alias
            ? new DnsAlias(alias.Text("DNSName") ?? throw ZoneStore.Invalid("An AliasTarget needs a DNSName."), alias.Text("HostedZoneId") ?? throw ZoneStore.Invalid("An AliasTarget needs a HostedZoneId."), alias.Flag("EvaluateTargetHealth") == true)
            : null,
        SetIdentifier = properties.Text("SetIdentifier"),
        Weight = properties.Int("Weight"),
    };

    private static Resource Answer(HostedZone zone) => new(zone.Id, new Dictionary<string, string> { ["Id"] = zone.Id, ["NameServers"] = string.Join(',', zone.NameServers) });

    private static Resource Answer(DnsRecord record) => new(record.Name.TrimEnd('.'));
}
