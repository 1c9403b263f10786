using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Identity;
using Pipeline.LocalCloud.Parameters;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.Queues;
using Pipeline.LocalCloud.Secrets;
using Pipeline.LocalCloud.State;
using Pipeline.LocalCloud.Storage;

namespace Pipeline.LocalCloud;

/// <summary>The table of contents: every room of the cloud, and who needs whom.</summary>
internal sealed class Cloud : IDisposable
{
    /// <param name="options">with the port the server really has: rooms put it into URLs</param>
    public Cloud(CloudOptions options, TimeProvider time)
    {
        Options = options;
        Time = time;
        Database = new Database(options.StateFolder);
        Identities = new Identities(Database.Folder, time);
        var tokens = new TokenService(Identities);
        Storage = new StorageRoom(Database, time);

        Parameters = new ParameterRoom(Database, time);
        Secrets = new SecretRoom(Database, time, findDatabase: _ => null);
        var queues = new QueueRoom(Database, time, options.Endpoint);

        Services = [tokens.Service, Parameters.Service, Secrets.Service, queues.Service];
        ResourceTypes = [.. Storage.ResourceTypes, .. Parameters.ResourceTypes, .. Secrets.ResourceTypes, .. queues.ResourceTypes];
        Routes = [];
        Loops = [];
    }

    public CloudOptions Options { get; }

    public TimeProvider Time { get; }

    public Database Database { get; }

    public Identities Identities { get; }

    public StorageRoom Storage { get; }

    public ParameterRoom Parameters { get; }

    public SecretRoom Secrets { get; }

    public IReadOnlyList<AwsService> Services { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    public IReadOnlyList<HttpRoute> Routes { get; }

    public IReadOnlyList<BackgroundLoop> Loops { get; }

    public void Dispose() => Database.Dispose();
}
