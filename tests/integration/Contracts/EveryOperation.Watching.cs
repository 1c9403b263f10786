using System.Net;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.Contracts;

public sealed partial class EveryOperation
{
    /// <param name="wire">of the two that CloudWatch speaks</param>
    private async Task Metrics(string wire)
    {
        var watch = $"monitoring {wire}";
        await Call(watch, "PutMetricData", """{"Namespace":"Shop","MetricData":[{"MetricName":"errors","Value":"3","Unit":"Count","Dimensions":[{"Name":"Service","Value":"api"}]}]}""");
        var (from, to) = (When(wire, -1), When(wire, 1));
        await Call(watch, "GetMetricData", new JsonObject
        {
            ["StartTime"] = from.DeepClone(), ["EndTime"] = to.DeepClone(),
            ["MetricDataQueries"] = JsonNode.Parse("""[{"Id":"e","MetricStat":{"Metric":{"Namespace":"Shop","MetricName":"errors","Dimensions":[{"Name":"Service","Value":"api"}]},"Period":"60","Stat":"Sum"} }]"""),
        });
        await Call(watch, "GetMetricStatistics", new JsonObject
        {
            ["Namespace"] = "Shop", ["MetricName"] = "errors", ["Period"] = "3600", ["StartTime"] = from.DeepClone(), ["EndTime"] = to.DeepClone(),
            ["Statistics"] = new JsonArray("Sum", "Average"), ["Dimensions"] = JsonNode.Parse("""[{"Name":"Service","Value":"api"}]"""),
        });
        await Call(watch, "ListMetrics", """{"Namespace":"Shop"}""");
        await Call(watch, "PutMetricAlarm", """{"AlarmName":"errors","Namespace":"Shop","MetricName":"errors","Dimensions":[{"Name":"Service","Value":"api"}],"Statistic":"Sum","Period":"60","EvaluationPeriods":"1","Threshold":"1","ComparisonOperator":"GreaterThanThreshold","Tags":[{"Key":"k","Value":"v"}]}""");
        await Call(watch, "SetAlarmState", """{"AlarmName":"errors","StateValue":"ALARM","StateReason":"a test"}""");
        var arn = Text((await Call(watch, "DescribeAlarms")).Objects("MetricAlarms")[0], "AlarmArn");
        await Call(watch, "DescribeAlarmsForMetric", """{"Namespace":"Shop","MetricName":"errors","Dimensions":[{"Name":"Service","Value":"api"}]}""");
        await Call(watch, "DescribeAlarmHistory", """{"AlarmName":"errors"}""");
        await Call(watch, "DisableAlarmActions", """{"AlarmNames":["errors"]}""");
        await Call(watch, "EnableAlarmActions", """{"AlarmNames":["errors"]}""");
        await Call(watch, "TagResource", $$"""{"ResourceARN":"{{arn}}","Tags":[{"Key":"x","Value":"y"}]}""");
        await Call(watch, "ListTagsForResource", $$"""{"ResourceARN":"{{arn}}"}""");
        await Call(watch, "UntagResource", $$"""{"ResourceARN":"{{arn}}","TagKeys":["x"]}""");
        await Call(watch, "DeleteAlarms", """{"AlarmNames":["errors"]}""");
        await Call(watch, "PutDashboard", """{"DashboardName":"shop","DashboardBody":"{\"widgets\":[]}"}""");
        await Call(watch, "GetDashboard", """{"DashboardName":"shop"}""");
        await Call(watch, "ListDashboards");
        await Call(watch, "DeleteDashboards", """{"DashboardNames":["shop"]}""");
    }

    private static JsonNode When(string wire, int hours) => DateTimeOffset.UtcNow.AddHours(hours) is var time && wire == "Json" ? Time.Epoch(time) : Time.Iso(time);

    private async Task Topics()
    {
        var arn = Text(await Call("sns", "CreateTopic", """{"Name":"releases","Tags":[{"Key":"k","Value":"v"}]}"""), "TopicArn");
        await Call("sns", "ListTopics");
        await Call("sns", "SetTopicAttributes", $$"""{"TopicArn":"{{arn}}","AttributeName":"DisplayName","AttributeValue":"Releases"}""");
        await Call("sns", "GetTopicAttributes", $$"""{"TopicArn":"{{arn}}"}""");
        var subscription = await Confirmed(arn);
        await Call("sns", "ListSubscriptions");
        await Call("sns", "ListSubscriptionsByTopic", $$"""{"TopicArn":"{{arn}}"}""");
        await Call("sns", "SetSubscriptionAttributes", $$"""{"SubscriptionArn":"{{subscription}}","AttributeName":"RawMessageDelivery","AttributeValue":"true"}""");
        await Call("sns", "GetSubscriptionAttributes", $$"""{"SubscriptionArn":"{{subscription}}"}""");
        await Call("sns", "Publish", $$"""{"TopicArn":"{{arn}}","Subject":"s","Message":"m"}""");
        await Call("sns", "TagResource", $$"""{"ResourceArn":"{{arn}}","Tags":[{"Key":"x","Value":"y"}]}""");
        await Call("sns", "ListTagsForResource", $$"""{"ResourceArn":"{{arn}}"}""");
        await Call("sns", "UntagResource", $$"""{"ResourceArn":"{{arn}}","TagKeys":["x"]}""");
        await Call("sns", "Unsubscribe", $$"""{"SubscriptionArn":"{{subscription}}"}""");
        await Call("sns", "DeleteTopic", $$"""{"TopicArn":"{{arn}}"}""");
    }

