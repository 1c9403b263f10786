using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.LocalCloud;

/// <summary>Resource types of the rooms around a service: made, changed in place, replaced and deleted by a stack, and seen through their own service.</summary>
public sealed class RoomTypeTests
{
    [Test]
    public async Task Alarms_and_dashboards()
    {
        using var cloud = new WholeCloud();
        const string template = """
            Resources:
              Topic: {Type: AWS::SNS::Topic}
              Errors:
                Type: AWS::CloudWatch::Alarm
                Properties:
                  AlarmName: errors
                  Namespace: AWS/ApplicationELB
                  MetricName: HTTPCode_Target_5XX_Count
                  Dimensions: [{Name: LoadBalancer, Value: app/x/1}]
                  Statistic: Sum
                  Period: 60
                  EvaluationPeriods: 5
                  DatapointsToAlarm: 3
                  Threshold: 10
                  ComparisonOperator: GreaterThanThreshold
                  TreatMissingData: notBreaching
                  AlarmActions: [!Ref Topic]
                  Tags: [{Key: team, Value: shop}]
              Rate:
                Type: AWS::CloudWatch::Alarm
                Properties:
                  Metrics:
                  - {Id: rate, Expression: errors / requests * 100}
                  - {Id: errors, ReturnData: false, MetricStat: {Metric: {Namespace: n, MetricName: e}, Period: 60, Stat: Sum}}
                  - {Id: requests, ReturnData: false, MetricStat: {Metric: {Namespace: n, MetricName: r}, Period: 60, Stat: Sum}}
                  EvaluationPeriods: 1
                  Threshold: 5
                  ComparisonOperator: GreaterThanThreshold
              Board: {Type: AWS::CloudWatch::Dashboard, Properties: {DashboardName: shop, DashboardBody: '{"widgets":[]}'}}
            Outputs: {Arn: {Value: !GetAtt Errors.Arn}, Name: {Value: !Ref Rate}, Topic: {Value: !Ref Topic}}
            """;
        var (status, outputs) = await cloud.Deploy(template);
        Assert.That(status, Is.EqualTo("CREATE_COMPLETE"), await cloud.Reasons());
        Assert.That(outputs["Arn"], Is.EqualTo("arn:aws:cloudwatch:eu-central-1:123456789012:alarm:errors"));
        Assert.That(outputs["Name"], Does.StartWith("s-Rate-"));
        var alarm = await Alarm(cloud);
        Assert.That((alarm.Number("Threshold"), alarm.Texts("AlarmActions").Single()), Is.EqualTo((10, outputs["Topic"])));

        Assert.That((await cloud.Deploy(template.Replace("Threshold: 10", "Threshold: 20", StringComparison.Ordinal), "UpdateStack")).Status, Is.EqualTo("UPDATE_COMPLETE"), await cloud.Reasons());
        Assert.That((await Alarm(cloud)).Number("Threshold"), Is.EqualTo(20));
        Assert.That((await cloud.Call("monitoring", "GetDashboard", """{"DashboardName":"shop"}""")).Text("DashboardBody"), Is.EqualTo("""{"widgets":[]}"""));
        await cloud.Delete();
        Assert.That((await cloud.Call("monitoring", "DescribeAlarms", "{}")).Objects("MetricAlarms"), Is.Empty);
    }

    [Test]
    public async Task A_topic_with_its_subscription_and_policy()
    {
        using var cloud = new WholeCloud();
        const string template = """
            Resources:
              Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: inbox}}
              Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: orders, DisplayName: Orders, Tags: [{Key: a, Value: b}]}}
              Listener: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Queue.Arn, RawMessageDelivery: true}}
              Policy: {Type: AWS::SNS::TopicPolicy, Properties: {Topics: [!Ref Topic], PolicyDocument: {Version: '2012-10-17', Statement: []}}}
            Outputs: {Topic: {Value: !Ref Topic}, Name: {Value: !GetAtt Topic.TopicName}, Queue: {Value: !Ref Queue}}
            """;
        var (status, outputs) = await cloud.Deploy(template);
        Assert.That(status, Is.EqualTo("CREATE_COMPLETE"), await cloud.Reasons());
        Assert.That((outputs["Topic"], outputs["Name"]), Is.EqualTo(("arn:aws:sns:eu-central-1:123456789012:orders", "orders")));
        var attributes = (await cloud.Call("sns", "GetTopicAttributes", $$"""{"TopicArn":"{{outputs["Topic"]}}"}""")).Object("Attributes")!;
        Assert.That((attributes.Text("DisplayName"), attributes.Text("SubscriptionsConfirmed")), Is.EqualTo(("Orders", "1")));
        Assert.That(attributes.Text("Policy"), Does.Contain("2012-10-17"));

        await cloud.Call("sns", "Publish", $$"""{"TopicArn":"{{outputs["Topic"]}}","Message":"hello"}""");
        Assert.That((await cloud.Call("sqs", "ReceiveMessage", $$"""{"QueueUrl":"{{outputs["Queue"]}}"}""")).Objects("Messages").Single().Text("Body"), Is.EqualTo("hello"));

        Assert.That((await cloud.Deploy(template.Replace("DisplayName: Orders", "DisplayName: Sales", StringComparison.Ordinal).Replace("RawMessageDelivery: true", "RawMessageDelivery: false", StringComparison.Ordinal), "UpdateStack")).Status, Is.EqualTo("UPDATE_COMPLETE"), await cloud.Reasons());
        attributes = (await cloud.Call("sns", "GetTopicAttributes", $$"""{"TopicArn":"{{outputs["Topic"]}}"}""")).Object("Attributes")!;
        Assert.That(attributes.Text("DisplayName"), Is.EqualTo("Sales"));
        Assert.That(attributes.Text("Policy"), Does.Contain("2012-10-17"));
        await cloud.Delete();
        Assert.That((await cloud.Call("sns", "ListTopics", "{}")).Objects("Topics"), Is.Empty);
    }

