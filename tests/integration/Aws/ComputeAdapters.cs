using Amazon.CloudWatchLogs;
using Amazon.CloudWatchLogs.Model;
using Amazon.ECS;
using Amazon.ECS.Model;
using Pipeline.Aws;
using Task = System.Threading.Tasks.Task;

namespace Pipeline.Tests.Aws;

[TestFixture(AnyCloud.Moto), TestFixture(AnyCloud.Embedded)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ComputeAdapters(AnyCloud cloud)
{
    private readonly string _name = $"name-{Guid.NewGuid():N}";
    private AwsConnection _aws = null!;

    [SetUp]
    public void Connect() => _aws = cloud.Connect();

    [TearDown]
    public void Disconnect() => _aws?.Dispose();

    [Test]
    public async Task A_service_tells_its_counts_and_its_revision()
    {
        using var ecs = new AmazonECSClient(Moto.Credentials, cloud.At(new AmazonECSConfig()));
        await ecs.CreateClusterAsync(new CreateClusterRequest { ClusterName = _name });
        await ecs.RegisterTaskDefinitionAsync(Definition());
        await ecs.CreateServiceAsync(new CreateServiceRequest { Cluster = _name, ServiceName = "api", TaskDefinition = _name, DesiredCount = 2 });

        var service = (await new Services(_aws).Describe(_name, "api", CancellationToken.None))!;

        Assert.Multiple(() =>
        {
            Assert.That((service.Name, service.Status, service.Desired), Is.EqualTo(("api", "ACTIVE", 2)));
            Assert.That(service.TaskDefinition, Does.EndWith($"/{_name}:1"));
            Assert.That(service.Rollouts, Has.Count.EqualTo(1));
        });
    }

    [Test]
    public async Task A_service_or_a_cluster_that_is_not_there_is_null()
    {
        using var ecs = new AmazonECSClient(Moto.Credentials, cloud.At(new AmazonECSConfig()));
        await ecs.CreateClusterAsync(new CreateClusterRequest { ClusterName = _name });

        Assert.That(await new Services(_aws).Describe(_name, "nobody", CancellationToken.None), Is.Null);
        Assert.That(await new Services(_aws).Describe("nowhere", "nobody", CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task A_task_definition_tells_its_containers()
    {
        using var ecs = new AmazonECSClient(Moto.Credentials, cloud.At(new AmazonECSConfig()));
        await ecs.RegisterTaskDefinitionAsync(Definition());

        var definition = await new Services(_aws).DescribeTaskDefinition(_name, CancellationToken.None);

        var container = definition.Containers.Single();
        Assert.Multiple(() =>
        {
            Assert.That((definition.Family, definition.Revision), Is.EqualTo((_name, 1)));
            Assert.That((container.Name, container.LogGroup, container.LogStreamPrefix), Is.EqualTo(("api", "/storefront", "api")));
            Assert.That(container.Environment["SERVICE_VERSION"], Is.EqualTo("1.2.3"));
        });
    }

    [Test]
    public async Task Last_lines_are_the_newest_in_their_order()
    {
        using var logs = new AmazonCloudWatchLogsClient(Moto.Credentials, cloud.At(new AmazonCloudWatchLogsConfig()));
        await logs.CreateLogGroupAsync(new CreateLogGroupRequest { LogGroupName = _name });
        await logs.CreateLogStreamAsync(new CreateLogStreamRequest { LogGroupName = _name, LogStreamName = "api/api/1" });
        var start = DateTime.UtcNow.AddMinutes(-1);
        await logs.PutLogEventsAsync(new PutLogEventsRequest
        {
            LogGroupName = _name,
            LogStreamName = "api/api/1",
            LogEvents = [.. Enumerable.Range(1, 5).Select(n => new InputLogEvent { Timestamp = start.AddSeconds(n), Message = $"line {n}" })],
        });

        var last = await new TaskLogs(_aws).Last(new LogStreamName(_name, "api/api/1"), 2, CancellationToken.None);

        Assert.That(last.Select(l => l.Text), Is.EqualTo(new[] { "line 4", "line 5" }));
    }

    [Test]
    public async Task A_task_that_never_wrote_has_no_lines() =>
        Assert.That(await new TaskLogs(_aws).Last(new LogStreamName("/nothing", "x"), 10, CancellationToken.None), Is.Empty);

    [Test]
    public void A_target_group_that_is_not_there_is_refused()
    {
        var error = Assert.ThrowsAsync<AwsRefusedException>(() => new TargetGroups(_aws).Health("arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/none/1", CancellationToken.None))!;

        Assert.That(error.Code, Is.EqualTo("TargetGroupNotFound"));
    }

    [Test]
    public async Task A_repository_is_made_once()
    {
        var registry = new Registry(_aws);

        var first = await registry.EnsureRepository(_name, immutable: true, CancellationToken.None);
        var second = await registry.EnsureRepository(_name, immutable: true, CancellationToken.None);

        Assert.That(first, Does.EndWith($"/{_name}").And.EqualTo(second));
        Assert.That(await registry.Digest(_name, "none", CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task A_login_hides_its_password()
    {
        var login = await new Registry(_aws).Login(CancellationToken.None);

        Assert.Multiple(() =>
        {
            Assert.That(login.User, Is.EqualTo("AWS"));
            Assert.That(login.Password, Is.Not.Empty);
            Assert.That(login.ToString(), Does.Not.Contain(login.Password));
        });
    }

    [Test]
    public async Task The_caller_is_known() => Assert.That((await new Identity(_aws).Caller(CancellationToken.None)).Account, Is.EqualTo("123456789012"));

    private RegisterTaskDefinitionRequest Definition() => new()
    {
        Family = _name,
        RequiresCompatibilities = ["FARGATE"],
        Cpu = "256",
        Memory = "512",
        ContainerDefinitions =
        [
            new ContainerDefinition
            {
                Name = "api",
                Image = "storefront/api",
                Environment = [new Amazon.ECS.Model.KeyValuePair { Name = "SERVICE_VERSION", Value = "1.2.3" }],
                LogConfiguration = new LogConfiguration
                {
                    LogDriver = LogDriver.Awslogs,
                    Options = new Dictionary<string, string> { ["awslogs-group"] = "/storefront", ["awslogs-stream-prefix"] = "api" },
                },
            },
        ],
    };
}
