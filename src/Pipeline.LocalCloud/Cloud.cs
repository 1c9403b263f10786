using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Certificates;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.CloudFormation.Templates;
using Pipeline.LocalCloud.Discovery;
using Pipeline.LocalCloud.Dns;
using Pipeline.LocalCloud.Ecs;
using Pipeline.LocalCloud.Ecs.Containers;
using Pipeline.LocalCloud.Iam;
using Pipeline.LocalCloud.Identity;
using Pipeline.LocalCloud.LoadBalancing;
using Pipeline.LocalCloud.Logs;
using Pipeline.LocalCloud.Metrics;
using Pipeline.LocalCloud.Network;
using Pipeline.LocalCloud.Parameters;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.Queues;
using Pipeline.LocalCloud.Rds;
using Pipeline.LocalCloud.Registry;
using Pipeline.LocalCloud.Scaling;
using Pipeline.LocalCloud.Secrets;
using Pipeline.LocalCloud.State;
using Pipeline.LocalCloud.Storage;
using Pipeline.LocalCloud.Topics;

namespace Pipeline.LocalCloud;

/// <summary>The table of contents: every room of the cloud, and who needs whom.</summary>
internal sealed class Cloud : IDisposable
{
    private readonly LogsService _logs;
    private readonly TopicRoom _topics;
    private readonly ContainerEngine? _containers;

    /// <param name="options">with the port the server really has: rooms put it into URLs</param>
    public Cloud(CloudOptions options, TimeProvider time)
    {
        Options = options;
        Time = time;
        Database = new Database(options.StateFolder);
        Identities = new Identities(Database.Folder, time);
        Storage = new StorageRoom(Database, time);
        Parameters = new ParameterRoom(Database, time);
        Faults = new Faults(() => Services!);
        var databases = new RdsRoom(Database, time, PostgresPrograms.Find(), Faults);
        Secrets = new SecretRoom(Database, time, id => databases.Find(id) is { } found ? Connection(found) : null);
        var tokens = new TokenService(Identities);
        var queues = new QueueRoom(Database, time, options.Endpoint);
        var network = new NetworkRoom(Database);
        var iam = new IamRoom(Database, time);
        new UserOperations(Identities).AddTo(iam.Service);
        _logs = new LogsService(Database, time);
        Registry = new RegistryService(Database, time, () => new Uri(options.Endpoint).Authority);
        var balancer = new Balancer(Database, time, options.TimeScale);
        var balancing = new LoadBalancingService(Database, time, balancer);
        _containers = ContainerEngine.SocketOf(options.DockerHost) is { } socket ? new ContainerEngine(socket, Database.Folder, () => new Uri(options.Endpoint).Authority, Registry.IssuePassword) : null;
        var surroundings = new TaskSurroundings(() => options.Endpoint, Registry.Images, (from, _) => Task.FromResult(ValueFrom(from)), TaskCredentials, _logs.OpenStream) { Containers = _containers };
        var discovery = new DiscoveryRoom(Database, time);
        var neighbours = new EcsNeighbours { AlarmState = name => Metrics!.Alarms.Find(name)?.State, RegistryExists = discovery.HasService };
        var ecs = new EcsService(Database, time, balancer, surroundings, neighbours, options.TimeScale);
        Dns = new DnsRoom(Database);
        _topics = new TopicRoom(Database, time, new Delivery(queues.Enqueue, options.Endpoint));
        var certificates = new CertificateRoom(Database, time);
        var scaling = new ScalingRoom(new ScalingStore(Database, time, ecs.HasService));
        var measured = new Measurements([() => LoadBalancerMetrics.Requests(balancer)], [() => LoadBalancerMetrics.Hosts(balancer), ecs.Counts, ecs.Usage, () => QueueMetrics.Of(queues.Store, time.GetUtcNow())])
        {
            Asked = [new DatabaseMetrics(() => databases.Instances).Connections],
        };
        Metrics = new MetricsRoom(Database, time, measured, Act);

        IReadOnlyList<ResourceType> types =
        [
            .. Storage.ResourceTypes, .. Parameters.ResourceTypes, .. Secrets.ResourceTypes, .. queues.ResourceTypes, .. network.ResourceTypes, .. iam.ResourceTypes,
            .. databases.ResourceTypes, .. _logs.ResourceTypes, .. Registry.ResourceTypes, .. balancing.ResourceTypes, .. ecs.ResourceTypes,
            .. Metrics.ResourceTypes, .. _topics.ResourceTypes, .. Dns.ResourceTypes, .. certificates.ResourceTypes, .. scaling.ResourceTypes, .. discovery.ResourceTypes,
        ];
        ResourceTypes = [.. types.Select(Faults.Around)];
        var formation = new CloudFormationService(Database, time, ResourceTypes, new OutsideValues
        {
            Secret = (id, stage, version) => Task.FromResult(Secrets.Store.Value(id, null, stage, version)),
            Parameter = name => Task.FromResult(Parameters.Store.Resolve(name)),
            Template = Storage.ReadText,
            AlarmState = Metrics.Alarms.StateOf,
            Notify = _topics.Store.Notify,
        }, options.TimeScale);
        Services =
        [
            tokens.Service, Parameters.Service, Secrets.Service, .. queues.Services, network.Service, iam.Service, databases.Service, _logs.Service, Registry.Service,
            balancing.Service, ecs.Service, formation.Service,
            .. Metrics.Services, _topics.Service, certificates.Service, scaling.Service, discovery.Service,
        ];
        Routes = [new HttpRoute("/v2/", Registry.Distribution.Answer), _topics.Confirmation];
        Loops =
        [
            new BackgroundLoop("databases", databases.Run), new BackgroundLoop("load balancers", balancer.Run), new BackgroundLoop("tasks", ecs.Run),
            new BackgroundLoop("stacks", formation.Run), new BackgroundLoop("alarms", Metrics.Run),
        ];
    }