    /// <summary>An HTTP endpoint is subscribed once it has told the token that it was sent.</summary>
    private async Task<string> Confirmed(string topic)
    {
        using var listener = new HttpListener();
        var endpoint = $"http://127.0.0.1:{FreePort.Next()}/";
        listener.Prefixes.Add(endpoint);
        listener.Start();
        await Call("sns", "Subscribe", $$"""{"TopicArn":"{{topic}}","Protocol":"http","Endpoint":"{{endpoint}}","ReturnSubscriptionArn":"true"}""");
        var call = await listener.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(30));
        var token = (string)JsonNode.Parse(await new StreamReader(call.Request.InputStream).ReadToEndAsync())!["Token"]!;
        call.Response.Close();
        return Text(await Call("sns", "ConfirmSubscription", $$"""{"TopicArn":"{{topic}}","Token":"{{token}}"}"""), "SubscriptionArn");
    }

    private async Task Certificates()
    {
        var arn = Text(await Call("acm", "RequestCertificate", """{"DomainName":"shop.example","ValidationMethod":"DNS"}"""), "CertificateArn");
        await Call("acm", "DescribeCertificate", $$"""{"CertificateArn":"{{arn}}"}""");
        await Call("acm", "ListCertificates");
        await Call("acm", "AddTagsToCertificate", $$"""{"CertificateArn":"{{arn}}","Tags":[{"Key":"x","Value":"y"}]}""");
        await Call("acm", "ListTagsForCertificate", $$"""{"CertificateArn":"{{arn}}"}""");
        await Call("acm", "RemoveTagsFromCertificate", $$"""{"CertificateArn":"{{arn}}","Tags":[{"Key":"x"}]}""");
        await Call("acm", "DeleteCertificate", $$"""{"CertificateArn":"{{arn}}"}""");
    }

    /// <summary>Of the service <c>web</c>, while it is there.</summary>
    private async Task Scaling()
    {
        const string Target = """{"ServiceNamespace":"ecs","ResourceId":"service/main/web","ScalableDimension":"ecs:service:DesiredCount"}""";
        JsonObject With(string members) => new(JsonNode.Parse(Target)!.AsObject().Concat(JsonNode.Parse(members)!.AsObject()).Select(m => KeyValuePair.Create(m.Key, m.Value?.DeepClone())));
        await Call("application-autoscaling", "RegisterScalableTarget", With("""{"MinCapacity":1,"MaxCapacity":4}"""));
        await Call("application-autoscaling", "DescribeScalableTargets", """{"ServiceNamespace":"ecs"}""");
        await Call("application-autoscaling", "PutScalingPolicy", With("""{"PolicyName":"cpu","PolicyType":"TargetTrackingScaling","TargetTrackingScalingPolicyConfiguration":{"TargetValue":60,"PredefinedMetricSpecification":{"PredefinedMetricType":"ECSServiceAverageCPUUtilization"} } }"""));
        await Call("application-autoscaling", "DescribeScalingPolicies", """{"ServiceNamespace":"ecs"}""");
        await Call("application-autoscaling", "DescribeScalingActivities", """{"ServiceNamespace":"ecs"}""");
        await Call("application-autoscaling", "DeleteScalingPolicy", With("""{"PolicyName":"cpu"}"""));
        await Call("application-autoscaling", "DeregisterScalableTarget", Target);
    }

    private async Task Discovery()
    {
        await Call("servicediscovery", "CreateHttpNamespace", """{"Name":"web"}""");
        var operation = Text(await Call("servicediscovery", "CreatePrivateDnsNamespace", """{"Name":"shop.local","Vpc":"vpc-1"}"""), "OperationId");
        var space = Text((await Call("servicediscovery", "GetOperation", $$"""{"OperationId":"{{operation}}"}""")).Object("Operation")!.Object("Targets")!, "NAMESPACE");
        await Call("servicediscovery", "GetNamespace", $$"""{"Id":"{{space}}"}""");
        await Call("servicediscovery", "ListNamespaces");
        var service = Text((await Call("servicediscovery", "CreateService", $$"""{"Name":"api","NamespaceId":"{{space}}","DnsConfig":{"DnsRecords":[{"Type":"A","TTL":10}]} }""")).Object("Service")!, "Id");
        await Call("servicediscovery", "GetService", $$"""{"Id":"{{service}}"}""");
        await Call("servicediscovery", "ListServices");
        await Call("servicediscovery", "ListInstances", $$"""{"ServiceId":"{{service}}"}""");
        await Call("servicediscovery", "DeleteService", $$"""{"Id":"{{service}}"}""");
        await Call("servicediscovery", "DeleteNamespace", $$"""{"Id":"{{space}}"}""");
    }
}
