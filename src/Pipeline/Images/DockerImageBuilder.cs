using Pipeline.Images.Docker;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Images;

/// <summary>
/// Builds a service's image from its Dockerfile, with the machine's Docker engine. Such a build gives another digest each time, so the content tag alone
/// says that it need not be built again; commit and version may therefore stand in its labels.
/// </summary>
internal sealed class DockerImageBuilder(BuildTools tools) : IImageBuilder
{
    private static readonly TimeSpan BuildPatience = TimeSpan.FromHours(1);
    private static readonly TimeSpan PushPatience = TimeSpan.FromMinutes(30);

    /// <exception cref="PipelineException">there is no engine, it does not build, or cannot be pushed</exception>
    public async Task<string> Build(ImageOrder order, CancellationToken cancel)
    {
        var (service, docker) = (order.Service, order.Service.Docker!);
        var engine = await DockerEngine.Demand(service.Name, cancel).ConfigureAwait(false);
        var mask = Mask(order, engine);
        var reference = $"{order.Registry.Host}/{service.Repository}:{order.Tag}";
        var context = Path.Combine(order.Work, "context");
        await SourceFolder.Export(order.Configuration, service, docker.Context, context, DockerIgnore.LeftToDocker, cancel).ConfigureAwait(false);
        var dockerfile = Dockerfile(order, context);

        using var login = await DockerLogin.To(order.Registry, Command, cancel).ConfigureAwait(false);
        order.Progress?.Report($"docker build {docker.Dockerfile} ({engine.Version}, {(engine.BuildKit ? "BuildKit" : "without BuildKit")})");
        var call = new DockerCall.Build(context, dockerfile, reference)
        {
            Target = docker.Target,
            Platform = docker.Platform,
            Arguments = docker.Arguments,
            Labels = await ImageLabels.Of(order, tools.Source, cancel).ConfigureAwait(false),
            Secrets = docker.Secrets,
            CleanUp = !engine.BuildKit,
        };
        var built = await ChildProcess.Run(login.With(Command(call)) with { Timeout = BuildPatience }, cancel).ConfigureAwait(false);
        if (built.ExitCode != 0)
        {
            throw BuildFailure.Of(service.Name, docker.Dockerfile, await File.ReadAllTextAsync(dockerfile, cancel).ConfigureAwait(false), built);
        }

        order.Progress?.Report($"push {service.Repository}:{order.Tag}");
        var pushed = await ChildProcess.Run(login.With(Command(new DockerCall.Push(reference))) with { Timeout = PushPatience }, cancel).ConfigureAwait(false);
        // Whoever was quicker with the same inputs has made the image: tags do not move.
        return await order.Target.FindDigest(service.Repository, order.Tag, cancel).ConfigureAwait(false)
            ?? throw new PipelineException(ExitCode.Failed, $"The image of '{service.Name}' was built, but not pushed to {reference}", new Detail("log", Checks.Dotnet.Tail(pushed)));

        Command Command(DockerCall call) => new(engine.Program, tools.Docker(call), order.Configuration.Root)
        {
            Environment = Variables(engine),
            Secrets = mask,
            PlainText = true,
            KeepCharacters = 4 * 1024 * 1024,
            OnLine = order.Progress is null ? null : order.Progress.Report,
        };
    }

    /// <summary>One image, not a list of it and its provenance, whose digest would tell them apart.</summary>
    private static Dictionary<string, string?> Variables(DockerEngine engine) => new()
    {
        ["DOCKER_BUILDKIT"] = engine.BuildKit ? "1" : "0",
        ["BUILDKIT_PROGRESS"] = "plain",
        ["BUILDX_NO_DEFAULT_ATTESTATIONS"] = "1",
        ["DOCKER_CLI_HINTS"] = "false",
        ["NO_COLOR"] = "1",
    };

    private static SecretMask Mask(ImageOrder order, DockerEngine engine)
    {
        var (service, secrets) = (order.Service, order.Service.Docker!.Secrets);
        if (secrets.Count > 0 && !engine.BuildKit)
        {
            throw new PipelineException(
                ExitCode.Failed,
                $"The image of '{service.Name}' cannot be built: it has build secrets ({string.Join(", ", secrets.Keys)}), and this Docker builds without BuildKit.",
                new Detail("why", "without BuildKit a secret could only be a build argument, which stays in the image for everybody to read"),
                new Detail("next", "install the plug-in buildx: https://docs.docker.com/go/buildx, on Debian: apt-get install docker-buildx"));
        }

        var values = secrets.Select(s => (s.Key, Variable: s.Value, Value: Environment.GetEnvironmentVariable(s.Value))).ToList();
        return values.Find(v => string.IsNullOrEmpty(v.Value)) is { Variable: { } missing, Key: var id }
            ? throw new PipelineException(
                ExitCode.Failed,
                $"The image of '{service.Name}' cannot be built: its build secret '{id}' comes from the variable {missing}, which is not set.",
                new Detail("next", $"export {missing}=…, in CI from its store of secrets"))
            : new SecretMask([.. values.Select(v => v.Value!), .. order.Registry.Password is { } password ? [password.Reveal()] : Array.Empty<string>()]);
    }

    /// <summary>In the context as it is in git; one that lies elsewhere is taken beside it.</summary>
    private static string Dockerfile(ImageOrder order, string context)
    {
        var docker = order.Service.Docker!;
        var inside = Path.Combine(context, Path.GetRelativePath(docker.Context, docker.Dockerfile));
        if (File.Exists(inside))
        {
            return inside;
        }

        var beside = Path.Combine(order.Work, "Dockerfile");
        File.Copy(Path.Combine(order.Configuration.Root, docker.Dockerfile), beside);
        return beside;
    }
}
