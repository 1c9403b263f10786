using System.Text.Json.Serialization;

namespace Pipeline.LocalCloud.Registry;

internal sealed record RepositoryRecord(string Name, string Arn, DateTimeOffset CreatedAt, bool Immutable, bool ScanOnPush, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>Which images expire, as JSON.</summary>
    public string? LifecyclePolicy { get; init; }

    /// <summary>Who may do what with its images, as JSON.</summary>
    public string? AccessPolicy { get; init; }

    public string EncryptionType { get; init; } = "AES256";
}

internal sealed record ImageRecord(string Repository, string Digest, string MediaType, long Size, DateTimeOffset PushedAt);

internal sealed record TagRecord(string Repository, string Tag, string Digest);

/// <summary>Part of a manifest: what a digest's content is.</summary>
internal sealed record Descriptor(string MediaType, string Digest, long Size, Platform? Platform = null);

internal sealed record Platform(string? Os, string? Architecture);

/// <summary>An image's manifest, or an index of manifests by platform.</summary>
internal sealed record Manifest(string? MediaType, Descriptor? Config, IReadOnlyList<Descriptor>? Layers, IReadOnlyList<Descriptor>? Manifests);

/// <summary>An image's configuration: the platform it was built for and how it is started.</summary>
internal sealed record ImageConfig(string? Os, string? Architecture, [property: JsonPropertyName("config")] ImageCommand? Command);

internal sealed record ImageCommand(
    [property: JsonPropertyName("Entrypoint")] IReadOnlyList<string>? EntryPoint,
    [property: JsonPropertyName("Cmd")] IReadOnlyList<string>? Arguments,
    [property: JsonPropertyName("Env")] IReadOnlyList<string>? Environment,
    [property: JsonPropertyName("WorkingDir")] string? WorkingFolder);

/// <summary>An image found by its reference.</summary>
/// <param name="Digest">of the manifest, as a task reports it</param>
internal sealed record ResolvedImage(string Repository, string Digest, ImageConfig Config, IReadOnlyList<Descriptor> Layers);

/// <summary>The registry has no such image, or cannot give it to this machine; the message is a sentence without the registry's prefix.</summary>
internal sealed class ImageUnavailable(string message) : Exception(message);
