using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

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
        Services = [];
        ResourceTypes = [];
        Routes = [];
        Loops = [];
    }

    public CloudOptions Options { get; }

    public TimeProvider Time { get; }

    public Database Database { get; }

    public IReadOnlyList<AwsService> Services { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    public IReadOnlyList<HttpRoute> Routes { get; }

    public IReadOnlyList<BackgroundLoop> Loops { get; }

    public void Dispose() => Database.Dispose();
}
