using Pipeline.Aws;
using Pipeline.Ledger;

namespace Pipeline.Preflight;

/// <summary>What a stack was once given, and whether it could be given that again.</summary>
/// <param name="Snapshot">from the ledger; <c>null</c>: it was not kept, or not as it was</param>
/// <param name="Missing">why it could not be given again; <c>null</c>: it could</param>
internal sealed record KeptSnapshot(StackSnapshot? Snapshot, string? Missing)
{
    /// <summary>Looks for it, and for the image that it names.</summary>
    public static async Task<KeptSnapshot> Look(AwsAccount aws, ReleaseLedger ledger, string stack, string hash, CancellationToken cancel)
    {
        if (await ledger.Snapshot(stack, hash, cancel).ConfigureAwait(false) is not { } kept)
        {
            return new KeptSnapshot(null, "what it was given then is not on record");
        }

        if (kept.Hash() != hash)
        {
            return new KeptSnapshot(null, "what is on record is not what it was given then: somebody changed the record");
        }

        if (kept.Parameters.GetValueOrDefault("ImageUri", "").Split('@') is not [var name, var digest])
        {
            return new KeptSnapshot(kept, null);
        }

        var repository = name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return new KeptSnapshot(kept, await aws.Registry.Has(repository, digest, cancel).ConfigureAwait(false) is true
            ? null
            : $"the registry has no {repository}@{digest} any more, the image of version {kept.Tags.GetValueOrDefault("version")}");
    }

    /// <summary>Half a sentence about what is there.</summary>
    public string Text => Snapshot?.Parameters.ContainsKey("ImageUri") == true
        ? $"version {Snapshot.Tags.GetValueOrDefault("version")} is on record, and its image is there"
        : "what it was given then is on record";
}
