namespace Pipeline.Tests.Configuration;

/// <summary>The repository that these tests belong to.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "Pipeline.sln")) ? folder : Find(Path.GetDirectoryName(folder)!);
}
