using Pipeline.Aws;
using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Images;

/// <summary>The images of a release: one a due service.</summary>
public sealed record ImageSet(IReadOnlyList<BuiltImage> Images)
{
    /// <summary>Builds and pushes what is due, each with an immutable tag of its inputs; what the registry has already is taken from there.</summary>
    /// <exception cref="UsageException">the environment is on AWS, and a service has no base image there</exception>
    public static async Task<ImageSet> Build(PipelineConfiguration configuration, IReadOnlyList<ServiceDecision> due, Registry registry, BuildTools tools, IProgress<string>? progress, CancellationToken cancel)
    {
        if (due.Count == 0)
        {
            return new ImageSet([]);
        }

        DemandBaseImages(configuration);
        var login = await registry.Login(cancel).ConfigureAwait(false);
        var building = new ImageBuilding(configuration, new RegistryEndpoint(login.Endpoint, login.User, new Secret(login.Password)), tools);
        return new ImageSet([.. await Task.WhenAll(due.Select(async decision =>
        {
            var service = configuration.Services.Single(s => s.Name == decision.Service);
            await registry.EnsureRepository(service.Repository, immutable: true, cancel).ConfigureAwait(false);
            return await building.Build(service, decision.Inputs, progress, cancel).ConfigureAwait(false);
        })).ConfigureAwait(false)]);
    }

    /// <summary>Services whose image would hold nothing but their own layer. The embedded cloud runs it on what this machine has; a container on AWS has nothing else. A Dockerfile names its base itself.</summary>
    public static IEnumerable<ServiceSettings> WithoutBaseImage(PipelineConfiguration configuration) =>
        configuration.Environment.Cloud == CloudKind.Aws ? configuration.Services.Where(s => s.BaseImage is null && s.Builder != Builder.Docker) : [];

    private static void DemandBaseImages(PipelineConfiguration configuration)
    {
        if (WithoutBaseImage(configuration).Select(s => s.Name).ToList() is { Count: > 0 } services)
        {
            throw new UsageException(
                $"{configuration.Environment.Name} is on AWS, and {(services.Count == 1 ? $"service '{services[0]}' has" : $"services {string.Join(", ", services.Select(s => $"'{s}'"))} have")} no base image.",
                new Detail("why", "without one an image holds only the service's own files: the embedded cloud runs them on what this machine has, Fargate has nothing to run them on"),
                new Detail(configuration.Environment.Name, "untouched; nothing was built"),
                new Detail("next", $"set services.{services[0]}.baseImage in pipeline.yml, by digest: mcr.microsoft.com/dotnet/aspnet@sha256:…"));
        }
    }
}
