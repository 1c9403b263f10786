using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.LoadBalancing;

/// <summary>Operations on target groups: their health check and attributes.</summary>
internal sealed class TargetGroupOperations(Balancer balancer, Action<string, JsonObject> tag)
{
    private static readonly Dictionary<string, string> Defaults = new()
    {
        ["deregistration_delay.timeout_seconds"] = "300",
        ["stickiness.enabled"] = "false",
        ["stickiness.type"] = "lb_cookie",
        ["stickiness.lb_cookie.duration_seconds"] = "86400",
        ["load_balancing.algorithm.type"] = "round_robin",
        ["slow_start.duration_seconds"] = "0",
        ["load_balancing.cross_zone.enabled"] = "use_load_balancer_configuration",
    };

    public void AddTo(AwsService service) => service
        .On("CreateTargetGroup", request => new() { ["TargetGroups"] = new JsonArray(Describe(Create(request))) })
        .On("DescribeTargetGroups", request => Pages.Of(request, "TargetGroups", Select(request.Body).Select(Describe), LoadBalancingService.Pages))
        .On("ModifyTargetGroup", request => new() { ["TargetGroups"] = new JsonArray(Describe(Modify(request.Required("TargetGroupArn"), request.Body))) })
        .On("DeleteTargetGroup", async request => { await Delete(request.Required("TargetGroupArn")); return []; })
        .On("DescribeTargetGroupAttributes", request => new() { ["Attributes"] = Attributes(Find(request.Required("TargetGroupArn"))) })
        .On("ModifyTargetGroupAttributes", request => new() { ["Attributes"] = Attributes(SetAttributes(request.Required("TargetGroupArn"), request.Body.Objects("Attributes"))) });

    public TargetGroupRecord Create(AwsRequest request)
    {
        var body = request.Body;
        var name = request.Required("Name");
        if (balancer.TargetGroups.All.Any(g => g.Name == name))
        {
            throw new AwsException("DuplicateTargetGroupName", $"A target group with the same name '{name}' exists, but with different settings");
        }

        OnlyHttp(body.Text("Protocol") ?? "HTTP", "Protocol");
        OnlyHttp(body.Text("HealthCheckProtocol") ?? "HTTP", "HealthCheckProtocol");
        if (body.Text("ProtocolVersion") is { } version and not "HTTP1")
        {
            throw new AwsException("InvalidConfigurationRequest", $"ProtocolVersion '{version}' is not implemented by the embedded cloud; it speaks HTTP1");
        }

        var type = body.Text("TargetType") ?? "instance";
        if (type is not ("ip" or "instance"))
        {
            throw new AwsException("InvalidConfigurationRequest", $"TargetType '{type}' is not implemented by the embedded cloud");
        }

        var created = new TargetGroupRecord(
            request.Arn("elasticloadbalancing", $"targetgroup/{name}/{LoadBalancingService.NewId()}"),
            name,
            body.Int("Port") ?? throw new AwsException("ValidationError", "A port must be specified"),
            body.Text("VpcId"),
            type,
            Settings(body, new HealthCheckSettings("/", "traffic-port", "200", 30, 5, 5, 2)));
        balancer.TargetGroups.Put(created.Arn, created);
        tag(created.Arn, body);
        return created;
    }

    public TargetGroupRecord Modify(string arn, JsonObject body)
    {
        var found = Find(arn);
        found = found with { HealthCheck = Settings(body, found.HealthCheck) };
        balancer.TargetGroups.Put(arn, found);
        return found;
    }

    public async Task Delete(string arn)
    {
        if (balancer.IsUsed(arn))
        {
            throw new AwsException("ResourceInUse", $"Target group '{arn}' is currently in use by a listener or a rule");
        }

        await balancer.RemoveGroup(arn);
    }

    public TargetGroupRecord SetAttributes(string arn, IReadOnlyList<JsonObject> attributes)
    {
        var found = Find(arn);
        var changed = new Dictionary<string, string>(found.Attributes);
        foreach (var attribute in attributes)
        {
            var (key, value) = (attribute.Text("Key") ?? "", attribute.Text("Value") ?? "");
            var refusal = key switch
            {
                _ when !Defaults.ContainsKey(key) => $"Target group attribute key '{key}' is not recognized by the embedded cloud",
                "stickiness.enabled" when value != "false" => "The embedded cloud does not implement stickiness; set 'stickiness.enabled' to false",
                "load_balancing.algorithm.type" when value != "round_robin" => $"The embedded cloud does not implement the algorithm '{value}'; it has round_robin",
                "slow_start.duration_seconds" when value != "0" => "The embedded cloud does not implement slow start",
                "deregistration_delay.timeout_seconds" when !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var delay) || delay > 3600 => $"deregistration_delay.timeout_seconds must be 0 to 3600, not '{value}'",
                _ => null,
            };
            changed[key] = refusal is null ? value : throw new AwsException("InvalidConfigurationRequest", refusal);
        }

