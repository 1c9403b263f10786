using Pipeline.Assemblies;
using Pipeline.Ci;
using Pipeline.Outcomes;

namespace Pipeline.Configuration;

/// <summary>Reads <c>pipeline.yml</c>.</summary>
public static class ConfigurationLoader
{
    /// <summary>The file's name, in the repository's top folder.</summary>
    public const string FileName = "pipeline.yml";

    /// <summary>Reads and validates the whole file, also environments that are not selected, and answers what it says for one.</summary>
    /// <param name="root">the repository's folder</param>
    /// <param name="environment">a key of <c>environments</c>; <c>null</c>: the first one, for what is about none of them</param>
    /// <param name="cloud">where it runs, whatever the file says; <c>null</c>: the file decides</param>
    /// <param name="file">the file, relative to <paramref name="root"/>; <c>null</c>: <see cref="FileName"/></param>
    /// <exception cref="UsageException">there is no file, it holds mistakes (all are in the message, each with its line), or no such environment</exception>
    public static PipelineConfiguration Load(string root, string? environment, CloudKind? cloud = null, string? file = null)
    {
        root = Path.GetFullPath(root);
        var name = file ?? FileName;
        var content = Validate(root, name);
        var environments = ((MapNode)content["environments"]!).Entries;
        environment ??= environments is [var first, ..] ? first.Key : "dev";
        if (environments.All(e => e.Key != environment))
        {
            var names = environments.Select(e => e.Key).ToList();
            throw new UsageException(
                $"Unknown environment '{environment}'{(NearestName.Of(environment, names) is { } nearest ? $". Did you mean '{nearest}'?" : ".")}",
                new Detail("known", string.Join(", ", names)));
        }

        return ConfigurationReader.Read(root, content, [.. environments.Select(e => (e.Key, Overlay(content, e)))], environment, cloud, AssemblyStacks.Read(root, environments.ToDictionary(e => e.Key, e => AssemblyOf(content, e)))) with { File = name };
    }

    /// <summary>Reads and validates the whole file, and answers what it says to <c>CI</c>.</summary>
    /// <param name="root">the repository's folder</param>
    /// <param name="file">the file, relative to <paramref name="root"/>; <c>null</c>: <see cref="FileName"/></param>
    /// <exception cref="UsageException">there is no file, or it holds mistakes</exception>
    public static CiSettings LoadCi(string root, string? file = null) => ConfigurationReader.ReadCi(Validate(Path.GetFullPath(root), file ?? FileName));

    private static MapNode Validate(string root, string name)
    {
        var path = Path.Combine(root, name);
        if (!File.Exists(path))
        {
            throw new UsageException(
                $"There is no {name} in '{root}'.",
                new Detail("next", $"run in the repository's top folder; for a new system, write one after the example in docs/configuration.md"));
        }

        var mistakes = new Mistakes(name);
        var file = new Yaml(mistakes).Read(File.ReadAllText(path));
        switch (file)
        {
            case MapNode map:
                new Validation(mistakes, new Surroundings(root, top => Names(root, map, top))).Check(map, ConfigurationKeys.File, "");
                Cycles.Check(map["services"] as MapNode, "services", mistakes);
                SharedStacks.Check(map["services"] as MapNode, mistakes);
                Cycles.Check(map["stacks"] as MapNode, "stacks", mistakes);
                CheckEnvironments(map, mistakes);
                CheckSources(root, map, mistakes);
                CheckEntries(map["services"], (name, service) => ServiceReader.Check(root, name, service, mistakes));
                VersionReader.Check(map["versions"] as MapNode, [.. ((map["services"] as MapNode)?.Entries ?? []).Select(e => e.Key)], mistakes);
                CheckEntries((map["checks"] as MapNode)?["suites"], (name, suite) => CheckReader.Check(name, suite, mistakes));
                break;
            case not null:
            case null when !mistakes.Any:
                mistakes.Add(1, "", "is empty or no map; it must begin with 'system: NAME'");
                break;
        }

        mistakes.ThrowIfAny();
        return (MapNode)file!;
    }

