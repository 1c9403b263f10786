using Pipeline.Configuration;

namespace Pipeline.Versions;

/// <summary>The series of versions that a repository has.</summary>
internal static class Series
{
    /// <summary>The repository's own first, then the services' in configuration order where they have their own.</summary>
    public static IReadOnlyList<TagFormat> Of(PipelineConfiguration configuration)
    {
        var settings = configuration.Versions;
        return [TagFormat.Of(settings.Tag, null), .. settings.PerService ? configuration.Services.Select(s => TagFormat.Of(settings.ServiceTag, s.Name)) : []];
    }

    /// <summary>Index of the service whose series it is; <c>null</c>: the repository's.</summary>
    public static int? OwnerOf(TagFormat format, PipelineConfiguration configuration) =>
        format.Service is { } name ? configuration.Services.Select((s, i) => (s.Name, i)).First(s => s.Name == name).i : null;
}
