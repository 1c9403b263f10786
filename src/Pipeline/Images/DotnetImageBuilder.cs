using System.Diagnostics;
using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Images;

/// <summary>Builds a service's image from its published project, without Docker: equal inputs give equal digests.</summary>
/// <param name="configuration">the root and its services</param>
/// <param name="registry">where images are pushed to and looked up</param>
public sealed class DotnetImageBuilder(PipelineConfiguration configuration, RegistryEndpoint registry)
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
        return new BuiltImage(service.Name, $"{registry.Host}/{service.Repository}", tag, digest, existing is not null, watch.Elapsed);
    }

    private async Task<string> BuildAndPush(OciRegistry target, ServiceSettings service, string tag, IProgress<string>? progress, CancellationToken cancel)
    {
        var work = Directory.CreateTempSubdirectory("pipeline-image-").FullName;
        try
        {
            var project = service.Project!;
            progress?.Report($"publish {project}");
            var published = await new DotnetPublish(configuration.Root, work, progress).Run(service.Name, project, cancel).ConfigureAwait(false);
            var layer = await ImageLayer.Write(published, Path.Combine(work, "layer.tar.gz"), cancel).ConfigureAwait(false);
            var onto = await Base(target, service, work, progress, cancel).ConfigureAwait(false);
            var image = ImageManifest.Create(layer, DotnetPublish.EntryPoint(service.Name, published), service.Repository, onto);

            progress?.Report($"push {service.Repository}:{tag} ({layer.Size / 1024} KB)");
            await target.PushBlob(service.Repository, layer.Digest, _ => Task.FromResult<Stream>(File.OpenRead(layer.File)), null, cancel).ConfigureAwait(false);
            await target.PushBlob(service.Repository, image.ConfigurationBlob.Digest, _ => Task.FromResult<Stream>(new MemoryStream(image.Configuration)), null, cancel).ConfigureAwait(false);
            return await target.PushManifest(service.Repository, tag, image.Manifest, cancel).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private async Task<BaseImage?> Base(OciRegistry target, ServiceSettings service, string work, IProgress<string>? progress, CancellationToken cancel)
    {
        if (service.BaseImage is not { } name)
        {
            return null;
        }

        var reference = ImageReference.Parse(name);
        var same = reference.Host == registry.Host;
        using var source = new OciRegistry(same ? registry : new RegistryEndpoint(reference.Address, null, null));
        progress?.Report($"base {reference}");
        var image = await BaseImage.Read(source, reference, work, cancel).ConfigureAwait(false);
        await image.CopyLayers(source, target, service.Repository, same, work, cancel).ConfigureAwait(false);
        return image;
    }
}