    [Test]
    public async Task A_zone_with_records_and_a_certificate()
    {
        using var cloud = new WholeCloud();
        const string template = """
            Resources:
              Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: shop.example, HostedZoneConfig: {Comment: ours}}}
              Api: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Zone, Name: api.shop.example, Type: CNAME, TTL: 60, ResourceRecords: [a.example]}}
              Web: {Type: AWS::Route53::RecordSet, DependsOn: Zone, Properties: {HostedZoneName: shop.example., Name: shop.example, Type: A, AliasTarget: {DNSName: lb.example, HostedZoneId: Z35SXDOTRQ7X7K}}}
              Certificate: {Type: AWS::CertificateManager::Certificate, Properties: {DomainName: shop.example, SubjectAlternativeNames: ['*.shop.example'], ValidationMethod: DNS, DomainValidationOptions: [{DomainName: shop.example, HostedZoneId: !Ref Zone}]}}
            Outputs:
              Servers: {Value: !Join [' ', !GetAtt Zone.NameServers]}
              First: {Value: !Select [0, !GetAtt Zone.NameServers]}
              Name: {Value: !Ref Api}
              Certificate: {Value: !Ref Certificate}
            """;
        var (status, outputs) = await cloud.Deploy(template);
        Assert.That(status, Is.EqualTo("CREATE_COMPLETE"), await cloud.Reasons());
        Assert.That(outputs["Servers"].Split(' '), Has.Length.EqualTo(4).And.Some.EqualTo(outputs["First"]));
        Assert.That(outputs["Name"], Is.EqualTo("api.shop.example"));
        var certificate = (await cloud.Call("acm", "DescribeCertificate", $$"""{"CertificateArn":"{{outputs["Certificate"]}}"}""")).Object("Certificate")!;
        Assert.That((certificate.Text("Status"), certificate.Texts("SubjectAlternativeNames")), Is.EqualTo(("ISSUED", new[] { "shop.example", "*.shop.example" })));

        Assert.That((await cloud.Deploy(template.Replace("a.example", "b.example", StringComparison.Ordinal), "UpdateStack")).Status, Is.EqualTo("UPDATE_COMPLETE"), await cloud.Reasons());
        await cloud.Delete();
        Assert.That((await cloud.Call("acm", "ListCertificates", "{}")).Objects("CertificateSummaryList"), Is.Empty);
    }

    [TestCase("{Name: other.example, Type: A, TTL: 60, ResourceRecords: [127.0.0.1], HostedZoneId: !Ref Zone}", "is not permitted in zone shop.example.")]
    [TestCase("{Name: shop.example, Type: A, TTL: 60, HostedZoneId: !Ref Zone}", "needs either an AliasTarget, or a TTL and ResourceRecords")]
    [TestCase("{Name: shop.example, Type: A, TTL: 60, ResourceRecords: [127.0.0.1]}", "either a HostedZoneId or a HostedZoneName")]
    public async Task A_record_that_makes_no_sense_fails(string properties, string reason)
    {
        using var cloud = new WholeCloud();
        var (status, _) = await cloud.Deploy($"Resources:\n  Zone: {{Type: AWS::Route53::HostedZone, Properties: {{Name: shop.example}}}}\n  R: {{Type: AWS::Route53::RecordSet, DependsOn: Zone, Properties: {properties}}}");

        Assert.That(status, Is.EqualTo("ROLLBACK_COMPLETE"));
        Assert.That(await cloud.Reasons(), Does.Contain(reason));
    }

