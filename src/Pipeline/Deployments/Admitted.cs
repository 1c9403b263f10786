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

    /// <summary>Asked under the lock, before the first change: somebody may have said no since.</summary>
    public Func<CancellationToken, Task> Confirm { get; init; } = _ => Task.CompletedTask;

    /// <summary>Called once it came to an end, good or bad.</summary>
    public Func<Task> Ended { get; init; } = () => Task.CompletedTask;

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

    /// <summary>Runs it. Where nobody knows how it ended, the request stays open, and the next run goes on.</summary>
    public async Task<DeploymentResult> Run(Func<Task<DeploymentResult>> run)
    {
        try
        {
            var result = await run().ConfigureAwait(false);
            await Ended().ConfigureAwait(false);
            return result;
        }
        catch (DeploymentFailedException)
        {
            await Ended().ConfigureAwait(false);
            throw;
        }
    }
}
