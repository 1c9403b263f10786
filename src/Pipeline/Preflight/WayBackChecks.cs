using Pipeline.Aws;
using Pipeline.Deployments;
using Pipeline.Ledger;

namespace Pipeline.Preflight;

/// <summary>A failed release could go back: what every stack was last proven with is on record, and the image of then is still in the registry.</summary>
/// <param name="ledger">with the snapshots</param>
/// <param name="waived">a person goes on without</param>
internal sealed class WayBackChecks(AwsAccount aws, ReleaseLedger ledger, bool waived)
{
    private const string Group = "way back";

    public IEnumerable<Inspection> Of(IEnumerable<PlannedStack> stacks) =>
        stacks.Where(s => s is { Due: true, Proven: not null }).Select(stack => new Inspection(Group, stack.Name, cancel => Look(stack, cancel)));

    private async Task<Finding> Look(PlannedStack stack, CancellationToken cancel)
    {
        if (await ledger.Snapshot(stack.Name, stack.Proven!, cancel).ConfigureAwait(false) is not { } before)
        {
            return Impossible(stack, "what it was given when it was last proven is not on record");
        }

        var (image, version) = (before.Parameters.GetValueOrDefault("ImageUri", ""), before.Tags.GetValueOrDefault("version"));
        if (image.Split('@') is not [var name, var digest])
        {
            return Finding.Ok(stack.Name, "what it was given before is on record");
        }

        var repository = name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];
        return await aws.Registry.Has(repository, digest, cancel).ConfigureAwait(false) is true
            ? Finding.Ok(stack.Name, $"version {version} is on record, and its image is there")
            : Impossible(stack, $"the registry has no {repository}@{digest} any more, the image of version {version}");
    }

    private Finding Impossible(PlannedStack stack, string why) => waived
        ? Finding.Skip(stack.Name, $"{why}; --without-way-back")
        : Finding.Ng(stack.Name, $"a failed release could not go back: {why}", "bring it back, or go on all the same: the same command with --without-way-back");
}
