using System.Diagnostics;
using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Images;

/// <summary>Makes services' images, each by its builder; an image whose inputs are those of one in the registry is that one.</summary>
/// <param name="configuration">the root and its services</param>
/// <param name="registry">where images are pushed to and looked up</param>
public sealed class ImageBuilding(PipelineConfiguration configuration, RegistryEndpoint registry, BuildTools tools)
{
    /// <summary>The tag that images made of these inputs have.</summary>
    public static string ContentTag(ServiceInputs inputs) => $"in-{inputs.Hash[..32]}";

    /// <summary>Takes the image from the registry if it has one of these inputs; builds and pushes it otherwise.</summary>
    /// <exception cref="PipelineException">it does not build, the registry refuses or cannot be reached, or the tag is taken by another image</exception>
    public async Task<BuiltImage> Build(ServiceSettings service, ServiceInputs inputs, IProgress<string>? progress, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var tag = ContentTag(inputs);
        using var target = new OciRegistry(registry);
        var existing = await target.FindDigest(service.Repository, tag, cancel).ConfigureAwait(false);
        var digest = existing ?? await BuildAndPush(target, service, tag, progress, cancel).ConfigureAwait(false);
        if (tools.Source is { } source && source.IsReleased(service.Name) && source.VersionOf(service.Name) is var version && !await target.AddTag(service.Repository, digest, version, cancel).ConfigureAwait(false))
        {
            progress?.Report($"{service.Repository}:{version} is another image already and stays that");
        }

        return new BuiltImage(service.Name, $"{registry.Host}/{service.Repository}", tag, digest, existing is not null, watch.Elapsed);
    }

    private async Task<string> BuildAndPush(OciRegistry target, ServiceSettings service, string tag, IProgress<string>? progress, CancellationToken cancel)
    {
        var work = Directory.CreateTempSubdirectory("pipeline-image-").FullName;
        try
        {
            var order = new ImageOrder(configuration, service, tag, work) { Registry = registry, Target = target, Progress = progress };
            return await BuilderOf(service).Build(order, cancel).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private IImageBuilder BuilderOf(ServiceSettings service) => service.Builder switch
    {
        Builder.Docker => new DockerImageBuilder(tools),
        Builder.Files => new FilesImageBuilder(),
        _ => new DotnetImageBuilder(),
    };
}
