using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.Contracts;

/// <summary>The rooms around services and stacks.</summary>
public sealed partial class EveryOperation
{
    private async Task Rooms()
    {
        foreach (var service in _cloud.Cloud.Services.Where(service => service.SigningName == "monitoring"))
        {
            await Metrics(service);
        }

        await Topics();
        await Certificates();
        await Discovery();
        await Scaling();
        await StackInspection();
    }

    /// <summary>On both wires that clients speak.</summary>
    private async Task Metrics(AwsService service)
    {
        var now = DateTimeOffset.UtcNow;
        var span = $"\"StartTime\":\"{now.AddMinutes(-5):O}\",\"EndTime\":\"{now.AddMinutes(5):O}\"";
        const string Metric = """{"Namespace":"Shop","MetricName":"Errors","Dimensions":[{"Name":"Service","Value":"api"}]}""";
        const string Alarm = """{"AlarmName":"errors","AlarmDescription":"d","Namespace":"Shop","MetricName":"Errors","Dimensions":[{"Name":"Service","Value":"api"}],"ExtendedStatistic":"p90","Period":"60","EvaluationPeriods":"2","DatapointsToAlarm":"1","Threshold":"5","ComparisonOperator":"GreaterThanThreshold","TreatMissingData":"ignore","AlarmActions":["arn:aws:sns:eu-central-1:123456789012:ops"],"Tags":[{"Key":"k","Value":"v"}]}""";
        await Ask("PutMetricData", """{"Namespace":"Shop","MetricData":[{"MetricName":"Errors","Value":"3","Dimensions":[{"Name":"Service","Value":"api"}],"Unit":"Count"}]}""");
        await Ask("GetMetricStatistics", $$"""{{{Metric[1..^1]}},{{span}},"Period":"60","Statistics":["Sum","Average"],"ExtendedStatistics":["p90"]}""");
        await Ask("GetMetricData", $$"""{{{span}},"MetricDataQueries":[{"Id":"e","Expression":"m * 2"},{"Id":"m","MetricStat":{"Metric":{{Metric}},"Period":"60","Stat":"Sum"} }]}""");
        await Ask("ListMetrics", "{}");
        await Ask("PutMetricAlarm", Alarm);
        await Ask("PutMetricAlarm", $$"""{"AlarmName":"rate","EvaluationPeriods":"1","Threshold":"5","ComparisonOperator":"LessThanThreshold","Metrics":[{"Id":"m","MetricStat":{"Metric":{{Metric}},"Period":"60","Stat":"Sum"} }]}""");
        await Ask("SetAlarmState", """{"AlarmName":"errors","StateValue":"ALARM","StateReason":"drill","StateReasonData":"{}"}""");
        var arn = Text((await Ask("DescribeAlarms", "{}")).Objects("MetricAlarms")[0], "AlarmArn");
        await Ask("DescribeAlarmsForMetric", Metric);
        await Ask("DescribeAlarmHistory", """{"AlarmName":"errors"}""");
        await Ask("DisableAlarmActions", """{"AlarmNames":["errors"]}""");
        await Ask("EnableAlarmActions", """{"AlarmNames":["errors"]}""");
        await Ask("TagResource", $$"""{"ResourceARN":"{{arn}}","Tags":[{"Key":"x","Value":"y"}]}""");
        await Ask("ListTagsForResource", $$"""{"ResourceARN":"{{arn}}"}""");
        await Ask("UntagResource", $$"""{"ResourceARN":"{{arn}}","TagKeys":["x"]}""");
        await Ask("DeleteAlarms", """{"AlarmNames":["errors","rate"]}""");
        await Ask("PutDashboard", """{"DashboardName":"shop","DashboardBody":"{\"widgets\":[]}"}""");
        await Ask("GetDashboard", """{"DashboardName":"shop"}""");
        await Ask("ListDashboards", "{}");
        await Ask("DeleteDashboards", """{"DashboardNames":["shop"]}""");
        foreach (var (operation, members) in new[]
        {
            ("GetDashboard", """{"DashboardName":"none"}"""), ("PutDashboard", """{"DashboardName":"shop","DashboardBody":"x"}"""), ("SetAlarmState", """{"AlarmName":"none","StateValue":"OK","StateReason":"x"}"""),
            ("DeleteAlarms", """{"AlarmNames":["none"]}"""), ("ListTagsForResource", """{"ResourceARN":"none"}"""), ("PutMetricData", """{"Namespace":"AWS/X","MetricData":[]}"""),
        })
        {
            Assert.That(async () => await Ask(operation, members), Throws.InstanceOf<AwsException>());
        }

        Task<JsonObject> Ask(string operation, string members) => Call(service, operation, JsonNode.Parse(members)!.AsObject());
    }

