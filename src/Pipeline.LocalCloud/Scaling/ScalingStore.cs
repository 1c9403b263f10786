using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Scaling;

/// <summary>What may be scaled: a service's desired count.</summary>
internal sealed record ScalableId(string ResourceId, string Dimension, string Namespace)
{
    /// <summary>As CloudFormation writes it in <c>ScalingTargetId</c>.</summary>
    public override string ToString() => $"{ResourceId}|{Dimension}|{Namespace}";
}

internal sealed record ScalableTarget(ScalableId Id, string Arn, int Min, int Max, string RoleArn, DateTimeOffset Created)
{
    /// <summary>Members of the API's SuspendedState.</summary>
    public JsonObject Suspended { get; init; } = [];
}

/// <param name="Configuration">of its type, as it was put</param>
internal sealed record ScalingPolicy(ScalableId Target, string Name, string Arn, string Type, JsonObject Configuration, DateTimeOffset Created);

/// <summary>Targets and policies of automatic scaling. They are kept and checked; nothing here scales by itself.</summary>
/// <param name="exists">whether the service with a resource id such as <c>service/CLUSTER/NAME</c> is there</param>
internal sealed class ScalingStore(Database database, TimeProvider time, Func<string, bool> exists)
{
    private static readonly HashSet<string> Numbers =
    [
        "TargetValue", "ScaleInCooldown", "ScaleOutCooldown", "Cooldown", "MinAdjustmentMagnitude", "MetricIntervalLowerBound", "MetricIntervalUpperBound", "ScalingAdjustment",
    ];

    private static readonly HashSet<string> Flags = ["DisableScaleIn", "ReturnData"];
    private readonly Table<ScalableTarget> _targets = database.Table<ScalableTarget>("scaling/targets");
    private readonly Table<ScalingPolicy> _policies = database.Table<ScalingPolicy>("scaling/policies");

    public IEnumerable<ScalableTarget> Targets => _targets.All.OrderBy(target => target.Id.ResourceId, StringComparer.Ordinal);

    public IEnumerable<ScalingPolicy> Policies => _policies.All.OrderBy(policy => policy.Name, StringComparer.Ordinal);

    public ScalableTarget? Find(ScalableId id) => _targets.Find(id.ToString());

    /// <summary>Registers a target, or changes what is given of a known one.</summary>
    public ScalableTarget Register(JsonObject body, Func<string, string, string> arn)
    {
        var id = Id(body);
        var known = Find(id);
        if (!exists(id.ResourceId))
        {
            throw new AwsException("ValidationException", $"ECS service doesn't exist: {id.ResourceId}");
        }

        var min = body.Int("MinCapacity") ?? known?.Min ?? throw Missing("minCapacity");
        var max = body.Int("MaxCapacity") ?? known?.Max ?? throw Missing("maxCapacity");
        if (min < 0 || max < min)
        {
            throw new AwsException("ValidationException", "Maximum capacity cannot be less than minimum capacity");
        }

        var account = arn("iam", "x").Split(':')[4];
        var target = new ScalableTarget(
            id,
            known?.Arn ?? arn("application-autoscaling", $"scalable-target/{Guid.NewGuid():N}"),
            min,
            max,
            body.Text("RoleARN") ?? known?.RoleArn ?? $"arn:aws:iam::{account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService",
            known?.Created ?? time.GetUtcNow())
        {
            Suspended = body.Object("SuspendedState")?.DeepClone() as JsonObject ?? known?.Suspended ?? [],
        };
        _targets.Put(id.ToString(), target);
        return target;
    }

    /// <summary>Takes its policies with it.</summary>
    public bool Deregister(ScalableId id)
    {
        foreach (var policy in _policies.All.Where(policy => policy.Target == id).ToList())
        {
            _policies.Remove(Key(policy.Target, policy.Name));
        }

        return _targets.Remove(id.ToString());
    }

    public ScalingPolicy Put(JsonObject body, Func<string, string, string> arn)
    {
        var id = Id(body);
        if (Find(id) is null)
        {
            throw new AwsException("ObjectNotFoundException", $"No scalable target registered for service namespace: {id.Namespace}, resource ID: {id.ResourceId}, scalable dimension: {id.Dimension}");
        }

        var name = body.Text("PolicyName") is { Length: > 0 and <= 256 } text ? text : throw Missing("policyName");
        var known = _policies.Find(Key(id, name));
        var type = body.Text("PolicyType") ?? known?.Type ?? "StepScaling";
        var member = type switch
        {
            "TargetTrackingScaling" => "TargetTrackingScalingPolicyConfiguration",
            "StepScaling" => "StepScalingPolicyConfiguration",
            _ => throw new AwsException("ValidationException", $"The policy type {type} is not supported by the embedded cloud."),
        };
        var configuration = body.Object(member) ?? known?.Configuration ?? throw Missing(char.ToLowerInvariant(member[0]) + member[1..]);
        Check(type, configuration);
        var policy = new ScalingPolicy(
            id,
            name,
            known?.Arn ?? arn("autoscaling", $"scalingPolicy:{Guid.NewGuid()}:resource/{id.Namespace}/{id.ResourceId}:policyName/{name}"),
            type,
            (JsonObject)configuration.Typed(Numbers, Flags),
            known?.Created ?? time.GetUtcNow());
        _policies.Put(Key(id, name), policy);
        return policy;
    }

    public ScalingPolicy? FindPolicy(string arn) => _policies.All.FirstOrDefault(policy => policy.Arn == arn);

    public bool Delete(ScalableId id, string name) => _policies.Remove(Key(id, name));

    /// <exception cref="AwsException">it is nothing that can be scaled here</exception>
    public static ScalableId Id(JsonObject body)
    {
        var id = new ScalableId(body.Text("ResourceId") ?? throw Missing("resourceId"), body.Text("ScalableDimension") ?? throw Missing("scalableDimension"), body.Text("ServiceNamespace") ?? throw Missing("serviceNamespace"));
        return id is { Namespace: "ecs", Dimension: "ecs:service:DesiredCount" } && id.ResourceId.Split('/') is ["service", _, _]
            ? id
            : throw new AwsException("ValidationException", $"The embedded cloud scales ecs:service:DesiredCount of service/CLUSTER/NAME only, not {id.Dimension} of {id.ResourceId} ({id.Namespace}).");
    }

    public static AwsException Missing(string member) => new("ValidationException", $"1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must not be null");

    private static void Check(string type, JsonObject configuration)
    {
        if (type == "StepScaling")
        {
            if (configuration.Objects("StepAdjustments").Count == 0 || configuration.Text("AdjustmentType") is not ("ChangeInCapacity" or "PercentChangeInCapacity" or "ExactCapacity"))
            {
                throw new AwsException("ValidationException", "A step scaling policy needs an AdjustmentType and at least one of StepAdjustments.");
            }

            return;
        }

        var predefined = configuration.Object("PredefinedMetricSpecification")?.Text("PredefinedMetricType");
        if (configuration.Number("TargetValue") is not > 0 || predefined is null == configuration.Object("CustomizedMetricSpecification") is null)
        {
            throw new AwsException("ValidationException", "A target tracking policy needs a positive TargetValue and either a PredefinedMetricSpecification or a CustomizedMetricSpecification.");
        }

        if (predefined is not (null or "ECSServiceAverageCPUUtilization" or "ECSServiceAverageMemoryUtilization" or "ALBRequestCountPerTarget"))
        {
            throw new AwsException("ValidationException", $"The predefined metric {predefined} does not fit ecs:service:DesiredCount.");
        }
    }

    private static string Key(ScalableId id, string name) => $"{id}|{name}";
}