    public CloudOptions Options { get; }

    public TimeProvider Time { get; }

    public Database Database { get; }

    public Identities Identities { get; }

    public StorageRoom Storage { get; }

    public ParameterRoom Parameters { get; }

    public SecretRoom Secrets { get; }

    public MetricsRoom Metrics { get; }

    public DnsRoom Dns { get; }
    public RegistryService Registry { get; }

    public IReadOnlyList<AwsService> Services { get; }

    /// <summary>What is to go wrong, for those who want to see what their tools do then.</summary>
    public Faults Faults { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    public IReadOnlyList<HttpRoute> Routes { get; }

    public IReadOnlyList<BackgroundLoop> Loops { get; }

    public void Dispose()
    {
        _containers?.Dispose();
        _topics.Dispose();
        _logs.Dispose();
        Database.Dispose();
    }

    /// <summary>A task's secret: Secrets Manager by its ARN, anything else is a stored parameter.</summary>
    private string ValueFrom(string from) => from.Contains(":secretsmanager:", StringComparison.Ordinal) ? Secrets.Store.Resolve(from) : Parameters.Store.Resolve(from);

    /// <summary>An alarm's action: topics hear of it, everything else is not there.</summary>
    private void Act(string target, string subject, string message)
    {
        if (!target.StartsWith("arn:aws:sns:", StringComparison.Ordinal))
        {
            throw new AwsException("ValidationError", $"The embedded cloud takes no action {target}.");
        }

        _topics.Store.Publish(target, subject, message);
    }

    private Dictionary<string, string> TaskCredentials(string roleArn, string taskId)
    {
        var session = Identities.IssueForTask(roleArn, taskId);
        return new Dictionary<string, string>
        {
            ["AWS_ACCESS_KEY_ID"] = session.AccessKeyId,
            ["AWS_SECRET_ACCESS_KEY"] = session.SecretAccessKey,
            ["AWS_SESSION_TOKEN"] = session.SessionToken,
        };
    }

    private static JsonObject Connection(DatabaseRecord database) => new()
    {
        ["engine"] = database.Properties.Text("Engine"),
        ["host"] = database.Address,
        ["port"] = database.Port,
        ["dbname"] = database.DatabaseName,
        ["dbInstanceIdentifier"] = database.Id,
    };
}
