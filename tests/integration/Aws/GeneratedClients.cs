using Amazon.CloudFormation;
using Amazon.CloudWatch;
using Amazon.CloudWatchLogs;
using Amazon.ECR;
using Amazon.ECR.Model;
using Amazon.ECS;
using Amazon.ECS.Model;
using Amazon.RDS;
using Amazon.RDS.Model;
using Amazon.SecretsManager;
using Task = System.Threading.Tasks.Task;

namespace Pipeline.Tests.Aws;

[TestFixture(AnyCloud.Moto), TestFixture(AnyCloud.Embedded)]
public sealed class GeneratedClients(AnyCloud cloud)
{
    private const string QueueTemplate = """{"Resources":{"Q":{"Type":"AWS::SQS::Queue"}},"Outputs":{"Address":{"Value":{"Ref":"Q"}}}}""";

    [Test]
    public async Task A_task_definition_comes_back_as_it_was_registered()
    {
        using var ecs = new AmazonECSClient(Moto.Credentials, cloud.At(new AmazonECSConfig()));

        var registered = (await ecs.RegisterTaskDefinitionAsync(new RegisterTaskDefinitionRequest
        {
            Family = "clients",
            NetworkMode = NetworkMode.Awsvpc,
            RequiresCompatibilities = ["FARGATE"],
            Cpu = "256",
            Memory = "512",
            ContainerDefinitions =
            [
                new ContainerDefinition
                {
                    Name = "api",
                    Image = "127.0.0.1:4510/storefront/api@sha256:abc",
                    Essential = true,
                    PortMappings = [new PortMapping { ContainerPort = 8080, Protocol = TransportProtocol.Tcp }],
                    Environment = [new Amazon.ECS.Model.KeyValuePair { Name = "GREETING", Value = "é \"quoted\" <b>" }],
                    LogConfiguration = new LogConfiguration { LogDriver = LogDriver.Awslogs, Options = new Dictionary<string, string> { ["awslogs-group"] = "/storefront" } },
                },
            ],
        })).TaskDefinition;

        var container = registered.ContainerDefinitions.Single();
        Assert.Multiple(() =>
        {
            Assert.That(registered.TaskDefinitionArn, Does.EndWith(":task-definition/clients:1").And.Contain(Moto.Region));
            Assert.That(registered.NetworkMode, Is.EqualTo(NetworkMode.Awsvpc));
            Assert.That(container.Environment.Single().Value, Is.EqualTo("é \"quoted\" <b>"));
            Assert.That(container.PortMappings.Single().ContainerPort, Is.EqualTo(8080));
            Assert.That(container.LogConfiguration.Options["awslogs-group"], Is.EqualTo("/storefront"));
        });
    }

    [Test]
    public void An_error_is_an_exception_of_its_own_type()
    {
        using var ecs = new AmazonECSClient(Moto.Credentials, cloud.At(new AmazonECSConfig()));

        var error = Assert.ThrowsAsync<ClusterNotFoundException>(() => ecs.ListTasksAsync(new ListTasksRequest { Cluster = "nowhere" }))!;

        Assert.Multiple(() =>
        {
            Assert.That(error, Is.InstanceOf<AmazonECSException>());
            Assert.That(error.ErrorCode, Is.EqualTo("ClusterNotFoundException"));
            Assert.That(error.StatusCode, Is.EqualTo(System.Net.HttpStatusCode.BadRequest));
        });
    }

    [Test]
    public void An_error_on_the_query_wire_has_its_type_too()
    {
        using var rds = new AmazonRDSClient(Moto.Credentials, cloud.At(new AmazonRDSConfig()));

        Assert.ThrowsAsync<DBInstanceNotFoundException>(() => rds.DescribeDBInstancesAsync(new DescribeDBInstancesRequest { DBInstanceIdentifier = "nowhere" }));
    }

    [Test]
    public void An_error_without_a_type_is_the_services_exception_with_its_code()
    {
        using var formation = new AmazonCloudFormationClient(Moto.Credentials, cloud.At(new AmazonCloudFormationConfig()));

        var error = Assert.ThrowsAsync<AmazonCloudFormationException>(() => formation.DescribeStacksAsync(new Amazon.CloudFormation.Model.DescribeStacksRequest { StackName = "nowhere" }))!;

        Assert.That(error.ErrorCode, Is.EqualTo("ValidationError"));
    }

