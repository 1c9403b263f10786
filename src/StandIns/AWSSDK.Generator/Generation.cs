namespace StandIns.Generator;

/// <summary>The whole set of generated files.</summary>
internal static class Generation
{
    /// <summary>Path below the output folder → text.</summary>
    public static IReadOnlyDictionary<string, string> Files(string models, string operations) =>
        Service.ReadList(operations)
            .Select(service => new Surface(service, ServiceModel.Read(models, service.Folder)))
            .SelectMany(surface => Files(surface).Select(file => (Path: $"{surface.Service.Name}/{file.Name}", file.Text)))
            .ToDictionary(f => f.Path, f => f.Text, StringComparer.Ordinal);

    public static IEnumerable<SourceFile> Files(Surface surface) =>
        [ClientFiles.Interface(surface), ClientFiles.Client(surface), ClientFiles.BaseTypes(surface), ClientFiles.Exceptions(surface), .. ModelFiles.All(surface)];
}
