using Pipeline.Aws;
using Pipeline.Outcomes;

namespace Pipeline.StackOperations;

/// <summary>Reads what a change set would do, nested stacks included, and refuses what would lose data.</summary>
internal sealed class ChangeReview(Stacks stacks, StackRules rules)
{
    /// <summary>What a change set would lose that nobody allowed.</summary>
    public async Task<IReadOnlyList<Loss>> Losses(StackWork work, ChangeSet changeSet, CancellationToken cancel) =>
        [.. ChangeJudgement.Losses(work.Stack, work.StackName, await Changes(changeSet, "", cancel).ConfigureAwait(false), SecretProperties.Of(work.Snapshot.Template)).Where(loss => !rules.Allowed.Covers(loss.Stack, loss.Resource))];

    /// <summary>The refusal of all of them (exit code 3).</summary>
    public static PipelineException Refusal(IReadOnlyList<Loss> losses, string environment, string state) => new(ExitCode.Refused,
        $"REFUSED: {(losses.Count == 1 ? "a resource that holds data" : $"{losses.Count} resources that hold data")} would be replaced or removed.",
        new Detail("why", string.Join('\n', losses.Select(l => $"stack {l.StackName}: {l.Sentence}"))),
        new Detail(environment, state),
        new Detail("next", $"take the change back, or allow the loss: the same command with --allow-replace={string.Join(',', losses.Select(l => $"{l.Stack}.{l.Resource}"))}"));

    private async Task<IReadOnlyList<ResourceChange>> Changes(ChangeSet changeSet, string way, CancellationToken cancel)
    {
        var all = new List<ResourceChange>();
        foreach (var change in changeSet.Changes)
        {
            all.Add(change with { LogicalId = way + change.LogicalId });
            if (change.NestedChangeSet is { } nested)
            {
                all.AddRange(await Changes(await stacks.DescribeChangeSet(nested, cancel).ConfigureAwait(false), $"{way}{change.LogicalId}.", cancel).ConfigureAwait(false));
            }
        }

        return all;
    }
}