    [Test]
    public async Task A_change_set_makes_a_stack()
    {
        using var formation = new AmazonCloudFormationClient(Moto.Credentials, cloud.At(new AmazonCloudFormationConfig()));

        var made = await formation.CreateChangeSetAsync(new Amazon.CloudFormation.Model.CreateChangeSetRequest
        {
            StackName = "clients",
            ChangeSetName = "first",
            ChangeSetType = ChangeSetType.CREATE,
            TemplateBody = QueueTemplate,
            Capabilities = [Capability.CAPABILITY_NAMED_IAM.Value],
        });
        var described = await formation.DescribeChangeSetAsync(new Amazon.CloudFormation.Model.DescribeChangeSetRequest { ChangeSetName = made.Id });
        await formation.ExecuteChangeSetAsync(new Amazon.CloudFormation.Model.ExecuteChangeSetRequest { ChangeSetName = made.Id });
        var stack = new Amazon.CloudFormation.Model.Stack();
        await Poll.Until(async () => (stack = (await formation.DescribeStacksAsync(new Amazon.CloudFormation.Model.DescribeStacksRequest { StackName = "clients" })).Stacks.Single()).StackStatus != StackStatus.CREATE_IN_PROGRESS, "the stack is made");

        Assert.Multiple(() =>
        {
            Assert.That(described.Changes.Single().ResourceChange.ResourceType, Is.EqualTo("AWS::SQS::Queue"));
            Assert.That(described.Changes.Single().ResourceChange.Action, Is.EqualTo(ChangeAction.Add));
            Assert.That(stack.StackStatus, Is.EqualTo(StackStatus.CREATE_COMPLETE));
        });
    }

    [Test]
    public async Task An_empty_list_of_the_query_wire_is_null()
    {
        using var formation = new AmazonCloudFormationClient(Moto.Credentials, cloud.At(new AmazonCloudFormationConfig()));

        var answer = await formation.ListStacksAsync(new Amazon.CloudFormation.Model.ListStacksRequest { StackStatusFilter = ["IMPORT_ROLLBACK_FAILED"] });

        Assert.That(answer.StackSummaries, Is.Null);
    }

    [Test]
    public async Task A_list_with_item_names_of_its_own_is_sent()
    {
        cloud.Needs("rds", "DescribeDBSnapshots");
        using var rds = new AmazonRDSClient(Moto.Credentials, cloud.At(new AmazonRDSConfig()));

        var answer = await rds.DescribeDBSnapshotsAsync(new DescribeDBSnapshotsRequest { Filters = [new Filter { Name = "db-instance-id", Values = ["nowhere"] }] });

        Assert.That(answer.DBSnapshots, Is.Null);
    }

