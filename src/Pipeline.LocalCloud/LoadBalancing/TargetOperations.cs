using System.Net;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.LoadBalancing;

/// <summary>Registering targets by hand, and the health of all.</summary>
internal sealed class TargetOperations(Balancer balancer)
{
    public void AddTo(AwsService service) => service
        .On("RegisterTargets", RegisterTargets)
        .On("DeregisterTargets", DeregisterTargets)
        .On("DescribeTargetHealth", DescribeTargetHealth);

    private JsonObject RegisterTargets(AwsRequest request)
    {
        var group = Find(request);
        var targets = Addresses(request, group);
        if (targets.FirstOrDefault(t => !IPAddress.TryParse(t.Host, out var address) || !IPAddress.IsLoopback(address)) is { } foreign)
        {
            throw new AwsException("InvalidTarget", $"The target '{foreign.Host}' is not on this machine; the embedded cloud forwards to loopback addresses only");
        }

        var changed = group with { Targets = [.. group.Targets.Union(targets)] };
        balancer.TargetGroups.Put(group.Arn, changed);
        foreach (var target in targets)
        {
            balancer.Group(group.Arn)!.Register(target);
        }

        return [];
    }

    private JsonObject DeregisterTargets(AwsRequest request)
    {
        var group = Find(request);
        var targets = Addresses(request, group);
        balancer.TargetGroups.Put(group.Arn, group with { Targets = [.. group.Targets.Except(targets)] });
        foreach (var target in targets)
        {
            // The answer does not wait for the drain; DescribeTargetHealth shows it.
            _ = balancer.Group(group.Arn)!.Deregister(target, CancellationToken.None);
        }

        return [];
    }

    private JsonObject DescribeTargetHealth(AwsRequest request)
    {
        var record = Find(request);
        var group = balancer.Group(record.Arn)!;
        var used = balancer.IsUsed(record.Arn);
        var wanted = Addresses(request, record);
        var known = group.Targets.Where(t => wanted.Count == 0 || wanted.Contains(t.Address)).ToList();
        var unknown = wanted.Where(w => !known.Exists(t => t.Address == w));
        return new()
        {
            ["TargetHealthDescriptions"] = new JsonArray(
            [
                .. known.Select(t => Describe(t.Address, Health(t, used), record)),
                .. unknown.Select(a => Describe(a, new JsonObject { ["State"] = "unused", ["Reason"] = "Target.NotRegistered", ["Description"] = "Target is not registered to the target group" }, record)),
            ]),
        };
    }

    private static JsonObject Health(Target target, bool used)
    {
        if (!used && target.State != TargetState.Draining)
        {
            return new() { ["State"] = "unused", ["Reason"] = "Target.NotInUse", ["Description"] = "Target group is not configured to receive traffic from the load balancer" };
        }

        var health = new JsonObject { ["State"] = target.State.ToString().ToLowerInvariant() };
        if (target.Reason is { } reason)
        {
            health["Reason"] = reason;
            health["Description"] = target.Description;
        }

        return health;
    }

    private static JsonObject Describe(TargetAddress address, JsonObject health, TargetGroupRecord group) => new()
    {
        ["Target"] = new JsonObject { ["Id"] = address.Host, ["Port"] = address.Port },
        ["HealthCheckPort"] = group.HealthCheck.Port == "traffic-port" ? $"{address.Port}" : group.HealthCheck.Port,
        ["TargetHealth"] = health,
    };

    private TargetGroupRecord Find(AwsRequest request) => request.Required("TargetGroupArn") is var arn && balancer.TargetGroups.Find(arn) is { } group
        ? group
        : throw new AwsException("TargetGroupNotFound", $"Target groups '{arn}' not found");

    private static List<TargetAddress> Addresses(AwsRequest request, TargetGroupRecord group) =>
        [.. request.Body.Objects("Targets").Select(t => new TargetAddress(t.Text("Id") ?? "", t.Int("Port") ?? group.Port))];
}
