using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Checks.Advisories;

/// <summary>One advisory in OSV's format (https://ossf.github.io/osv-schema), as far as we ask it.</summary>
internal sealed record OsvAdvisory
{
    [JsonRequired]
    public string Id { get; init; } = "";

    [JsonRequired]
    public DateTimeOffset Modified { get; init; }

    /// <summary>It was taken back.</summary>
    public DateTimeOffset? Withdrawn { get; init; }

    public IReadOnlyList<string>? Aliases { get; init; }

    public IReadOnlyList<OsvAffected>? Affected { get; init; }

    public IReadOnlyList<OsvSeverity>? Severity { get; init; }

    public OsvDetails? DatabaseSpecific { get; init; }
}

internal sealed record OsvAffected
{
    public OsvPackage? Package { get; init; }

    public IReadOnlyList<OsvRange>? Ranges { get; init; }

    public IReadOnlyList<string>? Versions { get; init; }
}

internal sealed record OsvPackage(string? Ecosystem, string? Name);

/// <param name="Type"><c>SEMVER</c>, <c>ECOSYSTEM</c> or <c>GIT</c></param>
internal sealed record OsvRange(string? Type, IReadOnlyList<OsvEvent>? Events);

/// <summary>One of them is set.</summary>
internal sealed record OsvEvent(string? Introduced, string? Fixed, string? LastAffected, string? Limit);

internal sealed record OsvSeverity(string? Type, string? Score);

/// <param name="Severity">GitHub's advisories say it in one word</param>
internal sealed record OsvDetails(JsonElement? Severity);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(OsvAdvisory))]
internal sealed partial class OsvJson : JsonSerializerContext;
