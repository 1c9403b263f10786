using System.Text.Json.Serialization;

namespace Pipeline.Versions.Publishing;

/// <summary>What is to be released, decided before anything changes.</summary>
/// <param name="Base">the commit that is released, full hash</param>
/// <param name="Branch">its branch</param>
/// <param name="Date">on the changelog's sections</param>
/// <param name="Message">of the release's commit</param>
/// <param name="Changelog">the file, relative to the root</param>
/// <param name="Versions">the repository's first, then the services' in configuration order</param>
internal sealed record ReleaseIntent(string Base, string Branch, DateOnly Date, string Message, string Changelog, IReadOnlyList<ReleasedVersion> Versions)
{
    /// <summary>The changelog with the new sections, as it is written.</summary>
    public required byte[] Text { get; init; }

    /// <summary>The release before, which waits for the same push; <c>null</c>: none.</summary>
    public ReleaseIntent? Before { get; init; }

    /// <summary><c>v1.3.0</c>, or <c>api-v1.4.0 and web-v2.0.1</c>.</summary>
    [JsonIgnore]
    public string Name => Versions[0].Service is null ? Versions[0].Tag : string.Join(" and ", Versions.Select(v => v.Tag));

    /// <summary>Of this release, and of those that wait with it.</summary>
    [JsonIgnore]
    public IEnumerable<string> AllTags => [.. Before?.AllTags ?? [], .. Versions.Select(v => v.Tag)];
}

/// <summary>One version of a release.</summary>
/// <param name="Service"><c>null</c>: the repository</param>
public sealed record ReleasedVersion(string? Service, string Version, string Tag);