    private async Task Topics()
    {
        var topic = Text(await Call("sns", "CreateTopic", """{"Name":"orders","Tags":[{"Key":"k","Value":"v"}]}"""), "TopicArn");
        await Call("sns", "SetTopicAttributes", $$"""{"TopicArn":"{{topic}}","AttributeName":"DisplayName","AttributeValue":"Orders"}""");
        await Call("sns", "GetTopicAttributes", $$"""{"TopicArn":"{{topic}}"}""");
        await Call("sns", "ListTopics");
        await Call("sns", "Subscribe", $$"""{"TopicArn":"{{topic}}","Protocol":"email","Endpoint":"a@b.example"}""");
        await Call("sqs", "CreateQueue", """{"QueueName":"heard"}""");
        var subscription = Text(await Call("sns", "Subscribe", $$"""{"TopicArn":"{{topic}}","Protocol":"sqs","Endpoint":"arn:aws:sqs:eu-central-1:123456789012:heard"}"""), "SubscriptionArn");
        await Call("sns", "ListSubscriptions");
        await Call("sns", "ListSubscriptionsByTopic", $$"""{"TopicArn":"{{topic}}"}""");
        await Call("sns", "SetSubscriptionAttributes", $$"""{"SubscriptionArn":"{{subscription}}","AttributeName":"RawMessageDelivery","AttributeValue":"true"}""");
        await Call("sns", "GetSubscriptionAttributes", $$"""{"SubscriptionArn":"{{subscription}}"}""");
        await Call("sns", "Publish", $$"""{"TopicArn":"{{topic}}","Message":"one"}""");
        await Call("sns", "TagResource", $$"""{"ResourceArn":"{{topic}}","Tags":[{"Key":"x","Value":"y"}]}""");
        await Call("sns", "ListTagsForResource", $$"""{"ResourceArn":"{{topic}}"}""");
        await Call("sns", "UntagResource", $$"""{"ResourceArn":"{{topic}}","TagKeys":["x"]}""");
        await Confirmed(topic);
        await Call("sns", "Unsubscribe", $$"""{"SubscriptionArn":"{{subscription}}"}""");
        await Call("sns", "DeleteTopic", $$"""{"TopicArn":"{{topic}}"}""");
    }

