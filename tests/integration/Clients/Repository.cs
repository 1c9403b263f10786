namespace Pipeline.Tests.Clients;

/// <summary>Places in the repository whose files the tests read.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>The CDK sample with its Node packages.</summary>
    public static string CdkSample => WithPackages(Path.Combine(Root, "samples", "cdk"));

    /// <summary>The scripts that use the SDK for JavaScript.</summary>
    public static string JavaScript => WithPackages(Path.Combine(Root, "tests", "integration", "Clients", "node"));

    private static string WithPackages(string folder)
    {
        Requires.Program("node", "node");
        Requires.That(Directory.Exists(Path.Combine(folder, "node_modules")), "node", $"there are no packages: run npm ci in {Path.GetRelativePath(Root, folder)}");
        return folder;
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")))
        {
            folder = folder.Parent;
        }

        return folder!.FullName;
    }
}
