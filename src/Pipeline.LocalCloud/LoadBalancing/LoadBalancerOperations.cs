using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.LoadBalancing;

/// <summary>Operations on load balancers themselves.</summary>
internal sealed class LoadBalancerOperations(Balancer balancer, TimeProvider clock, Action<string, JsonObject> tag)
{
    private static readonly Dictionary<string, string> Defaults = new()
    {
        ["deletion_protection.enabled"] = "false",
        ["idle_timeout.timeout_seconds"] = "60",
        ["routing.http2.enabled"] = "true",
        ["routing.http.drop_invalid_header_fields.enabled"] = "false",
        ["load_balancing.cross_zone.enabled"] = "true",
        ["access_logs.s3.enabled"] = "false",
    };

    public void AddTo(AwsService service) => service
        .On("CreateLoadBalancer", request => new() { ["LoadBalancers"] = new JsonArray(Describe(Create(request))) })
        .On("DescribeLoadBalancers", request => Pages.Of(request, "LoadBalancers", Select(request.Body).Select(Describe), LoadBalancingService.Pages))
        .On("DeleteLoadBalancer", async request => { await Delete(request.Required("LoadBalancerArn")); return []; })
        .On("SetSecurityGroups", request =>
        {
            var changed = Find(request.Required("LoadBalancerArn")) with { SecurityGroups = request.Body.Texts("SecurityGroups") };
            balancer.LoadBalancers.Put(changed.Arn, changed);
            return new() { ["SecurityGroupIds"] = Texts(changed.SecurityGroups) };
        })
        .On("SetSubnets", request =>
        {
            var changed = Find(request.Required("LoadBalancerArn")) with { Subnets = request.Body.Texts("Subnets") };
            balancer.LoadBalancers.Put(changed.Arn, changed);
            return new() { ["AvailabilityZones"] = Zones(changed) };
        })
        .On("DescribeLoadBalancerAttributes", request => new() { ["Attributes"] = Attributes(Find(request.Required("LoadBalancerArn"))) })
        .On("ModifyLoadBalancerAttributes", request => new() { ["Attributes"] = Attributes(SetAttributes(request.Required("LoadBalancerArn"), request.Body.Objects("Attributes"))) });

    public LoadBalancerRecord Create(AwsRequest request)
    {
        var name = request.Required("Name");
        if (request.Text("Type") is { } type && type != "application")
        {
            throw new AwsException("InvalidConfigurationRequest", $"The embedded cloud has application load balancers only, not '{type}'.");
        }

        if (balancer.LoadBalancers.All.Any(b => b.Name == name))
        {
            throw new AwsException("DuplicateLoadBalancerName", $"A load balancer with the same name '{name}' exists, but with different settings");
        }

        var created = new LoadBalancerRecord(request.Arn("elasticloadbalancing", $"loadbalancer/app/{name}/{LoadBalancingService.NewId()}"), name, request.Text("Scheme") ?? "internet-facing", clock.GetUtcNow())
        {
            Subnets = request.Body.Texts("Subnets") is { Count: > 0 } subnets ? subnets : [.. request.Body.Objects("SubnetMappings").Select(m => m.Text("SubnetId") ?? "")],
            SecurityGroups = request.Body.Texts("SecurityGroups"),
        };
        balancer.LoadBalancers.Put(created.Arn, created);
        tag(created.Arn, request.Body);
        return created;
    }

    public async Task Delete(string arn)
    {
        // As on AWS: what is gone already counts as deleted.
        if (balancer.LoadBalancers.Find(arn) is { } found)
        {
            if (found.Attributes.GetValueOrDefault("deletion_protection.enabled") == "true")
            {
                throw new AwsException("OperationNotPermitted", $"Load balancer '{arn}' cannot be deleted because deletion protection is enabled");
            }

            foreach (var listener in balancer.Listeners.All.Where(l => l.LoadBalancerArn == arn).ToList())
            {
                await balancer.Close(listener.Arn);
            }

            balancer.LoadBalancers.Remove(arn);
        }
    }

    public LoadBalancerRecord SetAttributes(string arn, IReadOnlyList<JsonObject> attributes)
    {
        var found = Find(arn);
        var changed = new Dictionary<string, string>(found.Attributes);
        foreach (var attribute in attributes)
        {
            var key = attribute.Text("Key") ?? "";
            changed[key] = Defaults.ContainsKey(key)
                ? attribute.Text("Value") ?? ""
                : throw new AwsException("InvalidConfigurationRequest", $"Load balancer attribute key '{key}' is not recognized by the embedded cloud");
        }

        found = found with { Attributes = changed };
        balancer.LoadBalancers.Put(arn, found);
        return found;
    }

    public LoadBalancerRecord Find(string arn) => balancer.LoadBalancers.Find(arn) ?? throw new AwsException("LoadBalancerNotFound", $"Load balancers '[{arn}]' not found");

    private IEnumerable<LoadBalancerRecord> Select(JsonObject body)
    {
        var arns = body.Texts("LoadBalancerArns");
        var names = body.Texts("Names");
        return arns.Count > 0 ? arns.Select(Find)
            : names.Count > 0 ? names.Select(n => balancer.LoadBalancers.All.FirstOrDefault(b => b.Name == n) ?? throw new AwsException("LoadBalancerNotFound", $"Load balancers '[{n}]' not found"))
            : balancer.LoadBalancers.All.OrderBy(b => b.CreatedAt);
    }

    private static JsonArray Attributes(LoadBalancerRecord found) =>
        new([.. Defaults.Select(d => new JsonObject { ["Key"] = d.Key, ["Value"] = found.Attributes.GetValueOrDefault(d.Key, d.Value) })]);

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(t => JsonValue.Create(t))]);

    private static JsonArray Zones(LoadBalancerRecord found) => new([.. found.Subnets.Select((subnet, i) => new JsonObject { ["ZoneName"] = $"{found.Arn.Split(':')[3]}{(char)('a' + i)}", ["SubnetId"] = subnet })]);

    private static JsonObject Describe(LoadBalancerRecord found) => new()
    {
        ["LoadBalancerArn"] = found.Arn,
        ["DNSName"] = LoadBalancingService.Host,
        ["CanonicalHostedZoneId"] = "Z35SXDOTRQ7X7K",
        ["CreatedTime"] = Time.Iso(found.CreatedAt),
        ["LoadBalancerName"] = found.Name,
        ["Scheme"] = found.Scheme,
        ["State"] = new JsonObject { ["Code"] = "active" },
        ["Type"] = "application",
        ["AvailabilityZones"] = Zones(found),
        ["SecurityGroups"] = Texts(found.SecurityGroups),
        ["IpAddressType"] = "ipv4",
    };
}