    /// <summary>The token comes to the endpoint alone: one that listens here.</summary>
    private async Task Confirmed(string topic)
    {
        using var listener = new System.Net.HttpListener();
        var address = $"http://127.0.0.1:{FreePort.Next()}/";
        listener.Prefixes.Add(address);
        listener.Start();
        await Call("sns", "Subscribe", $$"""{"TopicArn":"{{topic}}","Protocol":"http","Endpoint":"{{address}}"}""");
        var asked = await listener.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(30));
        var token = (string?)(await JsonNode.ParseAsync(asked.Request.InputStream))!["Token"];
        asked.Response.Close();
        await Call("sns", "ConfirmSubscription", $$"""{"TopicArn":"{{topic}}","Token":"{{token}}"}""");
    }

    private async Task Certificates()
    {
        var arn = Text(await Call("acm", "RequestCertificate", """{"DomainName":"shop.example","SubjectAlternativeNames":["*.shop.example"],"ValidationMethod":"DNS"}"""), "CertificateArn");
        await Call("acm", "DescribeCertificate", $$"""{"CertificateArn":"{{arn}}"}""");
        await Call("acm", "ListCertificates");
        await Call("acm", "AddTagsToCertificate", $$"""{"CertificateArn":"{{arn}}","Tags":[{"Key":"x","Value":"y"}]}""");
        await Call("acm", "ListTagsForCertificate", $$"""{"CertificateArn":"{{arn}}"}""");
        await Call("acm", "RemoveTagsFromCertificate", $$"""{"CertificateArn":"{{arn}}","Tags":[{"Key":"x"}]}""");
        await Call("acm", "DeleteCertificate", $$"""{"CertificateArn":"{{arn}}"}""");
    }

    private async Task Discovery()
    {
        await Call("servicediscovery", "CreateHttpNamespace", """{"Name":"shop"}""");
        var operation = Text(await Call("servicediscovery", "CreatePrivateDnsNamespace", """{"Name":"shop.local","Vpc":"vpc-1","Description":"d"}"""), "OperationId");
        var space = Text((await Call("servicediscovery", "GetOperation", $$"""{"OperationId":"{{operation}}"}""")).Object("Operation")!.Object("Targets")!, "NAMESPACE");
        await Call("servicediscovery", "GetNamespace", $$"""{"Id":"{{space}}"}""");
        await Call("servicediscovery", "ListNamespaces");
        var service = Text((await Call("servicediscovery", "CreateService", $$"""{"Name":"api","NamespaceId":"{{space}}","DnsConfig":{"DnsRecords":[{"Type":"A","TTL":10}]},"HealthCheckCustomConfig":{"FailureThreshold":1} }""")).Object("Service")!, "Id");
        await Call("servicediscovery", "GetService", $$"""{"Id":"{{service}}"}""");
        await Call("servicediscovery", "ListServices");
        await Call("servicediscovery", "ListInstances", $$"""{"ServiceId":"{{service}}"}""");
        await Call("servicediscovery", "DeleteService", $$"""{"Id":"{{service}}"}""");
        await Call("servicediscovery", "DeleteNamespace", $$"""{"Id":"{{space}}"}""");
    }

    private async Task Scaling()
    {
        await Call("ecs", "CreateCluster", """{"clusterName":"scaled"}""");
        await Call("ecs", "RegisterTaskDefinition", """{"family":"scaled","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"],"cpu":"256","memory":"512","containerDefinitions":[{"name":"web","image":"x"}]}""");
        await Call("ecs", "CreateService", """{"cluster":"scaled","serviceName":"web","taskDefinition":"scaled","desiredCount":0,"launchType":"FARGATE"}""");
        const string Target = "\"ServiceNamespace\":\"ecs\",\"ResourceId\":\"service/scaled/web\",\"ScalableDimension\":\"ecs:service:DesiredCount\"";
        await Call("application-autoscaling", "RegisterScalableTarget", $$"""{{{Target}},"MinCapacity":1,"MaxCapacity":3}""");
        await Call("application-autoscaling", "PutScalingPolicy", $$"""{{{Target}},"PolicyName":"cpu","PolicyType":"TargetTrackingScaling","TargetTrackingScalingPolicyConfiguration":{"TargetValue":60,"PredefinedMetricSpecification":{"PredefinedMetricType":"ECSServiceAverageCPUUtilization"} } }""");
        await Call("application-autoscaling", "PutScalingPolicy", $$"""{{{Target}},"PolicyName":"steps","PolicyType":"StepScaling","StepScalingPolicyConfiguration":{"AdjustmentType":"ChangeInCapacity","StepAdjustments":[{"ScalingAdjustment":1}]} }""");
        await Call("application-autoscaling", "DescribeScalableTargets", """{"ServiceNamespace":"ecs"}""");
        await Call("application-autoscaling", "DescribeScalingPolicies", """{"ServiceNamespace":"ecs"}""");
        await Call("application-autoscaling", "DescribeScalingActivities", """{"ServiceNamespace":"ecs"}""");
        await Call("application-autoscaling", "DeleteScalingPolicy", $$"""{{{Target}},"PolicyName":"cpu"}""");
        await Call("application-autoscaling", "DeregisterScalableTarget", $$"""{{{Target}}}""");
    }

    private async Task StackInspection()
    {
        const string Template = """{"Resources":{"P":{"Type":"AWS::SSM::Parameter","Properties":{"Name":"/looked-at","Type":"String","Value":"one"}}}}""";
        await Call("cloudformation", "CreateStack", Stack("looked-at", Template));
        await Ends("looked-at", "CREATE_COMPLETE");
        await Call("cloudformation", "SetStackPolicy", Members(("StackName", "looked-at"), ("StackPolicyBody", """{"Statement":[{"Effect":"Deny","Action":"Update:*","Principal":"*","Resource":"*"}]}""")));
        await Call("cloudformation", "GetStackPolicy", Members(("StackName", "looked-at")));
        await Call("cloudformation", "UpdateStack", Stack("looked-at", Template.Replace("one", "two", StringComparison.Ordinal)));
        await Ends("looked-at", "UPDATE_ROLLBACK_COMPLETE");
        await Call("cloudformation", "DescribeEvents", Members(("StackName", "looked-at")));
        await Call("ssm", "PutParameter", """{"Name":"/looked-at","Value":"three","Overwrite":true}""");
        var detection = Text(await Call("cloudformation", "DetectStackDrift", Members(("StackName", "looked-at"))), "StackDriftDetectionId");
        await Call("cloudformation", "DescribeStackDriftDetectionStatus", Members(("StackDriftDetectionId", detection)));
        await Call("cloudformation", "DescribeStackResourceDrifts", Members(("StackName", "looked-at")));
        await Call("cloudformation", "DetectStackResourceDrift", Members(("StackName", "looked-at"), ("LogicalResourceId", "P")));
        await Call("cloudformation", "DescribeAccountLimits");
    }
}
