using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud;

/// <summary>Where the cloud listens and keeps its state.</summary>
/// <param name="Port">of the AWS endpoint on 127.0.0.1; 0 takes a free one</param>
/// <param name="StateFolder"><c>null</c>: in memory, gone at the end</param>
internal sealed record CloudOptions(int Port, string? StateFolder);

/// <summary>The table of contents: every room of the cloud, and who needs whom.</summary>
internal sealed class Cloud : IDisposable
{
    public Cloud(CloudOptions options)
    {
        Options = options;
        Database = new Database(options.StateFolder);
        Services = [];
    }

    public CloudOptions Options { get; }

    public Database Database { get; }

    public IReadOnlyList<AwsService> Services { get; }

    public void Dispose() => Database.Dispose();
}
