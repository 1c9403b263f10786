using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Images.Docker;

namespace Pipeline.Images;

/// <summary>One way to make a service's image.</summary>
internal interface IImageBuilder
{
    /// <summary>Makes it and pushes it under its tag.</summary>
    /// <returns>its digest</returns>
    Task<string> Build(ImageOrder order, CancellationToken cancel);
}

/// <summary>An image to make.</summary>
/// <param name="Service">whose</param>
/// <param name="Tag">under which it is to be pushed</param>
/// <param name="Work">a folder for what comes up meanwhile; whoever ordered removes it</param>
internal sealed record ImageOrder(PipelineConfiguration Configuration, ServiceSettings Service, string Tag, string Work)
{
    /// <summary>Where to.</summary>
    public required RegistryEndpoint Registry { get; init; }

    /// <summary>A client of <see cref="Registry"/>.</summary>
    public required OciRegistry Target { get; init; }

    /// <summary>What is going on.</summary>
    public IProgress<string>? Progress { get; init; }
}

/// <summary>What builders need beyond a service and its registry.</summary>
/// <param name="Docker">writes Docker's command lines</param>
public sealed record BuildTools(DockerWords Docker)
{
    /// <summary>The commit that is built; <c>null</c>: not known.</summary>
    public SourceRevision? Source { get; init; }
}
