using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Discovery;

/// <summary>Namespaces and services by id.</summary>
internal sealed class DiscoveryStore(Database database, TimeProvider time)
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz234567";
    private static readonly HashSet<string> Numbers = ["TTL", "FailureThreshold"];
    private static readonly HashSet<string> Flags = [];
    private readonly Table<DiscoveryNamespace> _namespaces = database.Table<DiscoveryNamespace>("discovery/namespaces");
    private readonly Table<DiscoveryService> _services = database.Table<DiscoveryService>("discovery/services");
    private readonly Table<DiscoveryOperation> _operations = database.Table<DiscoveryOperation>("discovery/operations");
    private readonly Lock _lock = new();

    public IEnumerable<DiscoveryNamespace> Namespaces => _namespaces.All.OrderBy(found => found.Name, StringComparer.Ordinal);

    public IEnumerable<DiscoveryService> Services => _services.All.OrderBy(found => found.Name, StringComparer.Ordinal);

    public DiscoveryNamespace? FindNamespace(string idOrArn) => _namespaces.Find(Id(idOrArn));

    /// <exception cref="AwsException">NamespaceNotFound</exception>
    public DiscoveryNamespace Namespace(string idOrArn) => FindNamespace(idOrArn) ?? throw new AwsException("NamespaceNotFound", $"Namespace {idOrArn} does not exist.");

    public DiscoveryService? FindService(string idOrArn) => _services.Find(Id(idOrArn));

    /// <exception cref="AwsException">ServiceNotFound</exception>
    public DiscoveryService Service(string idOrArn) => FindService(idOrArn) ?? throw new AwsException("ServiceNotFound", $"Service {idOrArn} does not exist.");

    public DiscoveryOperation Operation(string id) => _operations.Find(id) ?? throw new AwsException("OperationNotFound", $"Operation {id} does not exist.");

    public int ServicesOf(string namespaceId) => _services.All.Count(service => service.NamespaceId == namespaceId);

    /// <param name="type"><c>DNS_PRIVATE</c> or <c>HTTP</c></param>
    public DiscoveryNamespace AddNamespace(JsonObject body, string type, Func<string, string, string> arn, IReadOnlyDictionary<string, string> tags)
    {
        var name = body.Text("Name") is { Length: > 0 and <= 1024 } text ? text : throw Invalid("Name is required.");
        var network = type == "DNS_PRIVATE" ? body.Text("Vpc") ?? throw Invalid("Vpc is required.") : null;
        lock (_lock)
        {
            if (_namespaces.All.FirstOrDefault(known => known.Name == name && known.Type == type && known.Network == network) is { } same)
            {
                return body.Text("CreatorRequestId") is { } token && same.CreatorRequestId == token ? same : throw new AwsException("NamespaceAlreadyExists", $"A namespace with the name {name} already exists.");
            }

            var id = $"ns-{RandomNumberGenerator.GetString(Letters, 16)}";
            return Put(new DiscoveryNamespace(id, arn("servicediscovery", $"namespace/{id}"), name, type, time.GetUtcNow())
            {
                Network = network,
                Description = body.Text("Description"),
                SoaTtl = Soa(body) ?? 15,
                CreatorRequestId = body.Text("CreatorRequestId"),
                Tags = tags,
            });
        }
    }

    public DiscoveryNamespace Put(DiscoveryNamespace put)
    {
        _namespaces.Put(put.Id, put);
        return put;
    }

    /// <exception cref="AwsException">ResourceInUse</exception>
    public void DeleteNamespace(string id)
    {
        if (ServicesOf(Id(id)) > 0)
        {
            throw new AwsException("ResourceInUse", "The namespace still contains services: delete them first.");
        }

        _namespaces.Remove(Id(id));
    }

    public DiscoveryService AddService(JsonObject body, Func<string, string, string> arn, IReadOnlyDictionary<string, string> tags)
    {
        var name = body.Text("Name") is { Length: > 0 } text ? text : throw Invalid("Name is required.");
        var within = body.Text("NamespaceId") ?? body.Object("DnsConfig")?.Text("NamespaceId") ?? throw Invalid("NamespaceId is required.");
        var space = Namespace(within);
        if (space.Type == "HTTP" && body["DnsConfig"] is not null)
        {
            throw Invalid("DnsConfig cannot be given for a service in an HTTP namespace.");
        }

        if (body["HealthCheckConfig"] is not null && (body["HealthCheckCustomConfig"] is not null || space.Type == "DNS_PRIVATE"))
        {
            throw Invalid("HealthCheckConfig is for public DNS namespaces, and never beside HealthCheckCustomConfig.");
        }

        lock (_lock)
        {
            if (_services.All.FirstOrDefault(known => known.Name == name && known.NamespaceId == space.Id) is { } same)
            {
                return body.Text("CreatorRequestId") is { } token && same.CreatorRequestId == token ? same : throw new AwsException("ServiceAlreadyExists", $"A service with the name {name} already exists in the namespace.");
            }

            var id = $"srv-{RandomNumberGenerator.GetString(Letters, 16)}";
            return Put(new DiscoveryService(id, arn("servicediscovery", $"service/{id}"), name, space.Id, time.GetUtcNow())
            {
                Description = body.Text("Description"),
                DnsConfig = Described(body, "DnsConfig"),
                HealthCheckConfig = Described(body, "HealthCheckConfig"),
                HealthCheckCustomConfig = Described(body, "HealthCheckCustomConfig"),
                CreatorRequestId = body.Text("CreatorRequestId"),
                Tags = tags,
            });
        }
    }

    public DiscoveryService Put(DiscoveryService put)
    {
        _services.Put(put.Id, put);
        return put;
    }

    public bool DeleteService(string id) => _services.Remove(Id(id));

    public DiscoveryOperation Done(string type, string namespaceId)
    {
        var operation = new DiscoveryOperation(Guid.NewGuid().ToString(), type, namespaceId, time.GetUtcNow());
        _operations.Put(operation.Id, operation);
        return operation;
    }

    public static JsonObject? Described(JsonObject body, string member) => body.Object(member)?.Typed(Numbers, Flags) as JsonObject;

    public static int? Soa(JsonObject body) => body.Object("Properties")?.Object("DnsProperties")?.Object("SOA")?.Int("TTL");

    public static AwsException Invalid(string message) => new("InvalidInput", message);

    private static string Id(string idOrArn) => idOrArn[(idOrArn.LastIndexOf('/') + 1)..];
}
