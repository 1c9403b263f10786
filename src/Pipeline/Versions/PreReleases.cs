using System.Globalization;
using NuGet.Versioning;
using Pipeline.Changes;
using Pipeline.Configuration;

namespace Pipeline.Versions;

/// <summary>Pre-releases: <c>1.3.0-rc.1</c>, <c>1.3.0-rc.2</c> …</summary>
internal static class PreReleases
{
    /// <summary>What a branch's pre-releases are called; <c>null</c>: it releases versions.</summary>
    public static string? IdentifierOf(string branch, VersionSettings settings) => settings.PreReleases.FirstOrDefault(p => new Glob(p.Branch).Matches(branch))?.Identifier;

    /// <summary>The how-manieth of its line; <c>null</c>: it is of another line, or none.</summary>
    public static int? Number(SemanticVersion version, string identifier) =>
        version.ReleaseLabels.ToList() is [var label, var number] && label == identifier && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : null;

    /// <summary>The version that a pre-release leads to.</summary>
    public static SemanticVersion Core(SemanticVersion version) => new(version.Major, version.Minor, version.Patch);

    /// <summary>The next of a line: behind every one that has a tag, wherever that is.</summary>
    public static SemanticVersion Next(SemanticVersion core, string identifier, IEnumerable<ReleaseTag> tags)
    {
        var last = tags.Where(t => Core(t.Version) == core).Max(t => Number(t.Version, identifier)) ?? 0;
        return new SemanticVersion(core.Major, core.Minor, core.Patch, $"{identifier}.{last + 1}");
    }
}
