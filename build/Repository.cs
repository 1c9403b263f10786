using Pipeline.Outcomes;

namespace Build;

/// <summary>Where the repository is: build.sh says so; started by hand, the nearest folder upwards with a pipeline.yml.</summary>
internal static class Repository
{
    private static readonly Lazy<string> Found = new(() => Environment.GetEnvironmentVariable("PIPELINE_ROOT") is { Length: > 0 } root ? root : Search(Environment.CurrentDirectory));

    /// <exception cref="UsageException">there is none</exception>
    public static string Root => Found.Value;

    /// <summary>Another configuration than pipeline.yml, relative to the root: a repository may hold several systems. A variable, so that the commands which are printed hold for the same one.</summary>
    public static string? Configuration { get; } = Environment.GetEnvironmentVariable("PIPELINE_CONFIG") is { Length: > 0 } file ? file : null;

    private static string Search(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "pipeline.yml")))
            {
                return folder.FullName;
            }
        }

        throw new UsageException($"There is no pipeline.yml in '{start}' or above it.", new Detail("next", "start build.sh of the repository that you mean"));
    }
}
