using NuGet.Versioning;
using Pipeline.Versions;

namespace Pipeline.Configuration;

/// <summary>How versions are made of commits.</summary>
public sealed record VersionSettings
{
    /// <summary>Beside the repository's version each service has one of its own, with tags of its own.</summary>
    public bool PerService { get; init; }

    /// <summary>The repository's tags; ends with <c>{version}</c>.</summary>
    public string Tag { get; init; } = "v{version}";

    /// <summary>The services' tags; holds <c>{service}</c> and ends with <c>{version}</c>.</summary>
    public string ServiceTag { get; init; } = "{service}-v{version}";

    /// <summary>Type in lower case → what it raises; a type that is not here raises nothing.</summary>
    public IReadOnlyDictionary<string, Bump> Rules { get; init; } = new Dictionary<string, Bump> { ["feat"] = Bump.Minor, ["fix"] = Bump.Patch, ["perf"] = Bump.Patch, ["revert"] = Bump.Patch };

    /// <summary>What a breaking change raises below 1.0.0; above, it is always <see cref="Bump.Major"/>.</summary>
    public Bump BreakingBelowOne { get; init; } = Bump.Major;

    /// <summary>Branches that release pre-releases; the first that matches counts.</summary>
    public IReadOnlyList<PreReleaseBranch> PreReleases { get; init; } = [];

    /// <summary>The version of a series' first release.</summary>
    public SemanticVersion First { get; init; } = new(0, 1, 0);

    /// <summary>What a host writes before messages, <c>{number}</c> for a pull request's: <c>Merged PR {number}: </c>; <c>null</c>: nothing.</summary>
    public string? Prefix { get; init; }

    /// <summary>Whom the release's commit and tags name where git knows nobody, as on runners: <c>Name &lt;address&gt;</c>; <c>null</c>: then it is refused.</summary>
    public string? Author { get; init; }

    /// <summary>The file that tells users what changed.</summary>
    public ChangelogSettings Changelog { get; init; } = new("CHANGELOG.md", ChangelogLayout.Keep);
}

/// <summary>A branch whose releases are pre-releases.</summary>
/// <param name="Branch">glob over branch names</param>
/// <param name="Identifier">of <c>1.3.0-rc.1</c>: <c>rc</c></param>
public sealed record PreReleaseBranch(string Branch, string Identifier);

/// <summary>The file that tells users what changed.</summary>
/// <param name="File">relative to the root</param>
/// <param name="Layout">how it is laid out</param>
public sealed record ChangelogSettings(string File, ChangelogLayout Layout);

/// <summary>How a changelog is laid out.</summary>
public enum ChangelogLayout
{
    /// <summary>Keep a Changelog: Added, Changed, Fixed …, an Unreleased section on top.</summary>
    Keep,

    /// <summary>As the conventional-changelog tools write it: Features, Bug Fixes, BREAKING CHANGES …</summary>
    Conventional,
}