    [Test]
    public async Task Names_to_find_services_by()
    {
        using var cloud = new WholeCloud();
        const string template = """
            Resources:
              Space: {Type: AWS::ServiceDiscovery::PrivateDnsNamespace, Properties: {Name: shop.local, Vpc: vpc-1, Description: ours}}
              Api: {Type: AWS::ServiceDiscovery::Service, Properties: {Name: api, DnsConfig: {NamespaceId: !Ref Space, DnsRecords: [{Type: A, TTL: 10}], RoutingPolicy: MULTIVALUE}, HealthCheckCustomConfig: {FailureThreshold: 1}}}
            Outputs: {Id: {Value: !Ref Api}, Arn: {Value: !GetAtt Api.Arn}, Zone: {Value: !GetAtt Space.HostedZoneId}}
            """;
        var (status, outputs) = await cloud.Deploy(template);
        Assert.That(status, Is.EqualTo("CREATE_COMPLETE"), await cloud.Reasons());
        Assert.That(outputs["Arn"], Does.EndWith($":service/{outputs["Id"]}"));
        var service = (await cloud.Call("servicediscovery", "GetService", $$"""{"Id":"{{outputs["Id"]}}"}""")).Object("Service")!;
        Assert.That((service.Text("Name"), service.Text("Type"), service.Object("DnsConfig")!.Text("RoutingPolicy")), Is.EqualTo(("api", "DNS_HTTP", "MULTIVALUE")));
        var space = (await cloud.Call("servicediscovery", "ListNamespaces", """{"Filters":[{"Name":"TYPE","Values":["DNS_PRIVATE"]}]}""")).Objects("Namespaces").Single();
        Assert.That((space.Text("Name"), space.Int("ServiceCount")), Is.EqualTo(("shop.local", 1)));
        Assert.That(async () => await cloud.Call("servicediscovery", "DeleteNamespace", $$"""{"Id":"{{space.Text("Id")}}"}"""), Throws.TypeOf<AwsException>().With.Property("Code").EqualTo("ResourceInUse"));
        await cloud.Delete();
        Assert.That((await cloud.Call("servicediscovery", "ListServices", "{}")).Objects("Services"), Is.Empty);
    }

    [Test]
    public async Task A_target_of_scaling_with_its_policies()
    {
        using var cloud = new WholeCloud();
        // A service without tasks is steady at once.
        await cloud.Call("ecs", "CreateCluster", """{"clusterName":"main"}""");
        await cloud.Call("ecs", "RegisterTaskDefinition", """{"family":"web","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"],"cpu":"256","memory":"512","containerDefinitions":[{"name":"web","image":"x"}]}""");
        await cloud.Call("ecs", "CreateService", """{"cluster":"main","serviceName":"web","taskDefinition":"web","desiredCount":0,"launchType":"FARGATE"}""");
        const string template = """
            Resources:
              Target: {Type: AWS::ApplicationAutoScaling::ScalableTarget, Properties: {ServiceNamespace: ecs, ScalableDimension: 'ecs:service:DesiredCount', ResourceId: service/main/web, MinCapacity: 1, MaxCapacity: 4}}
              Cpu: {Type: AWS::ApplicationAutoScaling::ScalingPolicy, Properties: {PolicyName: cpu, PolicyType: TargetTrackingScaling, ScalingTargetId: !Ref Target, TargetTrackingScalingPolicyConfiguration: {TargetValue: 60, PredefinedMetricSpecification: {PredefinedMetricType: ECSServiceAverageCPUUtilization}}}}
            Outputs: {Target: {Value: !Ref Target}, Policy: {Value: !Ref Cpu}}
            """;
        var (status, outputs) = await cloud.Deploy(template);
        Assert.That(status, Is.EqualTo("CREATE_COMPLETE"), await cloud.Reasons());
        Assert.That(outputs["Target"], Is.EqualTo("service/main/web|ecs:service:DesiredCount|ecs"));
        Assert.That(outputs["Policy"], Does.EndWith(":resource/ecs/service/main/web:policyName/cpu"));

        Assert.That((await cloud.Deploy(template.Replace("MaxCapacity: 4", "MaxCapacity: 8", StringComparison.Ordinal), "UpdateStack")).Status, Is.EqualTo("UPDATE_COMPLETE"), await cloud.Reasons());
        var target = (await cloud.Call("application-autoscaling", "DescribeScalableTargets", """{"ServiceNamespace":"ecs"}""")).Objects("ScalableTargets").Single();
        Assert.That((target.Int("MinCapacity"), target.Int("MaxCapacity")), Is.EqualTo((1, 8)));
        Assert.That((await cloud.Call("application-autoscaling", "DescribeScalingPolicies", """{"ServiceNamespace":"ecs"}""")).Objects("ScalingPolicies").Single().Text("PolicyName"), Is.EqualTo("cpu"));
        await cloud.Delete();

        Assert.That(
            async () => await cloud.Call("application-autoscaling", "RegisterScalableTarget", """{"ServiceNamespace":"ecs","ScalableDimension":"ecs:service:DesiredCount","ResourceId":"service/main/none","MinCapacity":1,"MaxCapacity":2}"""),
            Throws.TypeOf<AwsException>().With.Message.EqualTo("ECS service doesn't exist: service/main/none"));
    }

