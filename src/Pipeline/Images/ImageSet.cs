using Pipeline.Aws;
using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Processes;

namespace Pipeline.Images;

/// <summary>The images of a release: one a due service.</summary>
public sealed record ImageSet(IReadOnlyList<BuiltImage> Images)
{
    /// <summary>Builds and pushes what is due, each with an immutable tag of its inputs; what the registry has already is taken from there.</summary>
    public static async Task<ImageSet> Build(PipelineConfiguration configuration, IReadOnlyList<ServiceDecision> due, Registry registry, IProgress<string>? progress, CancellationToken cancel)
    {
        if (due.Count == 0)
        {
            return new ImageSet([]);
        }

        var login = await registry.Login(cancel).ConfigureAwait(false);
        var builder = new DotnetImageBuilder(configuration, new RegistryEndpoint(login.Endpoint, login.User, new Secret(login.Password)));
        return new ImageSet([.. await Task.WhenAll(due.Select(async decision =>
        {
            var service = configuration.Services.Single(s => s.Name == decision.Service);
            await registry.EnsureRepository(service.Repository, immutable: true, cancel).ConfigureAwait(false);
            return await builder.Build(service, decision.Inputs, progress, cancel).ConfigureAwait(false);
        })).ConfigureAwait(false)]);
    }
}
