using Pipeline.Aws;
using Pipeline.Gates;
using Pipeline.Ledger;

namespace Pipeline.Deployments;

/// <summary>A release that may begin.</summary>
/// <param name="Gates">what its gates said, people and the timer included</param>
/// <param name="By">who asked for it</param>
/// <param name="Terms">on what terms</param>
public sealed record Admitted(IReadOnlyList<GateResult> Gates, CallerIdentity By, Terms Terms)
{
    /// <summary>The plan that was approved; <c>null</c>: nothing had to be.</summary>
    public PlanRecord? Plan { get; init; }

    /// <summary>It goes on with a release that was interrupted: under an id of its own, with change sets of its own, to the same target.</summary>
    public bool Resumes { get; init; }

    /// <summary>Told how it ended: <c>deployed</c>, or why it failed.</summary>
    public Func<string, Task> Closed { get; init; } = _ => Task.CompletedTask;

    /// <summary>Stack → ARN of the change set that was approved.</summary>
    public IReadOnlyDictionary<string, string> ChangeSets =>
        Plan is null || Resumes ? new Dictionary<string, string>() : Plan.Stacks.Where(s => s.ChangeSet is not null).ToDictionary(s => s.Stack, s => s.ChangeSet!);

    /// <summary>The order, marked with what it stands on.</summary>
    public DeploymentOrder Mark(DeploymentOrder order) => order with
    {
        Record = order.Record with
        {
            Id = Plan is null || Resumes ? order.Record.Id : Plan.Id,
            Kind = Terms.Emergency is null ? ReleaseKind.Deployment : ReleaseKind.Emergency,
            Requester = By.Arn,
            Reason = Terms.Emergency?.Reason,
            Plan = Plan?.Hash(),
            Request = Plan?.Id,
            Gates = Gates,
        },
    };

    /// <summary>Runs it and tells how it ended; where that is not known the request stays open, and the next run goes on.</summary>
    public async Task<DeploymentResult> Close(Func<Task<DeploymentResult>> run)
    {
        try
        {
            var result = await run().ConfigureAwait(false);
            await Closed("deployed").ConfigureAwait(false);
            return result;
        }
        catch (DeploymentFailedException e)
        {
            await Closed(e.Message).ConfigureAwait(false);
            throw;
        }
    }
}
