using Pipeline.Outcomes;

namespace Pipeline.Images;

/// <summary>Builds a service's image from its published project, without Docker: equal inputs give equal digests.</summary>
internal sealed class DotnetImageBuilder : IImageBuilder
{
    private const int Port = 8080;

    /// <exception cref="PipelineException">it does not build, or cannot be pushed</exception>
    public async Task<string> Build(ImageOrder order, CancellationToken cancel)
    {
        var (service, project) = (order.Service, order.Service.Project!);
        order.Progress?.Report($"publish {project}");
        var published = await new DotnetPublish(order.Configuration.Root, order.Work, order.Progress).Run(service.Name, project, cancel).ConfigureAwait(false);
        var program = new ImageProgram(["dotnet", $"/app/{DotnetPublish.EntryPoint(service.Name, published)}"], "dotnet publish") { HttpPort = Port };
        return await LayeredImage.Push(order, published, program, cancel).ConfigureAwait(false);
    }
}