    [Test]
    public async Task A_repository_has_times_and_its_address()
    {
        using var ecr = new AmazonECRClient(Moto.Credentials, cloud.At(new AmazonECRConfig()));

        var made = (await ecr.CreateRepositoryAsync(new CreateRepositoryRequest { RepositoryName = "clients/api", ImageTagMutability = ImageTagMutability.IMMUTABLE })).Repository;

        Assert.Multiple(() =>
        {
            Assert.That(made.RepositoryUri, Does.EndWith("/clients/api"));
            Assert.That(made.CreatedAt, Is.GreaterThan(new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc)));
            Assert.That(made.ImageTagMutability, Is.EqualTo(ImageTagMutability.IMMUTABLE));
        });
    }

    [Test]
    public async Task A_metric_and_its_alarm_are_kept()
    {
        cloud.Needs("monitoring", "PutMetricData");
        using var watch = new AmazonCloudWatchClient(Moto.Credentials, cloud.At(new AmazonCloudWatchConfig()));
        var now = DateTime.UtcNow;

        await watch.PutMetricDataAsync(new Amazon.CloudWatch.Model.PutMetricDataRequest
        {
            Namespace = "Clients",
            MetricData = [new Amazon.CloudWatch.Model.MetricDatum { MetricName = "errors", Value = 3.5, Unit = StandardUnit.Count, Timestamp = now }],
        });
        await watch.PutMetricAlarmAsync(new Amazon.CloudWatch.Model.PutMetricAlarmRequest
        {
            AlarmName = "clients",
            Namespace = "Clients",
            MetricName = "errors",
            Statistic = Statistic.Sum,
            Period = 60,
            EvaluationPeriods = 1,
            Threshold = 1,
            ComparisonOperator = ComparisonOperator.GreaterThanThreshold,
        });
        var alarm = (await watch.DescribeAlarmsAsync(new Amazon.CloudWatch.Model.DescribeAlarmsRequest { AlarmNames = ["clients"] })).MetricAlarms.Single();
        var points = (await watch.GetMetricStatisticsAsync(new Amazon.CloudWatch.Model.GetMetricStatisticsRequest
        {
            Namespace = "Clients",
            MetricName = "errors",
            Period = 60,
            Statistics = ["Sum"],
            StartTime = now.AddMinutes(-5),
            EndTime = now.AddMinutes(5),
        })).Datapoints;

        Assert.Multiple(() =>
        {
            Assert.That(alarm.Threshold, Is.EqualTo(1));
            Assert.That(points.Single().Sum, Is.EqualTo(3.5));
        });
    }

    [Test]
    public async Task A_secret_is_kept()
    {
        using var secrets = new AmazonSecretsManagerClient(Moto.Credentials, cloud.At(new AmazonSecretsManagerConfig()));

        await secrets.CreateSecretAsync(new Amazon.SecretsManager.Model.CreateSecretRequest { Name = "clients/db", SecretString = """{"password":"p"}""" });
        var value = await secrets.GetSecretValueAsync(new Amazon.SecretsManager.Model.GetSecretValueRequest { SecretId = "clients/db" });

        Assert.That(value.SecretString, Is.EqualTo("""{"password":"p"}"""));
    }

    [Test]
    public async Task A_log_events_time_survives_to_the_millisecond()
    {
        using var logs = new AmazonCloudWatchLogsClient(Moto.Credentials, cloud.At(new AmazonCloudWatchLogsConfig()));
        var time = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()).UtcDateTime;

        await logs.CreateLogGroupAsync(new Amazon.CloudWatchLogs.Model.CreateLogGroupRequest { LogGroupName = "/clients" });
        await logs.CreateLogStreamAsync(new Amazon.CloudWatchLogs.Model.CreateLogStreamRequest { LogGroupName = "/clients", LogStreamName = "s" });
        await logs.PutLogEventsAsync(new Amazon.CloudWatchLogs.Model.PutLogEventsRequest
        {
            LogGroupName = "/clients",
            LogStreamName = "s",
            LogEvents = [new Amazon.CloudWatchLogs.Model.InputLogEvent { Timestamp = time, Message = "started" }],
        });
        var read = (await logs.GetLogEventsAsync(new Amazon.CloudWatchLogs.Model.GetLogEventsRequest { LogGroupName = "/clients", LogStreamName = "s" })).Events.Single();

        Assert.That((read.Timestamp, read.Message), Is.EqualTo(((DateTime?)time, "started")));
    }

    [Test]
    public async Task A_paginator_walks_all_pages_once()
    {
        using var ecs = new AmazonECSClient(Moto.Credentials, cloud.At(new AmazonECSConfig()));
        foreach (var n in Enumerable.Range(0, 5))
        {
            await ecs.CreateClusterAsync(new CreateClusterRequest { ClusterName = $"pages-{n}" });
        }

        var paginator = ecs.Paginators.ListClusters(new ListClustersRequest { MaxResults = 2 });
        var arns = new List<string>();
        await foreach (var arn in paginator.ClusterArns)
        {
            arns.Add(arn);
        }

        Assert.That(arns.Where(a => a.Contains("/pages-", StringComparison.Ordinal)), Is.Unique.And.Exactly(5).Items);
        Assert.ThrowsAsync<InvalidOperationException>(async () => await paginator.ClusterArns.GetAsyncEnumerator().MoveNextAsync());
    }

    [Test]
    public void A_cancelled_call_says_so()
    {
        using var ecs = new AmazonECSClient(Moto.Credentials, cloud.At(new AmazonECSConfig()));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.CatchAsync<OperationCanceledException>(() => ecs.ListClustersAsync(new ListClustersRequest(), cancelled.Token));
    }

    [Test]
    [NonParallelizable]
    public async Task The_services_own_endpoint_variable_is_honoured()
    {
        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL_ECS", cloud.Endpoint());
        try
        {
            using var ecs = new AmazonECSClient(Moto.Credentials, new AmazonECSConfig { RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(Moto.Region) });

            Assert.That(ecs.DetermineServiceOperationEndpoint(new ListClustersRequest()).URL.TrimEnd('/'), Is.EqualTo(cloud.Endpoint()));
            Assert.That((await ecs.ListClustersAsync(new ListClustersRequest())).HttpStatusCode, Is.EqualTo(System.Net.HttpStatusCode.OK));
        }
        finally
        {
            Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL_ECS", null);
        }
    }
}
