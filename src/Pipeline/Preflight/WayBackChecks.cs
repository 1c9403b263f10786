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
        stacks.Where(s => s is { Due: true, Proven: not null }).Select(stack => Of(stack.Name, stack.Proven!));

    /// <param name="stack">its key in the configuration</param>
    /// <param name="hash">of what it would be given again</param>
    public Inspection Of(string stack, string hash) => new(Group, stack, async cancel =>
    {
        var kept = await KeptSnapshot.Look(aws, ledger, stack, hash, cancel).ConfigureAwait(false);
        return kept.Missing is not { } why ? Finding.Ok(stack, kept.Text)
            : waived ? Finding.Skip(stack, $"{why}; --without-way-back")
            : Finding.Ng(stack, $"a failed release could not go back: {why}", "bring it back, or go on all the same: the same command with --without-way-back");
    });
}
