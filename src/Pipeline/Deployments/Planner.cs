using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Gates;
using Pipeline.Ledger;
using Pipeline.StackOperations;

namespace Pipeline.Deployments;

/// <summary>A plan with the order that it is made of.</summary>
public sealed record Planned(PlanRecord Plan, DeploymentOrder Order);

/// <summary>Works out what a release would do, down to its change sets, without the lock and without changing anything.</summary>
/// <param name="order">works out the order from the environment's state and its stacks' statuses</param>
/// <param name="keeper">the environment's gates</param>
public sealed class Planner(PipelineConfiguration configuration, AwsAccount aws, ReleaseLedger ledger, Func<EnvironmentState, IReadOnlyDictionary<string, string?>, DeploymentOrder> order, GateKeeper keeper)
{
    /// <summary>How the environment's stacks are treated.</summary>
    public required StackRules Rules { get; init; }

    /// <summary>The change sets stay, to be executed once they are approved.</summary>
    public bool Keeps { get; init; }

    /// <summary>Makes a plan.</summary>
    /// <param name="earlier">an earlier plan of the same release, whose change sets are taken if they still hold; <c>null</c>: there is none</param>
    /// <exception cref="Outcomes.PipelineException">something that holds data would be replaced or removed and nobody allowed it, or an approved change set holds no longer (3)</exception>
    public async Task<Planned> Make(PlanRecord? earlier, CancellationToken cancel)
    {
        var (planned, gates) = await Look(earlier, cancel).ConfigureAwait(false);
        var preview = new Preview(new StackDeployer(aws.Stacks, Rules, ledger.Templates)) { Keeps = Keeps };
        var approved = earlier?.Stacks.Where(s => s.ChangeSet is not null).ToDictionary(s => s.Stack, s => s.ChangeSet!) ?? [];
        planned = planned with { Stacks = await preview.Again(planned.Stacks, approved, configuration.Environment.Name, planned.Record.Id, cancel).ConfigureAwait(false) };
        return new Planned(Record(planned, gates), planned);
    }

    /// <summary>What would be done and what the gates say to it, without change sets.</summary>
    /// <param name="earlier">an earlier plan of the same release; <c>null</c>: there is none</param>
    public async Task<(DeploymentOrder Order, IReadOnlyList<GateResult> Gates)> Look(PlanRecord? earlier, CancellationToken cancel)
    {
        var state = await ledger.State(cancel).ConfigureAwait(false);
        var planned = order(state, await ReleaseRun.Statuses(configuration, aws, Rules, cancel).ConfigureAwait(false));
        planned = planned with { Record = planned.Record with { Id = earlier?.Id ?? planned.Record.Id } };
        return (planned, await keeper.Look(planned, cancel).ConfigureAwait(false));
    }

    private PlanRecord Record(DeploymentOrder planned, IReadOnlyList<GateResult> gates) =>
        new(planned.Record.Id, configuration.Environment.Name, planned.Record.Commit, DateTimeOffset.UtcNow)
        {
            Services = planned.Record.Services,
            Stacks = [.. planned.Stacks.Where(s => s.Due).Select(s => new PlannedChange(s.Name, s.StackName, s.Hash, s.Prepared?.Id, s.Present ? [.. s.Changes.Select(Line)] : [PlannedChange.Creation]))],
            Gates = gates,
            Emergency = keeper.Emergency?.Reason,
        };

    private static string Line(ResourceChange change) => $"{change.Action} {change.LogicalId} ({change.Type}{change.Replacement switch { "True" => ", replaced", "Conditional" => ", may be replaced", _ => "" }})";
}
