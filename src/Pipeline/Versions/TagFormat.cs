using System.Text.RegularExpressions;
using NuGet.Versioning;

namespace Pipeline.Versions;

/// <summary>How the tags of one series are written.</summary>
/// <param name="Service">whose series it is; <c>null</c>: the repository's</param>
/// <param name="Before">what stands before the version</param>
internal sealed partial record TagFormat(string? Service, string Before)
{
    public const string VersionWord = "{version}";
    public const string ServiceWord = "{service}";

    /// <param name="format">ends with <c>{version}</c></param>
    public static TagFormat Of(string format, string? service) => new(service, format[..^VersionWord.Length].Replace(ServiceWord, service, StringComparison.Ordinal));

    /// <summary>The tag of a version; what a build would add to it is none of the tag's business.</summary>
    public string Tag(SemanticVersion version) => Before + version.ToNormalizedString();

    /// <summary>The version that a tag marks; <c>null</c>: it is none of this series.</summary>
    public SemanticVersion? Version(string tag) =>
        tag.StartsWith(Before, StringComparison.Ordinal) && Strict().IsMatch(tag.AsSpan(Before.Length)) && SemanticVersion.TryParse(tag[Before.Length..], out var version) ? version : null;

    /// <summary>Semantic Versioning 2.0.0; the library also takes leading zeros.</summary>
    [GeneratedRegex(@"^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(-(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*))*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?\z", RegexOptions.ECMAScript)]
    private static partial Regex Strict();
}

/// <summary>A tag that marks a released version.</summary>
/// <param name="Name">without <c>refs/tags/</c></param>
/// <param name="Commit">full hash of the commit that it marks</param>
internal sealed record ReleaseTag(string Name, string Commit, SemanticVersion Version)
{
    public bool IsPreRelease => Version.IsPrerelease;
}
