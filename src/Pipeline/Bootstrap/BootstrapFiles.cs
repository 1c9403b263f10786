using Pipeline.Configuration;

namespace Pipeline.Bootstrap;

/// <summary>The templates as files, to be read and reviewed, or deployed with any other tool.</summary>
public static class BootstrapFiles
{
    /// <summary>What the files must hold: path relative to the root → content.</summary>
    /// <param name="configuration">its services have repositories</param>
    public static IReadOnlyDictionary<string, string> All(PipelineConfiguration configuration) => new Dictionary<string, string>
    {
        ["infra/bootstrap.yaml"] = BootstrapTemplate.Text(configuration),
        ["infra/access.yaml"] = AccessTemplate.Text(),
    };

    /// <summary>Writes the files.</summary>
    public static void Write(PipelineConfiguration configuration)
    {
        foreach (var (path, content) in All(configuration))
        {
            var full = Path.Combine(configuration.Root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, content);
        }
    }
}
