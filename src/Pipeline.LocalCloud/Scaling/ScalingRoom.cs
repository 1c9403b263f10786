using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Scaling;

/// <summary>Application Auto Scaling: what a service may be scaled by.</summary>
internal sealed class ScalingRoom
{
    private readonly ScalingStore _store;

    public ScalingRoom(ScalingStore store)
    {
        _store = store;
        Service = new AwsService("application-autoscaling", Wire.Json) { TargetPrefixes = ["AnyScaleFrontendService"] }
            .On("RegisterScalableTarget", request => new() { ["ScalableTargetARN"] = store.Register(request.Body, request.Arn).Arn })
            .On("DescribeScalableTargets", DescribeTargets)
            .On("DeregisterScalableTarget", Deregister)
            .On("PutScalingPolicy", request => new() { ["PolicyARN"] = store.Put(request.Body, request.Arn).Arn, ["Alarms"] = new JsonArray() })
            .On("DescribeScalingPolicies", DescribePolicies)
            .On("DeleteScalingPolicy", DeletePolicy)
            .On("DescribeScalingActivities", _ => new() { ["ScalingActivities"] = new JsonArray() });
        ResourceTypes = new ScalingTypes(store).Types;
    }

    public AwsService Service { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    private JsonObject DescribeTargets(AwsRequest request)
    {
        var ids = request.Body.Texts("ResourceIds");
        var found = _store.Targets.Where(target => target.Id.Namespace == Space(request)
            && (ids.Count == 0 || ids.Contains(target.Id.ResourceId))
            && (request.Text("ScalableDimension") ?? target.Id.Dimension) == target.Id.Dimension).ToList();
        return Page(request, "ScalableTargets", found, target => new JsonObject
        {
            ["ServiceNamespace"] = target.Id.Namespace,
            ["ResourceId"] = target.Id.ResourceId,
            ["ScalableDimension"] = target.Id.Dimension,
            ["MinCapacity"] = target.Min,
            ["MaxCapacity"] = target.Max,
            ["RoleARN"] = target.RoleArn,
            ["CreationTime"] = Time.Epoch(target.Created),
            ["SuspendedState"] = new JsonObject
            {
                ["DynamicScalingInSuspended"] = target.Suspended.Flag("DynamicScalingInSuspended") ?? false,
                ["DynamicScalingOutSuspended"] = target.Suspended.Flag("DynamicScalingOutSuspended") ?? false,
                ["ScheduledScalingSuspended"] = target.Suspended.Flag("ScheduledScalingSuspended") ?? false,
            },
            ["ScalableTargetARN"] = target.Arn,
        });
    }

    private JsonObject DescribePolicies(AwsRequest request)
    {
        var names = request.Body.Texts("PolicyNames");
        var found = _store.Policies.Where(policy => policy.Target.Namespace == Space(request)
            && (names.Count == 0 || names.Contains(policy.Name) || names.Contains(policy.Arn))
            && (request.Text("ResourceId") ?? policy.Target.ResourceId) == policy.Target.ResourceId
            && (request.Text("ScalableDimension") ?? policy.Target.Dimension) == policy.Target.Dimension).ToList();
        return Page(request, "ScalingPolicies", found, policy => new JsonObject
        {
            ["PolicyARN"] = policy.Arn,
            ["PolicyName"] = policy.Name,
            ["ServiceNamespace"] = policy.Target.Namespace,
            ["ResourceId"] = policy.Target.ResourceId,
            ["ScalableDimension"] = policy.Target.Dimension,
            ["PolicyType"] = policy.Type,
            [policy.Type == "StepScaling" ? "StepScalingPolicyConfiguration" : "TargetTrackingScalingPolicyConfiguration"] = policy.Configuration.DeepClone(),
            ["Alarms"] = new JsonArray(),
            ["CreationTime"] = Time.Epoch(policy.Created),
        });
    }

    private JsonObject Deregister(AwsRequest request)
    {
        var id = ScalingStore.Id(request.Body);
        return _store.Deregister(id) ? [] : throw new AwsException("ObjectNotFoundException", $"No scalable target registered for service namespace: {id.Namespace}, resource ID: {id.ResourceId}, scalable dimension: {id.Dimension}");
    }

    private JsonObject DeletePolicy(AwsRequest request)
    {
        var name = request.Text("PolicyName") ?? throw ScalingStore.Missing("policyName");
        return _store.Delete(ScalingStore.Id(request.Body), name) ? [] : throw new AwsException("ObjectNotFoundException", $"No scaling policy found for policy name {name}");
    }

    private static string Space(AwsRequest request) => request.Text("ServiceNamespace") ?? throw ScalingStore.Missing("serviceNamespace");

    private static JsonObject Page<T>(AwsRequest request, string member, List<T> all, Func<T, JsonNode> show)
    {
        var start = int.TryParse(request.Text("NextToken"), NumberStyles.None, CultureInfo.InvariantCulture, out var token) ? token : 0;
        var size = request.Body.Int("MaxResults") ?? 50;
        var answer = new JsonObject { [member] = new JsonArray([.. all.Skip(start).Take(size).Select(show)]) };
        if (start + size < all.Count)
        {
            answer["NextToken"] = (start + size).ToString(CultureInfo.InvariantCulture);
        }

        return answer;
    }
}