    [Test]
    public async Task What_was_changed_beside_the_stack_is_drift()
    {
        using var cloud = new WholeCloud();
        var (status, outputs) = await cloud.Deploy("""
            Resources:
              Parameter: {Type: AWS::SSM::Parameter, Properties: {Name: /shop/x, Type: String, Value: one}}
              Queue: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 30, RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 3}}}
              Dead: {Type: AWS::SQS::Queue}
              Logs: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: shop, RetentionInDays: 7}}
            Outputs: {Queue: {Value: !Ref Queue}}
            """);
        Assert.That(status, Is.EqualTo("CREATE_COMPLETE"), await cloud.Reasons());
        Assert.That(await Drifted(cloud), Is.Empty);

        await cloud.Call("ssm", "PutParameter", """{"Name":"/shop/x","Value":"two","Overwrite":true}""");
        await cloud.Call("sqs", "SetQueueAttributes", $$"""{"QueueUrl":"{{outputs["Queue"]}}","Attributes":{"VisibilityTimeout":"60"} }""");
        await cloud.Call("logs", "PutRetentionPolicy", """{"logGroupName":"shop","retentionInDays":14}""");
        Assert.That(await Drifted(cloud), Is.EqualTo(new[] { "Logs /RetentionInDays 7 -> 14", "Parameter /Value one -> two", "Queue /VisibilityTimeout 30 -> 60" }));
    }

    [Test]
    public async Task Topics_hear_what_happens_to_a_stack()
    {
        using var cloud = new WholeCloud();
        var topic = (await cloud.Call("sns", "CreateTopic", """{"Name":"stacks"}""")).Text("TopicArn");
        var queue = (await cloud.Call("sqs", "CreateQueue", """{"QueueName":"heard"}""")).Text("QueueUrl");
        await cloud.Call("sns", "Subscribe", $$"""{"TopicArn":"{{topic}}","Protocol":"sqs","Endpoint":"arn:aws:sqs:eu-central-1:123456789012:heard"}""");
        await cloud.Call("cloudformation", "CreateStack", new JsonObject { ["StackName"] = "s", ["TemplateBody"] = "Resources: {A: {Type: AWS::SQS::Queue}}", ["NotificationARNs"] = new JsonArray(topic) }.ToJsonString());
        await Poll.Until(async () => (await cloud.Call("cloudformation", "DescribeStacks", """{"StackName":"s"}""")).Objects("Stacks").Single().Text("StackStatus") == "CREATE_COMPLETE", "the stack is made");

        var heard = (await cloud.Call("sqs", "ReceiveMessage", $$"""{"QueueUrl":"{{queue}}","MaxNumberOfMessages":10}""")).Objects("Messages").Select(message => JsonNode.Parse(message.Text("Body")!)!["Message"]!.ToString()).ToList();
        Assert.That(heard, Has.Count.EqualTo(5));
        Assert.That(heard, Has.Some.Contains("LogicalResourceId='A'\n").And.Some.Contains("ResourceStatus='CREATE_COMPLETE'\n"));
    }

    private static async Task<JsonObject> Alarm(WholeCloud cloud) => (await cloud.Call("monitoring", "DescribeAlarms", """{"AlarmNames":["errors"]}""")).Objects("MetricAlarms").Single();

    private static async Task<IEnumerable<string>> Drifted(WholeCloud cloud)
    {
        await cloud.Call("cloudformation", "DetectStackDrift", """{"StackName":"s"}""");
        return (await cloud.Call("cloudformation", "DescribeStackResourceDrifts", """{"StackName":"s"}""")).Objects("StackResourceDrifts")
            .SelectMany(drift => drift.Objects("PropertyDifferences").Select(difference => $"{drift.Text("LogicalResourceId")} {difference.Text("PropertyPath")} {difference.Text("ExpectedValue")} -> {difference.Text("ActualValue")}"));
    }
}
