using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Discovery;

/// <summary><c>AWS::ServiceDiscovery::PrivateDnsNamespace</c>, <c>::HttpNamespace</c> and <c>::Service</c>.</summary>
internal sealed class DiscoveryTypes(DiscoveryStore store)
{
    public IReadOnlyList<ResourceType> Types =>
    [
        Namespace("AWS::ServiceDiscovery::PrivateDnsNamespace", "DNS_PRIVATE") with
        {
            Properties = "Name! Vpc! Description Properties(DnsProperties(SOA(TTL))) Tags(Key Value)",
            Required = "Name Vpc",
            Attributes = "Id Arn HostedZoneId",
        },
        Namespace("AWS::ServiceDiscovery::HttpNamespace", "HTTP"),
        new("AWS::ServiceDiscovery::Service")
        {
            Properties = "Name! NamespaceId! Description DnsConfig(DnsRecords(Type TTL) RoutingPolicy NamespaceId) HealthCheckConfig(Type ResourcePath FailureThreshold) HealthCheckCustomConfig!(FailureThreshold) Type! Tags(Key Value)",
            Attributes = "Arn Id Name",
            Create = request => ResourceCalls.Refusals(() => Task.FromResult(Answer(store.AddService(Named(request), request.Arn, request.AllTags())))),
            Update = request => ResourceCalls.Refusals(() => Task.FromResult(Answer(store.Put(store.Service(request.PhysicalId) with
            {
                Description = request.Properties.Text("Description"),
                DnsConfig = DiscoveryStore.Described(request.Properties, "DnsConfig"),
                HealthCheckConfig = DiscoveryStore.Described(request.Properties, "HealthCheckConfig"),
                Tags = request.AllTags(),
            })))),
            Delete = request => Task.FromResult(store.DeleteService(request.PhysicalId)),
        },
    ];

    private ResourceType Namespace(string name, string type) => new(name)
    {
        Properties = "Name! Description Tags(Key Value)",
        Required = "Name",
        Attributes = "Id Arn",
        Create = request => ResourceCalls.Refusals(() => Task.FromResult(Answer(store.AddNamespace(request.Properties, type, request.Arn, request.AllTags())))),
        Update = request => ResourceCalls.Refusals(() => Task.FromResult(Answer(store.Put(store.Namespace(request.PhysicalId) with
        {
            Description = request.Properties.Text("Description"),
            SoaTtl = DiscoveryStore.Soa(request.Properties) ?? 15,
            Tags = request.AllTags(),
        })))),
        Delete = request => ResourceCalls.Refusals(() =>
        {
            store.DeleteNamespace(request.PhysicalId);
            return Task.FromResult(true);
        }),
    };

    private static JsonObject Named(ResourceRequest request)
    {
        var body = (JsonObject)request.Properties.DeepClone();
        body["Name"] ??= request.GeneratedName();
        return body;
    }

    private static Resource Answer(DiscoveryNamespace space)
    {
        var attributes = new Dictionary<string, string> { ["Id"] = space.Id, ["Arn"] = space.Arn };
        if (space.Type == "DNS_PRIVATE")
        {
            attributes["HostedZoneId"] = space.HostedZoneId;
        }

        return new Resource(space.Id, attributes);
    }

    private static Resource Answer(DiscoveryService service) => new(service.Id, new Dictionary<string, string> { ["Id"] = service.Id, ["Arn"] = service.Arn, ["Name"] = service.Name });
}
