using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Dns;

/// <summary>Route 53: zones and records.</summary>
internal sealed class DnsRoom
{
    /// <summary>What its requests are signed for.</summary>
    public const string Service = "route53";

    private readonly ZoneRequests _requests;

    public DnsRoom(Database database)
    {
        var store = new ZoneStore(database);
        _requests = new ZoneRequests(store);
        ResourceTypes = new ZoneTypes(store).Types;
    }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    public Task Answer(HttpContext http) => _requests.Answer(http);
}
