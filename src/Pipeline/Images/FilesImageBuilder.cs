using Pipeline.Outcomes;

namespace Pipeline.Images;

/// <summary>Builds a service's image from its folder as it is in git, without Docker: equal files give equal digests.</summary>
internal sealed class FilesImageBuilder : IImageBuilder
{
    /// <exception cref="PipelineException">it cannot be pushed, or the folder holds nothing</exception>
    public async Task<string> Build(ImageOrder order, CancellationToken cancel)
    {
        var service = order.Service;
        var folder = Path.Combine(order.Work, "app");
        var count = await SourceFolder.Export(order.Configuration, service, service.Path, folder, DockerIgnore.In, cancel).ConfigureAwait(false);
        return count > 0
            ? await LayeredImage.Push(order, folder, new ImageProgram(service.EntryPoint, "files"), cancel).ConfigureAwait(false)
            : throw new PipelineException(
                ExitCode.Failed,
                $"The image of '{service.Name}' cannot be built: git knows no file in '{service.Path}' that is not ignored",
                new Detail("next", $"git status --ignored {service.Path}"));
    }
}
