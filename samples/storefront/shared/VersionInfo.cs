using Microsoft.Extensions.Configuration;

namespace Storefront.Shared;

/// <summary>What runs where, as the deployment told it.</summary>
public sealed record VersionInfo(string Service, string Version, string Environment, string? Commit)
{
    public static VersionInfo From(IConfiguration settings, string service) => new(
        service,
        Given(settings["SERVICE_VERSION"]) ?? "0.0.0-local",
        Given(settings["ENVIRONMENT_NAME"]) ?? "local",
        Given(settings["SERVICE_COMMIT"]));

    public override string ToString() => Commit is null
        ? $"{Service} {Version} in {Environment}"
        : $"{Service} {Version} in {Environment} (commit {Commit})";

    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}
