namespace Pipeline.Tests.LocalCloud.CloudFormation;

/// <summary>The sample's templates.</summary>
internal static class StorefrontTemplates
{
    public static string Infra { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.FullName, "samples", "storefront", "infra");
    }
}
