using Pipeline.Aws;
using Pipeline.Outcomes;

namespace Pipeline.StackOperations;

/// <summary>Reads what a change set would do, nested stacks included, and refuses what would lose data or live traffic.</summary>
internal sealed class ChangeReview(Stacks stacks, StackRules rules)
{
    private static readonly string[] TrafficTypes = ["AWS::ECS::Service", "AWS::ElasticLoadBalancingV2::ListenerRule", "AWS::ElasticLoadBalancingV2::TargetGroup"];

    /// <summary>What a change set would lose that nobody allowed.</summary>
    public async Task<IReadOnlyList<Loss>> Losses(StackWork work, ChangeSet changeSet, CancellationToken cancel)
    {
        var changes = await Changes(changeSet, "", cancel).ConfigureAwait(false);
        var losses = ChangeJudgement.Losses(work.Stack, work.StackName, changes, SecretProperties.Of(work.Snapshot.Template))
            .Concat(await Traffic(work, changeSet.StackId, changes, cancel).ConfigureAwait(false));
        return [.. losses.Where(loss => loss.Kind == LossKind.Strategy || !rules.Allowed.Covers(loss.Stack, loss.Resource))];
    }

    /// <summary>The refusal of all of them (exit code 3).</summary>
    public static PipelineException Refusal(IReadOnlyList<Loss> losses, string environment, string state) => new(ExitCode.Refused,
        $"REFUSED: {Headline(losses)}.",
        new Detail("why", string.Join('\n', losses.Select(l => $"stack {l.StackName}: {l.Sentence}"))),
        new Detail(environment, state),
        new Detail("next", Next(losses)));

    private static string Headline(IReadOnlyList<Loss> losses) => losses switch
    {
        _ when losses.Any(l => l.Kind == LossKind.Strategy) => "a deployment strategy may not change together with what it deploys",
        _ when losses.All(l => l.Kind == LossKind.Traffic) => $"{(losses.Count == 1 ? "a resource by which ECS moves live traffic" : $"{losses.Count} resources by which ECS moves live traffic")} would be reset",
        [_] => "a resource that holds data would be replaced or removed",
        _ => $"{losses.Count} resources that hold data{(losses.Any(l => l.Kind == LossKind.Traffic) ? " or live traffic" : "")} would be replaced or removed",
    };

    private static string Next(IReadOnlyList<Loss> losses) => losses.Any(l => l.Kind == LossKind.Strategy)
        ? "deploy the change of the strategy alone, with the version that runs; then the new version"
        : $"take the change back, or allow the loss: the same command with --allow-replace={string.Join(',', losses.Select(l => $"{l.Stack}.{l.Resource}"))}";

    private async Task<IReadOnlyList<Loss>> Traffic(StackWork work, string stackId, IReadOnlyList<ResourceChange> changes, CancellationToken cancel)
    {
        if (!changes.Any(c => c.Action != "Add" && TrafficTypes.Contains(c.Type)) || await stacks.Describe(stackId, cancel).ConfigureAwait(false) is not { IsEmpty: false } stack)
        {
            return [];
        }

        var live = await stacks.Resources(stackId, cancel).ConfigureAwait(false);
        var template = await stacks.Template(stackId, cancel).ConfigureAwait(false) ?? "";
        return TrafficJudgement.Losses(work.Stack, work.StackName, ServiceShape.Of(stackId, template, stack.Parameters, live), ServiceShape.Of(stackId, work.Snapshot.Template, work.Snapshot.Parameters, live), changes);
    }

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
