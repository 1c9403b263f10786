using System.Globalization;
using System.Xml.Linq;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Dns;

/// <summary>The reading half of Route 53's REST API; zones and records are made by templates.</summary>
internal sealed class ZoneRequests(ZoneStore store)
{
    private const int PageSize = 300;
    private static readonly XNamespace Space = "https://route53.amazonaws.com/doc/2013-04-01/";

    public async Task Answer(HttpContext http)
    {
        var id = WireRefusal.RequestId(http);
        http.Response.ContentType = "text/xml";
        try
        {
            await http.Response.WriteAsync(Answer(http.Request).ToString(SaveOptions.DisableFormatting), http.RequestAborted);
        }
        catch (AwsException refusal)
        {
            http.Response.StatusCode = refusal.Status;
            await http.Response.WriteAsync(QueryWire.Refusal(Space.NamespaceName, refusal, id), http.RequestAborted);
        }
    }

    private XElement Answer(HttpRequest request)
    {
        var parts = (request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        return (request.Method, parts) switch
        {
            ("GET", ["2013-04-01", "hostedzone"]) => List(request),
            ("GET", ["2013-04-01", "hostedzonesbyname"]) => ByName(request),
            ("GET", ["2013-04-01", "hostedzone", var id]) => Get(store.Get(id)),
            ("GET", ["2013-04-01", "hostedzone", var id, "rrset"]) => Records(request, store.Get(id)),
            _ => throw new AwsException("InvalidAction", $"The embedded cloud does not implement {request.Method} {request.Path} of Route 53."),
        };
    }

    private XElement List(HttpRequest request)
    {
        var zones = store.Zones.OrderBy(zone => zone.Id, StringComparer.Ordinal).Where(zone => string.CompareOrdinal(zone.Id, request.Query["marker"].ToString()) >= 0).ToList();
        var page = zones.Take(Size(request)).ToList();
        return new XElement(Space + "ListHostedZonesResponse",
            new XElement(Space + "HostedZones", page.Select(Describe)),
            request.Query.ContainsKey("marker") ? new XElement(Space + "Marker", request.Query["marker"].ToString()) : null,
            new XElement(Space + "IsTruncated", zones.Count > page.Count),
            zones.Count > page.Count ? new XElement(Space + "NextMarker", zones[page.Count].Id) : null,
            new XElement(Space + "MaxItems", Size(request)));
    }

    private XElement ByName(HttpRequest request)
    {
        var name = request.Query["dnsname"].ToString();
        var zones = store.Zones.OrderBy(zone => Reversed(zone.Name), StringComparer.Ordinal).Where(zone => name.Length == 0 || string.CompareOrdinal(Reversed(zone.Name), Reversed(ZoneStore.Full(name))) >= 0).ToList();
        var page = zones.Take(Size(request)).ToList();
        return new XElement(Space + "ListHostedZonesByNameResponse",
            new XElement(Space + "HostedZones", page.Select(Describe)),
            name.Length > 0 ? new XElement(Space + "DNSName", name) : null,
            new XElement(Space + "IsTruncated", zones.Count > page.Count),
            zones.Count > page.Count ? new XElement(Space + "NextDNSName", zones[page.Count].Name) : null,
            zones.Count > page.Count ? new XElement(Space + "NextHostedZoneId", zones[page.Count].Id) : null,
            new XElement(Space + "MaxItems", Size(request)));
    }

    private XElement Get(HostedZone zone) => new(Space + "GetHostedZoneResponse",
        Describe(zone),
        zone.Networks.Count > 0 ? null : new XElement(Space + "DelegationSet", new XElement(Space + "NameServers", zone.NameServers.Select(server => new XElement(Space + "NameServer", server)))),
        zone.Networks.Count == 0 ? null : new XElement(Space + "VPCs", zone.Networks.Select(network => new XElement(Space + "VPC", new XElement(Space + "VPCId", network)))));

    private XElement Records(HttpRequest request, HostedZone zone)
    {
        var (name, type) = (request.Query["name"].ToString(), request.Query["type"].ToString());
        var records = store.RecordsOf(zone.Id).Where(record => name.Length == 0 || (string.CompareOrdinal(record.Name, ZoneStore.Full(name)) is var order
            && (order > 0 || (order == 0 && (type.Length == 0 || string.CompareOrdinal(record.Type, type) >= 0))))).ToList();
        var page = records.Take(Size(request)).ToList();
        return new XElement(Space + "ListResourceRecordSetsResponse",
            new XElement(Space + "ResourceRecordSets", page.Select(Describe)),
            new XElement(Space + "IsTruncated", records.Count > page.Count),
            records.Count > page.Count ? new XElement(Space + "NextRecordName", records[page.Count].Name) : null,
            records.Count > page.Count ? new XElement(Space + "NextRecordType", records[page.Count].Type) : null,
            new XElement(Space + "MaxItems", Size(request)));
    }

    private XElement Describe(HostedZone zone) => new(Space + "HostedZone",
        new XElement(Space + "Id", $"/hostedzone/{zone.Id}"),
        new XElement(Space + "Name", zone.Name),
        new XElement(Space + "CallerReference", zone.Id),
        new XElement(Space + "Config", zone.Comment is null ? null : new XElement(Space + "Comment", zone.Comment), new XElement(Space + "PrivateZone", zone.Networks.Count > 0)),
        new XElement(Space + "ResourceRecordSetCount", store.RecordsOf(zone.Id).Count()));

    private static XElement Describe(DnsRecord record) => new(Space + "ResourceRecordSet",
        new XElement(Space + "Name", record.Name),
        new XElement(Space + "Type", record.Type),
        record.SetIdentifier is null ? null : new XElement(Space + "SetIdentifier", record.SetIdentifier),
        record.Weight is null ? null : new XElement(Space + "Weight", record.Weight),
        record.Ttl is null ? null : new XElement(Space + "TTL", record.Ttl),
        record.Values.Count == 0 ? null : new XElement(Space + "ResourceRecords", record.Values.Select(value => new XElement(Space + "ResourceRecord", new XElement(Space + "Value", value)))),
        record.Alias is not { } alias ? null : new XElement(Space + "AliasTarget",
            new XElement(Space + "HostedZoneId", alias.HostedZoneId), new XElement(Space + "DNSName", ZoneStore.Full(alias.DnsName)), new XElement(Space + "EvaluateTargetHealth", alias.EvaluateTargetHealth)));

    private static int Size(HttpRequest request) =>
        int.TryParse(request.Query["maxitems"].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? Math.Clamp(size, 1, PageSize) : 100;

    /// <summary>Names are sorted from their end: com.example before com.example.www.</summary>
    private static string Reversed(string name) => string.Join('.', name.TrimEnd('.').Split('.').Reverse());
}
