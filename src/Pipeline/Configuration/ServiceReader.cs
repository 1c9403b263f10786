using System.Globalization;

namespace Pipeline.Configuration;

/// <summary>Makes the model of a service from its validated section.</summary>
internal static class ServiceReader
{
    private static readonly string[] OfPython = ["pyproject.toml", "setup.py", "setup.cfg", "requirements*.txt"];

    public static ServiceSettings Read(string root, string system, string owner, string name, SectionReader service)
    {
        var (path, builder, project) = (service.Text("path"), Enum.Parse<Builder>(service.Text("builder"), ignoreCase: true), service.OptionalText("project"));
        return new(name, path, builder, service.Text("stack"), service.OptionalText("owner") ?? owner)
        {
            Project = project,
            Toolchain = service.OptionalText("toolchain") is { } chosen ? Enum.Parse<Toolchain>(chosen, ignoreCase: true) : Found(root, path, project),
            Docker = builder == Builder.Docker ? ReadDocker(path, service.Section("docker")) : null,
            EntryPoint = service.Texts("entryPoint"),
            Repository = service.OptionalText("repository") ?? $"{system}/{name}",
            BaseImage = service.OptionalText("baseImage"),
            Inputs = service.Texts("inputs"),
            DependsOn = service.Texts("dependsOn"),
            UrlOutput = service.Text("urlOutput"),
            TestUrlOutput = service.Text("testUrlOutput"),
            HealthPath = service.Text("healthPath"),
            Migration = service.OptionalSection("migration") is { } migration ? new MigrationSettings(migration.Text("stack"), migration.Text("container"), migration.Duration("deadline")) : null,
            Smoke = [.. service.Sections("smoke").Select(s => new SmokeCheck(s.Text("path"), int.Parse(s.Text("status"), CultureInfo.InvariantCulture), s.OptionalText("contains")))],
        };
    }

    /// <summary>What must hold between a service's keys.</summary>
    public static void Check(string root, string name, MapNode service, Mistakes mistakes)
    {
        var path = $"services.{name}";
        var builder = (service["builder"] as ScalarNode)?.Text ?? "dotnet";
        if (builder == "dotnet" && service["project"] is null)
        {
            mistakes.Add(service.Line, $"{path}.project", "is missing (one value: project file, e.g. samples/storefront/api/Storefront.Api.csproj)");
        }

        if (builder == "files" && service["entryPoint"] is not ListNode { Items.Count: > 0 })
        {
            mistakes.Add(service.Line, $"{path}.entryPoint", "is missing: what is its container to run? e.g. [python3, worker.py]");
        }

        foreach (var (key, of) in (ReadOnlySpan<(string, string)>)[("docker", "docker"), ("entryPoint", "files")])
        {
            if (service[key] is { } stray && builder != of)
            {
                mistakes.Add(stray.Line, $"{path}.{key}", $"belongs to 'builder: {of}', this service's is '{builder}'");
            }
        }

        if (builder == "docker" && (service["docker"] as MapNode)?["dockerfile"] is null && service["path"] is ScalarNode { IsNull: false } folder && !File.Exists(Path.Combine(root, folder.Text, "Dockerfile")))
        {
            mistakes.Add(service.Line, $"{path}.docker.dockerfile", $"is missing, and there is no '{folder.Text}/Dockerfile'");
        }
    }

    private static DockerSettings ReadDocker(string path, SectionReader docker) =>
        new(docker.OptionalText("dockerfile") ?? $"{path}/Dockerfile", docker.OptionalText("context") ?? path, docker.OptionalText("target"), docker.OptionalText("platform"), docker.Map("arguments"), docker.Map("secrets"));

    private static Toolchain Found(string root, string path, string? project) =>
        project is not null ? Toolchain.Dotnet
        : OfPython.Any(pattern => Directory.EnumerateFiles(Path.Combine(root, path), pattern).Any()) ? Toolchain.Python
        : Toolchain.None;
}
