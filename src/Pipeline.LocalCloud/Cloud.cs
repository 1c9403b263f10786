using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.CloudFormation.Templates;
using Pipeline.LocalCloud.Ecs;
using Pipeline.LocalCloud.Iam;
using Pipeline.LocalCloud.Identity;
using Pipeline.LocalCloud.LoadBalancing;
using Pipeline.LocalCloud.Logs;
using Pipeline.LocalCloud.Network;
using Pipeline.LocalCloud.Parameters;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.Queues;
using Pipeline.LocalCloud.Rds;
using Pipeline.LocalCloud.Registry;
using Pipeline.LocalCloud.Secrets;
using Pipeline.LocalCloud.State;
using Pipeline.LocalCloud.Storage;

namespace Pipeline.LocalCloud;

/// <summary>The table of contents: every room of the cloud, and who needs whom.</summary>
internal sealed class Cloud : IDisposable
{
    private readonly LogsService _logs;

    /// <param name="options">with the port the server really has: rooms put it into URLs</param>
    public Cloud(CloudOptions options, TimeProvider time)
    {
        Options = options;
        Time = time;
        Database = new Database(options.StateFolder);
        Identities = new Identities(Database.Folder, time);
        Storage = new StorageRoom(Database, time);
        Parameters = new ParameterRoom(Database, time);
        var databases = new RdsRoom(Database, time, PostgresPrograms.Find());
        Secrets = new SecretRoom(Database, time, id => databases.Find(id) is { } found ? Connection(found) : null);
        var tokens = new TokenService(Identities);
        var queues = new QueueRoom(Database, time, options.Endpoint);
        var network = new NetworkRoom(Database);
        var iam = new IamRoom(Database, time);
        _logs = new LogsService(Database, time);
        var registry = new RegistryService(Database, time, () => new Uri(options.Endpoint).Authority);
        var balancer = new Balancer(Database, time, options.TimeScale);
        var balancing = new LoadBalancingService(Database, time, balancer);
        var surroundings = new TaskSurroundings(() => options.Endpoint, registry.Images, (from, _) => Task.FromResult(ValueFrom(from)), TaskCredentials, _logs.OpenStream);
        var ecs = new EcsService(Database, time, balancer, surroundings, new EcsNeighbours(), options.TimeScale);

        Faults = new Faults(() => Services!);
        IReadOnlyList<ResourceType> types =
        [
            .. Storage.ResourceTypes, .. Parameters.ResourceTypes, .. Secrets.ResourceTypes, .. queues.ResourceTypes, .. network.ResourceTypes, .. iam.ResourceTypes,
            .. databases.ResourceTypes, .. _logs.ResourceTypes, .. registry.ResourceTypes, .. balancing.ResourceTypes, .. ecs.ResourceTypes,
        ];
        ResourceTypes = [.. types.Select(Faults.Around)];
        var formation = new CloudFormationService(Database, time, ResourceTypes, new OutsideValues
        {
            Secret = id => Task.FromResult(Secrets.Store.Value(id, null, null, null)),
            Parameter = name => Task.FromResult(Parameters.Store.Resolve(name)),
            Template = Storage.ReadText,
        });
        Services =
        [
            tokens.Service, Parameters.Service, Secrets.Service, queues.Service, network.Service, iam.Service, databases.Service, _logs.Service, registry.Service,
            balancing.Service, ecs.Service, formation.Service,
        ];
        Routes = [new HttpRoute("/v2/", registry.Distribution.Answer)];
        Loops =
        [
            new BackgroundLoop("databases", databases.Run), new BackgroundLoop("load balancers", balancer.Run), new BackgroundLoop("tasks", ecs.Run),
            new BackgroundLoop("stacks", formation.Run),
        ];
    }

    public CloudOptions Options { get; }

    public TimeProvider Time { get; }

    public Database Database { get; }

    public Identities Identities { get; }

    public StorageRoom Storage { get; }

    public ParameterRoom Parameters { get; }

    public SecretRoom Secrets { get; }

    public IReadOnlyList<AwsService> Services { get; }

    /// <summary>What is to go wrong, for those who want to see what their tools do then.</summary>
    public Faults Faults { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    public IReadOnlyList<HttpRoute> Routes { get; }

    public IReadOnlyList<BackgroundLoop> Loops { get; }

    public void Dispose()
    {
        _logs.Dispose();
        Database.Dispose();
    }

    /// <summary>A task's secret: Secrets Manager by its ARN, anything else is a stored parameter.</summary>
    private string ValueFrom(string from) => from.Contains(":secretsmanager:", StringComparison.Ordinal) ? Secrets.Store.Resolve(from) : Parameters.Store.Resolve(from);

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
