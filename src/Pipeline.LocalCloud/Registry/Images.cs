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
internal sealed record ImageConfig(string? Os, string? Architecture, [property: JsonPropertyName("config")] ImageCommand? Command)
{
    public IReadOnlyList<ImageStep> History { get; init; } = [];
}

/// <summary>Of an image's history: what made a layer.</summary>
internal sealed record ImageStep([property: JsonPropertyName("created_by")] string? CreatedBy);

internal sealed record ImageCommand(
    [property: JsonPropertyName("Entrypoint")] IReadOnlyList<string>? EntryPoint,
    [property: JsonPropertyName("Cmd")] IReadOnlyList<string>? Arguments,
    [property: JsonPropertyName("Env")] IReadOnlyList<string>? Environment,
    [property: JsonPropertyName("WorkingDir")] string? WorkingFolder)
{
    public string? StopSignal { get; init; }
}

/// <summary>An image found by its reference.</summary>
/// <param name="Digest">of the manifest, as a task reports it</param>
internal sealed record ResolvedImage(string Repository, string Digest, ImageConfig Config, IReadOnlyList<Descriptor> Layers)
{
    private static readonly string[] OwnBuilders = ["dotnet publish", "files"];

    /// <summary>Made by the pipeline alone: a service's files, for a runtime that the machine has.</summary>
    public bool IsOurs => Config.History.Count > 0 && !BringsSystem;

    /// <summary>Somebody else made a part of it: a Dockerfile, or a base image. An image without a history says nothing.</summary>
    public bool BringsSystem => Config.History.Any(step => !OwnBuilders.Contains(step.CreatedBy)) || (Config.History.Count > 0 && Layers.Count > Config.History.Count);
}

/// <summary>The registry has no such image, or cannot give it to this machine; the message is a sentence without the registry's prefix.</summary>
internal sealed class ImageUnavailable(string message) : Exception(message);
