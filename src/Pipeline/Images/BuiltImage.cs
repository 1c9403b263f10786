namespace Pipeline.Images;

/// <summary>A service's image in the registry.</summary>
/// <param name="Service">its service</param>
/// <param name="Repository">with the registry's host: <c>127.0.0.1:4510/storefront/api</c></param>
/// <param name="Tag">immutable content tag, made from the inputs' hash</param>
/// <param name="Digest">of the manifest, <c>sha256:…</c></param>
/// <param name="Reused">the registry had it already; nothing was built</param>
/// <param name="Duration">wall time</param>
public sealed record BuiltImage(string Service, string Repository, string Tag, string Digest, bool Reused, TimeSpan Duration)
{
    /// <summary>What it is known as where it was proven; <c>null</c>: it is new.</summary>
    public Changes.RunningService? Proven { get; init; }

    /// <summary>What a task definition refers to.</summary>
    public string Reference => $"{Repository}@{Digest}";
}