    /// <summary>A key that may stand at the top or in an environment must stand in one of them.</summary>
    private static void CheckEnvironments(MapNode file, Mistakes mistakes)
    {
        foreach (var environment in (file["environments"] as MapNode)?.Entries ?? [])
        {
            if (environment.Key == "bootstrap")
            {
                // Its stacks would be in reach of a role that may not touch the bootstrap's.
                mistakes.Add(environment.Line, "environments.bootstrap", "an environment can not be called so: stacks SYSTEM-bootstrap-… hold the pipeline's own roles");
            }

            var effective = Overlay(file, environment);
            GuardRules.Check(environment.Key, effective, [.. ((MapNode)file["environments"]!).Entries.Select(e => e.Key)], mistakes);
            NotificationReader.Check(environment.Key, environment.Value as MapNode, effective, mistakes);
            foreach (var key in ConfigurationKeys.Environment.Keys.Where(k => k.RequiredSomewhere && effective[k.Name] is null))
            {
                mistakes.Add(environment.Line, $"environments.{environment.Key}.{key.Name}", $"is missing, here and at the top ({key.Shape.Type}, e.g. {key.Example})");
            }
        }
    }

    /// <summary>A stack has a template, or every environment has an assembly with it.</summary>
    private static void CheckSources(string root, MapNode file, Mistakes mistakes)
    {
        var environments = (file["environments"] as MapNode)?.Entries ?? [];
        if (file["stacks"] is null && environments.FirstOrDefault(e => AssemblyOf(file, e) is null) is { } without)
        {
            mistakes.Add(file.Line, "stacks", $"is missing, and {without.Key} has no 'assembly' either");
        }

        foreach (var stack in ((file["stacks"] as MapNode)?.Entries ?? []).Where(s => s.Value is MapNode map && map["template"] is null || s.Value is ScalarNode { IsNull: true }))
        {
            foreach (var environment in environments)
            {
                var folder = AssemblyOf(file, environment);
                if (folder is null || (CloudAssembly.Find(root, folder) is { } assembly && assembly.Stacks.All(s => s.Id != stack.Key)))
                {
                    mistakes.Add(stack.Value.Line, $"stacks.{stack.Key}.template", $"is missing (one value: file, e.g. {ConfigurationKeys.StackTemplateExample}){(folder is null ? "" : $", and assembly '{folder}' of {environment.Key} has no stack '{stack.Key}'")}");
                    break;
                }
            }
        }
    }

    private static void CheckEntries(Node? entries, Action<string, MapNode> check)
    {
        foreach (var entry in (entries as MapNode)?.Entries ?? [])
        {
            if (entry.Value is MapNode map)
            {
                check(entry.Key, map);
            }
        }
    }

    private static string? AssemblyOf(MapNode file, Entry environment) => Overlay(file, environment)["assembly"] is ScalarNode { IsNull: false } folder ? folder.Text : null;

    private static MapNode Overlay(MapNode file, Entry environment)
    {
        var shared = new MapNode([.. file.Entries.Where(e => ConfigurationKeys.Environment.Keys.Any(k => k.Name == e.Key))], file.Line);
        return environment.Value is MapNode overlay ? shared.With(overlay) : shared;
    }

    private static List<string>? Names(string root, MapNode file, string top)
    {
        List<string> names = file[top] is MapNode map ? [.. map.Entries.Select(e => e.Key)] : [];
        if (top != "stacks")
        {
            return names;
        }

        foreach (var folder in ((file["environments"] as MapNode)?.Entries ?? []).Select(e => AssemblyOf(file, e)).OfType<string>().Distinct())
        {
            if (CloudAssembly.Find(root, folder) is not { } assembly)
            {
                // Not synthesised yet: whether a name is right is seen when it is deployed.
                return null;
            }

            names.AddRange(assembly.Stacks.Select(s => s.Id));
        }

        return names;
    }
}
