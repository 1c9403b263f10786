using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Scaling;

/// <summary><c>AWS::ApplicationAutoScaling::ScalableTarget</c> and <c>::ScalingPolicy</c>.</summary>
internal sealed class ScalingTypes(ScalingStore store)
{
    private const string Custom = "CustomizedMetricSpecification(MetricName Namespace Dimensions(Name Value) Statistic Unit Metrics(Id Expression Label ReturnData MetricStat(Metric(MetricName Namespace Dimensions(Name Value)) Stat Unit)))";

    public IReadOnlyList<ResourceType> Types =>
    [
        new("AWS::ApplicationAutoScaling::ScalableTarget")
        {
            Properties = "ResourceId! ScalableDimension! ServiceNamespace! MinCapacity MaxCapacity RoleARN SuspendedState(DynamicScalingInSuspended DynamicScalingOutSuspended ScheduledScalingSuspended)",
            Required = "MaxCapacity MinCapacity ResourceId ScalableDimension ServiceNamespace",
            Attributes = "Id",
            Create = request => ResourceCalls.Refusals(() => Task.FromResult(Answer(store.Register(request.Properties, request.Arn)))),
            Update = request => ResourceCalls.Refusals(() => Task.FromResult(Answer(store.Register(request.Properties, request.Arn)))),
            Read = request => Task.FromResult(store.Find(ScalingStore.Id(request.Properties)) is { } live ? new JsonObject { ["MinCapacity"] = live.Min, ["MaxCapacity"] = live.Max } : null),
            Delete = request => Task.FromResult(store.Deregister(ScalingStore.Id(request.Properties))),
        },
        new("AWS::ApplicationAutoScaling::ScalingPolicy")
        {
            Properties = "PolicyName! PolicyType ResourceId! ScalableDimension! ServiceNamespace! ScalingTargetId!"
                + $" TargetTrackingScalingPolicyConfiguration(TargetValue PredefinedMetricSpecification(PredefinedMetricType ResourceLabel) {Custom} ScaleInCooldown ScaleOutCooldown DisableScaleIn)"
                + " StepScalingPolicyConfiguration(AdjustmentType Cooldown MetricAggregationType MinAdjustmentMagnitude StepAdjustments(MetricIntervalLowerBound MetricIntervalUpperBound ScalingAdjustment))",
            Required = "PolicyName PolicyType",
            Attributes = "Arn",
            Create = request => ResourceCalls.Refusals(() => Task.FromResult(Answer(store.Put(Body(request.Properties), request.Arn)))),
            Update = request => ResourceCalls.Refusals(() => Task.FromResult(Answer(store.Put(Body(request.Properties), request.Arn)))),
            Delete = request => Task.FromResult(store.FindPolicy(request.PhysicalId) is { } policy && store.Delete(policy.Target, policy.Name)),
        },
    ];

    /// <summary>A policy names its target by the three parts, or by the target's own id.</summary>
    private static JsonObject Body(JsonObject properties)
    {
        var body = (JsonObject)properties.DeepClone();
        if (body.Text("ScalingTargetId") is { } target)
        {
            var parts = target.Split('|');
            if (parts.Length != 3)
            {
                throw new AwsException("ValidationException", $"The ScalingTargetId {target} is not the id of a scalable target.");
            }

            (body["ResourceId"], body["ScalableDimension"], body["ServiceNamespace"]) = (parts[0], parts[1], parts[2]);
        }

        return body;
    }

    private static Resource Answer(ScalableTarget target) => new(target.Id.ToString(), new Dictionary<string, string> { ["Id"] = target.Id.ToString() });

    private static Resource Answer(ScalingPolicy policy) => new(policy.Arn, new Dictionary<string, string> { ["Arn"] = policy.Arn });
}