        found = found with { Attributes = changed };
        balancer.TargetGroups.Put(arn, found);
        return found;
    }

    public TargetGroupRecord Find(string arn) => balancer.TargetGroups.Find(arn) ?? throw NotFound(arn);

    private static AwsException NotFound(string what) => new("TargetGroupNotFound", $"Target groups '{what}' not found");

    private static void OnlyHttp(string protocol, string member)
    {
        if (protocol != "HTTP")
        {
            throw new AwsException("InvalidConfigurationRequest", $"{member} '{protocol}' is not implemented by the embedded cloud; it speaks HTTP");
        }
    }

    private static HealthCheckSettings Settings(JsonObject body, HealthCheckSettings now) => new(
        body.Text("HealthCheckPath") ?? now.Path,
        body.Text("HealthCheckPort") ?? now.Port,
        body.Object("Matcher")?.Text("HttpCode") ?? now.Matcher,
        Range(body.Int("HealthCheckIntervalSeconds") ?? now.IntervalSeconds, 5, 300, "Health check interval"),
        Range(body.Int("HealthCheckTimeoutSeconds") ?? now.TimeoutSeconds, 2, 120, "Health check timeout"),
        Range(body.Int("HealthyThresholdCount") ?? now.HealthyThreshold, 2, 10, "Healthy threshold count"),
        Range(body.Int("UnhealthyThresholdCount") ?? now.UnhealthyThreshold, 2, 10, "Unhealthy threshold count"));

    private static int Range(int value, int low, int high, string name) => value >= low && value <= high
        ? value
        : throw new AwsException("ValidationError", $"{name} must be between {low} and {high}, not {value}");

    private IEnumerable<TargetGroupRecord> Select(JsonObject body)
    {
        var arns = body.Texts("TargetGroupArns");
        var names = body.Texts("Names");
        return arns.Count > 0 ? arns.Select(Find)
            : names.Count > 0 ? names.Select(n => balancer.TargetGroups.All.FirstOrDefault(g => g.Name == n) ?? throw NotFound(n))
            : balancer.TargetGroups.All.Where(g => body.Text("LoadBalancerArn") is not { } wanted || balancer.LoadBalancersOf(g.Arn).Contains(wanted)).OrderBy(g => g.Name, StringComparer.Ordinal);
    }

    private static JsonArray Attributes(TargetGroupRecord found) =>
        new([.. Defaults.Select(d => new JsonObject { ["Key"] = d.Key, ["Value"] = found.Attributes.GetValueOrDefault(d.Key, d.Value) })]);

    private JsonObject Describe(TargetGroupRecord found) => new()
    {
        ["TargetGroupArn"] = found.Arn,
        ["TargetGroupName"] = found.Name,
        ["Protocol"] = "HTTP",
        ["Port"] = found.Port,
        ["VpcId"] = found.VpcId,
        ["HealthCheckProtocol"] = "HTTP",
        ["HealthCheckPort"] = found.HealthCheck.Port,
        ["HealthCheckEnabled"] = true,
        ["HealthCheckIntervalSeconds"] = found.HealthCheck.IntervalSeconds,
        ["HealthCheckTimeoutSeconds"] = found.HealthCheck.TimeoutSeconds,
        ["HealthyThresholdCount"] = found.HealthCheck.HealthyThreshold,
        ["UnhealthyThresholdCount"] = found.HealthCheck.UnhealthyThreshold,
        ["HealthCheckPath"] = found.HealthCheck.Path,
        ["Matcher"] = new JsonObject { ["HttpCode"] = found.HealthCheck.Matcher },
        ["LoadBalancerArns"] = new JsonArray([.. balancer.LoadBalancersOf(found.Arn).Select(a => JsonValue.Create(a))]),
        ["TargetType"] = found.TargetType,
        ["ProtocolVersion"] = "HTTP1",
        ["IpAddressType"] = "ipv4",
    };
}
