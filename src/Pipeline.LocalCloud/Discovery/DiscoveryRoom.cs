using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Discovery;

/// <summary>Cloud Map: namespaces and services. Instances are not registered: on one machine everything is 127.0.0.1.</summary>
internal sealed class DiscoveryRoom
{
    private readonly DiscoveryStore _store;

    public DiscoveryRoom(Database database, TimeProvider time)
    {
        _store = new DiscoveryStore(database, time);
        ResourceTypes = new DiscoveryTypes(_store).Types;
        Service = new AwsService("servicediscovery", Wire.Json) { TargetPrefixes = ["Route53AutoNaming_v20170314"] }
            .On("CreatePrivateDnsNamespace", request => CreateNamespace(request, "DNS_PRIVATE"))
            .On("CreateHttpNamespace", request => CreateNamespace(request, "HTTP"))
            .On("GetNamespace", request => new() { ["Namespace"] = Describe(_store.Namespace(Required(request, "Id"))) })
            .On("ListNamespaces", ListNamespaces)
            .On("DeleteNamespace", DeleteNamespace)
            .On("GetOperation", GetOperation)
            .On("CreateService", request => new() { [nameof(Service)] = Describe(_store.AddService(request.Body, request.Arn, Tags(request.Body))) })
            .On("GetService", request => new() { [nameof(Service)] = Describe(_store.Service(Required(request, "Id"))) })
            .On("ListServices", ListServices)
            .On("DeleteService", request => { _store.DeleteService(_store.Service(Required(request, "Id")).Id); return []; })
            .On("ListInstances", request => { _store.Service(Required(request, "ServiceId")); return new() { ["Instances"] = new JsonArray() }; });
    }

    public AwsService Service { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    public bool HasService(string arn) => _store.FindService(arn) is not null;

    private static string Required(AwsRequest request, string name) => request.Text(name) is { Length: > 0 } text ? text : throw DiscoveryStore.Invalid($"{name} is required.");

    private static Dictionary<string, string> Tags(JsonObject body) => body.Objects("Tags").ToDictionary(tag => tag.Text("Key") ?? "", tag => tag.Text("Value") ?? "");

    private JsonObject CreateNamespace(AwsRequest request, string type) =>
        new() { ["OperationId"] = _store.Done("CREATE_NAMESPACE", _store.AddNamespace(request.Body, type, request.Arn, Tags(request.Body)).Id).Id };

    private JsonObject DeleteNamespace(AwsRequest request)
    {
        var space = _store.Namespace(Required(request, "Id"));
        _store.DeleteNamespace(space.Id);
        return new JsonObject { ["OperationId"] = _store.Done("DELETE_NAMESPACE", space.Id).Id };
    }

    private JsonObject GetOperation(AwsRequest request)
    {
        var operation = _store.Operation(Required(request, "OperationId"));
        return new JsonObject
        {
            ["Operation"] = new JsonObject
            {
                ["Id"] = operation.Id,
                ["Type"] = operation.Type,
                ["Status"] = "SUCCESS",
                ["CreateDate"] = Time.Epoch(operation.Time),
                ["UpdateDate"] = Time.Epoch(operation.Time),
                ["Targets"] = new JsonObject { ["NAMESPACE"] = operation.NamespaceId },
            },
        };
    }

    private JsonObject ListNamespaces(AwsRequest request) => Page(request, "Namespaces", [.. _store.Namespaces.Where(space => Passes(request, name => name switch
    {
        "TYPE" => space.Type,
        "NAME" => space.Name,
        "HTTP_NAME" => space.Name,
        _ => null,
    }))], Describe);

    private JsonObject ListServices(AwsRequest request) =>
        Page(request, "Services", [.. _store.Services.Where(service => Passes(request, name => name == "NAMESPACE_ID" ? service.NamespaceId : null))], service =>
        {
            // A list does not say where its entries are.
            var shown = Describe(service);
            shown.Remove("NamespaceId");
            return shown;
        });

    private static bool Passes(AwsRequest request, Func<string, string?> member) => request.Body.Objects("Filters").All(filter =>
    {
        var value = member(filter.Text("Name") ?? "") ?? throw DiscoveryStore.Invalid($"The filter {filter.Text("Name")} is not supported by the embedded cloud.");
        return (filter.Text("Condition") ?? "EQ") switch
        {
            "EQ" or "IN" => filter.Texts("Values").Contains(value),
            "BEGINS_WITH" => filter.Texts("Values").Any(start => value.StartsWith(start, StringComparison.Ordinal)),
            var condition => throw DiscoveryStore.Invalid($"The condition {condition} is not supported by the embedded cloud."),
        };
    });

    private JsonObject Describe(DiscoveryNamespace space)
    {
        var properties = new JsonObject { ["HttpProperties"] = new JsonObject { ["HttpName"] = space.Name } };
        if (space.Type == "DNS_PRIVATE")
        {
            properties["DnsProperties"] = new JsonObject { ["HostedZoneId"] = space.HostedZoneId, ["SOA"] = new JsonObject { ["TTL"] = space.SoaTtl } };
        }

        return WithDescription(space.Description, new JsonObject
        {
            ["Id"] = space.Id,
            ["Arn"] = space.Arn,
            ["Name"] = space.Name,
            ["Type"] = space.Type,
            ["ServiceCount"] = _store.ServicesOf(space.Id),
            ["Properties"] = properties,
            ["CreateDate"] = Time.Epoch(space.Created),
        });
    }

    private static JsonObject Describe(DiscoveryService service)
    {
        var shown = WithDescription(service.Description, new JsonObject
        {
            ["Id"] = service.Id,
            ["Arn"] = service.Arn,
            ["Name"] = service.Name,
            ["NamespaceId"] = service.NamespaceId,
            ["InstanceCount"] = 0,
            ["Type"] = service.DnsConfig is null ? "HTTP" : "DNS_HTTP",
            ["CreateDate"] = Time.Epoch(service.Created),
        });
        foreach (var (name, value) in new[] { ("DnsConfig", service.DnsConfig), ("HealthCheckConfig", service.HealthCheckConfig), ("HealthCheckCustomConfig", service.HealthCheckCustomConfig) })
        {
            if (value is not null)
            {
                shown[name] = value.DeepClone();
            }
        }

        return shown;
    }

    private static JsonObject WithDescription(string? description, JsonObject shown)
    {
        if (description is not null)
        {
            shown["Description"] = description;
        }

        return shown;
    }

    private static JsonObject Page<T>(AwsRequest request, string member, List<T> all, Func<T, JsonNode> show)
    {
        var start = int.TryParse(request.Text("NextToken"), NumberStyles.None, CultureInfo.InvariantCulture, out var token) ? token : 0;
        var size = request.Body.Int("MaxResults") ?? 100;
        var answer = new JsonObject { [member] = new JsonArray([.. all.Skip(start).Take(size).Select(show)]) };
        if (start + size < all.Count)
        {
            answer["NextToken"] = (start + size).ToString(CultureInfo.InvariantCulture);
        }

        return answer;
    }
}
