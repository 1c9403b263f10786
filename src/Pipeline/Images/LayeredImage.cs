using Pipeline.Outcomes;

namespace Pipeline.Images;

/// <summary>An image of one layer of our own on a base, or on nothing; needs no Docker.</summary>
internal static class LayeredImage
{
    /// <param name="folder">what lies below <c>/app</c></param>
    /// <returns>its digest</returns>
    /// <exception cref="PipelineException">the registry refuses or cannot be reached, or the tag is taken by another image</exception>
    public static async Task<string> Push(ImageOrder order, string folder, ImageProgram program, CancellationToken cancel)
    {
        var (target, repository) = (order.Target, order.Service.Repository);
        var layer = await ImageLayer.Write(folder, Path.Combine(order.Work, "layer.tar.gz"), cancel).ConfigureAwait(false);
        var onto = await Base(order, cancel).ConfigureAwait(false);
        var image = ImageManifest.Create(layer, program, repository, onto);

        order.Progress?.Report($"push {repository}:{order.Tag} ({layer.Size / 1024} KB)");
        await target.PushBlob(repository, layer.Digest, _ => Task.FromResult<Stream>(File.OpenRead(layer.File)), null, cancel).ConfigureAwait(false);
        await target.PushBlob(repository, image.ConfigurationBlob.Digest, _ => Task.FromResult<Stream>(new MemoryStream(image.Configuration)), null, cancel).ConfigureAwait(false);
        return await target.PushManifest(repository, order.Tag, image.Manifest, cancel).ConfigureAwait(false);
    }

    private static async Task<BaseImage?> Base(ImageOrder order, CancellationToken cancel)
    {
        if (order.Service.BaseImage is not { } name)
        {
            return null;
        }

        var reference = ImageReference.Parse(name);
        var same = reference.Host == order.Registry.Host;
        using var source = new OciRegistry(same ? order.Registry : new RegistryEndpoint(reference.Address, null, null));
        order.Progress?.Report($"base {reference}");
        var image = await BaseImage.Read(source, reference, order.Work, cancel).ConfigureAwait(false);
        await image.CopyLayers(source, order.Target, order.Service.Repository, same, order.Work, cancel).ConfigureAwait(false);
        return image;
    }
}
