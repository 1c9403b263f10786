using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.LoadBalancing;

/// <summary><c>AWS::ElasticLoadBalancingV2::LoadBalancer</c> and <c>::TargetGroup</c>.</summary>
internal sealed class LoadBalancerTypes(Balancer balancer, LoadBalancerOperations loadBalancers, TargetGroupOperations groups)
{
    public IReadOnlyList<ResourceType> Types =>
    [
        new("AWS::ElasticLoadBalancingV2::LoadBalancer")
        {
            Properties = "Name! Scheme! Type! Subnets SubnetMappings(SubnetId AllocationId PrivateIPv4Address) SecurityGroups IpAddressType LoadBalancerAttributes(Key Value) Tags(Key Value)",
            Create = request => ResourceCalls.Refusals(() =>
            {
                var created = loadBalancers.Create(request.Call("CreateLoadBalancer", Body(request)));
                return Task.FromResult(Answer(loadBalancers.SetAttributes(created.Arn, request.Properties.Objects("LoadBalancerAttributes"))));
            }),
            Update = request => ResourceCalls.Refusals(() =>
            {
                var changed = loadBalancers.Find(request.PhysicalId) with
                {
                    Subnets = request.Properties.Texts("Subnets"),
                    SecurityGroups = request.Properties.Texts("SecurityGroups"),
                    Attributes = new Dictionary<string, string>(),
                };
                balancer.LoadBalancers.Put(changed.Arn, changed);
                return Task.FromResult(Answer(loadBalancers.SetAttributes(changed.Arn, request.Properties.Objects("LoadBalancerAttributes"))));
            }),
            Delete = request => ResourceCalls.Refusals(async () =>
            {
                await loadBalancers.Delete(request.PhysicalId);
                return true;
            }),
        },
        new("AWS::ElasticLoadBalancingV2::TargetGroup")
        {
            Properties = "Name! Port! Protocol! ProtocolVersion! VpcId! TargetType! IpAddressType! HealthCheckEnabled HealthCheckPath HealthCheckPort HealthCheckProtocol HealthCheckIntervalSeconds HealthCheckTimeoutSeconds HealthyThresholdCount UnhealthyThresholdCount Matcher(HttpCode) TargetGroupAttributes(Key Value) Tags(Key Value)",
            Create = request => ResourceCalls.Refusals(() =>
            {
                var created = groups.Create(request.Call("CreateTargetGroup", Body(request)));
                return Task.FromResult(Answer(groups.SetAttributes(created.Arn, request.Properties.Objects("TargetGroupAttributes"))));
            }),
            Update = request => ResourceCalls.Refusals(() =>
            {
                var found = groups.Find(request.PhysicalId);
                balancer.TargetGroups.Put(found.Arn, found with { Attributes = new Dictionary<string, string>() });
                groups.SetAttributes(found.Arn, request.Properties.Objects("TargetGroupAttributes"));
                return Task.FromResult(Answer(groups.Modify(found.Arn, request.Properties)));
            }),
            Delete = request => ResourceCalls.Refusals(async () =>
            {
                await groups.Delete(request.PhysicalId);
                return true;
            }),
        },
    ];

    private static JsonObject Body(ResourceRequest request)
    {
        var body = request.Properties.DeepClone().AsObject();
        body["Name"] ??= request.GeneratedName(32).TrimEnd('-');
        body["Tags"] = new JsonArray([.. request.AllTags().Select(t => new JsonObject { ["Key"] = t.Key, ["Value"] = t.Value })]);
        return body;
    }

    private static Resource Answer(LoadBalancerRecord found) => new(found.Arn, new Dictionary<string, string>
    {
        ["LoadBalancerArn"] = found.Arn,
        ["DNSName"] = LoadBalancingService.Host,
        ["LoadBalancerName"] = found.Name,
        ["LoadBalancerFullName"] = found.Arn[(found.Arn.IndexOf(":loadbalancer/", StringComparison.Ordinal) + ":loadbalancer/".Length)..],
        ["CanonicalHostedZoneID"] = "Z35SXDOTRQ7X7K",
    });

    private static Resource Answer(TargetGroupRecord found) => new(found.Arn, new Dictionary<string, string>
    {
        ["TargetGroupArn"] = found.Arn,
        ["TargetGroupName"] = found.Name,
        ["TargetGroupFullName"] = found.Arn.Split(':')[^1],
    });
}
