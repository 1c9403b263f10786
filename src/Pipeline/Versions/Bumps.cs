using NuGet.Versioning;
using Pipeline.Configuration;

namespace Pipeline.Versions;

/// <summary>What changes ask for, and what becomes of a version by it.</summary>
internal static class Bumps
{
    /// <summary>What a change asks for: a breaking one a major version, whatever its type.</summary>
    public static Bump Of(ConventionalMessage message, VersionSettings settings) =>
        message.Breaking.Count > 0 ? Bump.Major : settings.Rules.GetValueOrDefault(message.Type.ToLowerInvariant());

    /// <summary>The version after a released one.</summary>
    public static SemanticVersion Raise(SemanticVersion released, Bump bump, VersionSettings settings) => (released.Major == 0 && bump == Bump.Major ? settings.BreakingBelowOne : bump) switch
    {
        Bump.Major => new(released.Major + 1, 0, 0),
        Bump.Minor => new(released.Major, released.Minor + 1, 0),
        Bump.Patch => new(released.Major, released.Minor, released.Patch + 1),
        _ => released,
    };
}
