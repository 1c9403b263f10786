using Pipeline.Outcomes;

namespace Pipeline.Configuration;

/// <summary>Reads <c>pipeline.yml</c>.</summary>
public static class ConfigurationLoader
{
    /// <summary>The file's name, in the repository's top folder.</summary>
    public const string FileName = "pipeline.yml";

    /// <summary>Reads and validates the whole file, also environments that are not selected, and answers what it says for one.</summary>
    /// <param name="root">the repository's folder</param>
    /// <param name="environment">a key of <c>environments</c></param>
    /// <param name="cloud">where it runs, whatever the file says; <c>null</c>: the file decides</param>
    /// <exception cref="UsageException">there is no file, it holds mistakes (all are in the message, each with its line), or no such environment</exception>
    public static PipelineConfiguration Load(string root, string environment, CloudKind? cloud = null)
    {
        root = Path.GetFullPath(root);
        var file = Validate(root);
        var environments = ((MapNode)file["environments"]!).Entries;
        if (environments.FirstOrDefault(e => e.Key == environment) is not { } selected)
        {
            var names = environments.Select(e => e.Key).ToList();
            throw new UsageException(
                $"Unknown environment '{environment}'{(NearestName.Of(environment, names) is { } nearest ? $". Did you mean '{nearest}'?" : ".")}",
                new Detail("known", string.Join(", ", names)));
        }

        return ConfigurationReader.Read(root, file, [.. environments.Select(e => (e.Key, Overlay(file, e)))], environment, cloud);
    }

    private static MapNode Validate(string root)
    {
        var path = Path.Combine(root, FileName);
        if (!File.Exists(path))
        {
            throw new UsageException(
                $"There is no {FileName} in '{root}'.",
                new Detail("next", $"run in the repository's top folder; for a new system, write one after the example in docs/configuration.md"));
        }

        var mistakes = new Mistakes();
        var file = new Yaml(mistakes).Read(File.ReadAllText(path));
        switch (file)
        {
            case MapNode map:
                new Validation(mistakes, new Surroundings(root, top => Names(map, top))).Check(map, ConfigurationKeys.File, "");
                Cycles.Check(map["services"] as MapNode, "services", mistakes);
                SharedStacks.Check(map["services"] as MapNode, mistakes);
                Cycles.Check(map["stacks"] as MapNode, "stacks", mistakes);
                CheckEnvironments(map, mistakes);
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
            var effective = Overlay(file, environment);
            foreach (var key in ConfigurationKeys.Environment.Keys.Where(k => k is { Shape: Value, Default: null } && effective[k.Name] is null))
            {
                mistakes.Add(environment.Line, $"environments.{environment.Key}.{key.Name}", $"is missing, here and at the top ({key.Shape.Type}, e.g. {key.Example})");
            }
        }
    }

    private static MapNode Overlay(MapNode file, Entry environment)
    {
        var shared = new MapNode([.. file.Entries.Where(e => ConfigurationKeys.Environment.Keys.Any(k => k.Name == e.Key))], file.Line);
        return environment.Value is MapNode overlay ? shared.With(overlay) : shared;
    }

    private static List<string> Names(MapNode file, string top) => file[top] is MapNode map ? [.. map.Entries.Select(e => e.Key)] : [];
}
