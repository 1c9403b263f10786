using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Metrics;

/// <summary><c>AWS::CloudWatch::Alarm</c> and <c>AWS::CloudWatch::Dashboard</c>.</summary>
internal sealed class MetricTypes(MetricStore metrics, AlarmStore alarms, DashboardStore dashboards)
{
    private const string Dimensions = "Dimensions(Name Value)";

    public IReadOnlyList<ResourceType> Types =>
    [
        new("AWS::CloudWatch::Alarm")
        {
            Properties = $"AlarmName! AlarmDescription ActionsEnabled OKActions AlarmActions InsufficientDataActions Namespace MetricName {Dimensions} Statistic ExtendedStatistic Period Unit EvaluationPeriods DatapointsToAlarm Threshold"
                + $" ComparisonOperator TreatMissingData EvaluateLowSampleCountPercentile Metrics(Id Expression Label Period ReturnData MetricStat(Metric(Namespace MetricName {Dimensions}) Period Stat Unit)) Tags(Key Value)",
            Required = "ComparisonOperator EvaluationPeriods",
            Attributes = "Arn",
            Create = request => ResourceCalls.Refusals(() =>
            {
                var name = request.Properties.Text("AlarmName") ?? request.GeneratedName(255);
                return alarms.Find(name) is null ? Put(request, name) : throw new AwsException("AlreadyExists", $"{name} already exists");
            }),
            Update = request => ResourceCalls.Refusals(() => Put(request, request.PhysicalId)),
            Read = request => Task.FromResult(alarms.Find(request.PhysicalId) is { } live ? AlarmShape.Describe(live, Time.Iso) : null),
            Delete = request => Task.FromResult(alarms.Delete(request.PhysicalId)),
        },
        new("AWS::CloudWatch::Dashboard")
        {
            Properties = "DashboardName! DashboardBody",
            Required = "DashboardBody",
            Create = request => ResourceCalls.Refusals(() =>
            {
                var name = request.Properties.Text("DashboardName") ?? request.GeneratedName(255);
                return dashboards.Find(name) is null
                    ? Task.FromResult(new Resource(dashboards.Put(name, request.Properties.Text("DashboardBody")!).Name))
                    : throw new AwsException("AlreadyExists", $"{name} already exists");
            }),
            Update = request => ResourceCalls.Refusals(() => Task.FromResult(new Resource(dashboards.Put(request.PhysicalId, request.Properties.Text("DashboardBody")!).Name))),
            Delete = request => Task.FromResult(dashboards.Delete(request.PhysicalId)),
        },
    ];

    private Task<Resource> Put(ResourceRequest request, string name)
    {
        var alarm = AlarmShape.Read(request.Properties, name, request.Arn("cloudwatch", $"alarm:{name}"), request.AllTags());
        AlarmEvaluator.Check(metrics, alarm);
        return Task.FromResult(new Resource(name, new Dictionary<string, string> { ["Arn"] = alarms.Put(alarm).Arn }));
    }
}
