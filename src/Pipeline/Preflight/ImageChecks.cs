using Pipeline.Images;
using Pipeline.Processes;

namespace Pipeline.Preflight;

/// <summary>The images of task definitions are in the registry, for the processor that the task definition asks for.</summary>
internal static class ImageChecks
{
    private const string Group = "images";

    public static IEnumerable<Inspection> Of(PreflightScope scope) =>
        scope.Release.Tasks.SelectMany(task => task.Containers.Select(container => new Inspection(Group, $"{task.Stack}/{container.Name}", cancel => Look(scope, task, container, cancel))))
            .Concat(scope.Configuration.Services.Select(s => s.Repository).Distinct().Select(repository => new Inspection(Group, repository, cancel => Repository(scope, repository, cancel))));

    private static async Task<Finding> Repository(PreflightScope scope, string repository, CancellationToken cancel) =>
        await scope.Aws.Registry.Exists(repository, cancel).ConfigureAwait(false) ? Finding.Ok(repository, "repository is there")
        : scope.Aws.IsAws ? Finding.Ng(repository, "there is no such repository", $"./build.sh --target=Bootstrap --environment={scope.Environment}")
        : Finding.Skip(repository, "the first image makes it");

    private static async Task<Finding> Look(PreflightScope scope, PlannedTask task, PlannedContainer container, CancellationToken cancel)
    {
        var subject = $"{task.Stack}/{container.Name}";
        if (container.Image.Length == 0 || container.Image == "@" || TemplateValues.IsDeferred(container.Image))
        {
            return Finding.Skip(subject, "not built yet");
        }

        var login = await scope.Aws.Registry.Login(cancel).ConfigureAwait(false);
        if (!container.Image.StartsWith(login.Host + "/", StringComparison.Ordinal) || container.Image.Split('@') is not [var name, var digest])
        {
            return Finding.Skip(subject, $"'{container.Image}' is not an image of this registry by digest");
        }

        var repository = name[(login.Host.Length + 1)..];
        if (await scope.Aws.Registry.Has(repository, digest, cancel).ConfigureAwait(false) is not true)
        {
            return Finding.Ng(subject, $"the registry has no {repository}@{digest}", $"./build.sh --target=BuildImages --environment={scope.Environment} builds it from the same inputs again");
        }

        using var registry = new OciRegistry(new RegistryEndpoint(login.Endpoint, login.User, new Secret(login.Password)));
        var architectures = await registry.Architectures(repository, digest, cancel).ConfigureAwait(false);
        return architectures.Count == 0 || architectures.Contains(task.Architecture)
            ? Finding.Ok(subject, $"{Reporting.Words.Digest(digest)} is there{(architectures.Count == 0 ? ", for any processor" : $" for {task.Architecture}")}")
            : Finding.Ng(subject, $"the image is for {string.Join(", ", architectures)}, the task definition asks for {task.Architecture}",
                $"set RuntimePlatform.CpuArchitecture in the template of stack '{task.Stack}', or build on a base image for {task.Architecture}");
    }
}
