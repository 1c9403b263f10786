using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud;

/// <summary>Where the cloud listens, where it keeps its state and how fast its time runs.</summary>
/// <param name="Port">of the AWS endpoint on 127.0.0.1; 0 takes a free one (a running server's options name the real one)</param>
/// <param name="StateFolder"><c>null</c>: a temporary one, gone at the end</param>
/// <param name="TimeScale">how many times faster than on AWS the intervals of ECS and the load balancers run</param>
internal sealed record CloudOptions(int Port, string? StateFolder, double TimeScale = 10)
{
    /// <summary>Sees every answer of a service before its caller does; what it throws becomes an internal failure of the call.</summary>
    public Action<Answered>? Observe { get; init; }

    /// <summary>Where the Docker engine is, as in <c>DOCKER_HOST</c>; <c>null</c>: in its usual place.</summary>
    public string? DockerHost { get; init; } = Environment.GetEnvironmentVariable("DOCKER_HOST");

    /// <summary>What clients call: an address, never a name, since some clients put the bucket before a name.</summary>
    public string Endpoint => $"http://127.0.0.1:{Port}";
}
