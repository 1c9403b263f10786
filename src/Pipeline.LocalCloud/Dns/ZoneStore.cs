using System.Security.Cryptography;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Dns;

/// <summary>Hosted zones and their records. Nothing resolves by them: on one machine everything is 127.0.0.1.</summary>
internal sealed class ZoneStore(Database database)
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private static readonly string[] Types = ["A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP", "SVCB", "TLSA", "TXT"];
    private readonly Table<HostedZone> _zones = database.Table<HostedZone>("route53/zones");
    private readonly Table<DnsRecord> _records = database.Table<DnsRecord>("route53/records");
    private readonly Lock _lock = new();

    public IEnumerable<HostedZone> Zones => _zones.All.OrderBy(zone => zone.Name, StringComparer.Ordinal).ThenBy(zone => zone.Id, StringComparer.Ordinal);

    public HostedZone? Find(string id) => _zones.Find(id[(id.LastIndexOf('/') + 1)..]);

    /// <exception cref="AwsException">NoSuchHostedZone</exception>
    public HostedZone Get(string id) => Find(id) ?? throw new AwsException("NoSuchHostedZone", $"No hosted zone found with ID: {id}", 404);

    /// <summary>The one public zone of a name, as templates that name no id mean it.</summary>
    /// <exception cref="AwsException">there is none, or more than one</exception>
    public HostedZone Named(string name) => Zones.Where(zone => zone.Name == Full(name)).ToList() switch
    {
        [var only] => only,
        [] => throw new AwsException("NoSuchHostedZone", $"No hosts named {name} found.", 404),
        _ => throw Invalid($"More than one hosted zone is named {name}."),
    };

    public IEnumerable<DnsRecord> RecordsOf(string zoneId) => _records.All.Where(record => record.ZoneId == zoneId).OrderBy(record => record.Name, StringComparer.Ordinal).ThenBy(record => record.Type, StringComparer.Ordinal);

    public DnsRecord? FindRecord(string key) => _records.Find(key);

    public HostedZone Add(string name, string? comment, IReadOnlyList<string> networks, IReadOnlyDictionary<string, string> tags)
    {
        if (name.Length is 0 or > 255 || name.TrimEnd('.').Split('.').Any(label => label.Length is 0 or > 63))
        {
            throw new AwsException("InvalidDomainName", $"{name} is not a valid domain name.");
        }

        var zone = new HostedZone($"Z{RandomNumberGenerator.GetString(Letters, 20)}", Full(name), comment) { Networks = networks, Tags = tags };
        _zones.Put(zone.Id, zone);
        Put(new DnsRecord(zone.Id, zone.Name, "NS", 172_800, [.. zone.NameServers.Select(Full)]));
        Put(new DnsRecord(zone.Id, zone.Name, "SOA", 900, [$"{zone.NameServers[0]}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"]));
        return zone;
    }

    public HostedZone Change(HostedZone zone)
    {
        _zones.Put(zone.Id, zone);
        return zone;
    }

    /// <exception cref="AwsException">HostedZoneNotEmpty</exception>
    public void Delete(string id)
    {
        lock (_lock)
        {
            if (Find(id) is not { } zone)
            {
                return;
            }

            if (RecordsOf(zone.Id).Any(record => record.Type is not ("NS" or "SOA")))
            {
                throw new AwsException("HostedZoneNotEmpty", "The specified hosted zone contains non-required resource record sets and so cannot be deleted.");
            }

            foreach (var record in RecordsOf(zone.Id).ToList())
            {
                _records.Remove(record.Key);
            }

            _zones.Remove(zone.Id);
        }
    }

    /// <summary>Adds a record that must not be there yet.</summary>
    /// <exception cref="AwsException">it is there, or it does not belong to its zone</exception>
    public DnsRecord Add(DnsRecord record)
    {
        lock (_lock)
        {
            return FindRecord(record.Key) is null
                ? Put(record)
                : throw new AwsException("InvalidChangeBatch", $"[Tried to create resource record set [name='{record.Name}', type='{record.Type}'] but it already exists]");
        }
    }

    public DnsRecord Put(DnsRecord record)
    {
        var zone = Get(record.ZoneId);
        if (record.Name != zone.Name && !record.Name.EndsWith($".{zone.Name}", StringComparison.Ordinal))
        {
            throw new AwsException("InvalidChangeBatch", $"[RRSet with DNS name {record.Name} is not permitted in zone {zone.Name}]");
        }

        if (!Types.Contains(record.Type))
        {
            throw Invalid($"The record type {record.Type} does not exist.");
        }

        if (record.Alias is null == (record.Values.Count == 0) || record.Alias is null == record.Ttl is null)
        {
            throw Invalid($"The record {record.Name} needs either an AliasTarget, or a TTL and ResourceRecords.");
        }

        _records.Put(record.Key, record);
        return record;
    }

    public void Remove(string key) => _records.Remove(key);

    public static string Full(string name) => name.EndsWith('.') ? name : $"{name}.";

    public static AwsException Invalid(string message) => new("InvalidInput", message);
}
