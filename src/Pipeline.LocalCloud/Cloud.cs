using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Identity;
using Pipeline.LocalCloud.Protocols;
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

        Services = [tokens.Service];
        ResourceTypes = [.. Storage.ResourceTypes];
        Routes = [];
        Loops = [];
    }

    public CloudOptions Options { get; }

    public TimeProvider Time { get; }

    public Database Database { get; }

    public Identities Identities { get; }

    public StorageRoom Storage { get; }

    public IReadOnlyList<AwsService> Services { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    public IReadOnlyList<HttpRoute> Routes { get; }

    public IReadOnlyList<BackgroundLoop> Loops { get; }

    public void Dispose() => Database.Dispose();
}
