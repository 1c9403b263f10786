using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.StackOperations;

namespace Pipeline.Deployments;

/// <summary>What a deployment is to do.</summary>
/// <param name="Configuration">of the environment</param>
/// <param name="State">of the environment before</param>
/// <param name="Stacks">all of them; those not due are left alone</param>
/// <param name="Services">what is to run of every service</param>
/// <param name="Changes">why, for the diagnosis</param>
/// <param name="Record">the release's journal, not yet saved</param>
public sealed record DeploymentOrder(
    PipelineConfiguration Configuration,
    EnvironmentState State,
    IReadOnlyList<PlannedStack> Stacks,
    IReadOnlyList<TargetService> Services,
    ChangeSummary? Changes,
    ReleaseRecord Record)
{
    /// <summary>How stacks are treated, with what a person allowed for this run.</summary>
    public required StackRules Rules { get; init; }
}

/// <summary>A service and what is to be recorded of it once it is proven to run.</summary>
public sealed record TargetService(string Name, RunningService Running);

/// <summary>What a successful deployment proved.</summary>
public sealed record DeploymentResult(ReleaseRecord Record, IReadOnlyList<ServiceProof> Proofs, IReadOnlyList<StackStatus> Stacks);

/// <summary>A stack's status in CloudFormation's own word.</summary>
public sealed record StackStatus(string Name, string Status);

/// <summary>What went wrong first.</summary>
/// <param name="Stack">where</param>
/// <param name="Reasons">root causes</param>
/// <param name="Proof">the failed verification, if it was one</param>
public sealed record DeploymentFailure(PlannedStack Stack, IReadOnlyList<string> Reasons, ServiceProof? Proof)
{
    /// <summary>The stack is as it should be, but the migration that it holds failed.</summary>
    public bool InMigration { get; init; }
}

/// <summary>What came after a failure.</summary>
/// <param name="Outcome">how the release ended</param>
/// <param name="Stuck">stacks that could not be brought back</param>
/// <param name="Serving">the services that ran before, proven again</param>
public sealed record Aftermath(ReleaseOutcome Outcome, IReadOnlyList<string> Stuck, IReadOnlyList<ServiceProof> Serving);

/// <summary>Why a release failed, for people.</summary>
/// <param name="Headline">one sentence</param>
/// <param name="Details">labelled lines: what, fault, log, changed</param>
public sealed record Explanation(string Headline, IReadOnlyList<Detail> Details);

/// <summary>A deployment failed; exit code 4 when the previous version serves (or nothing ever did), 5 when the way back failed.</summary>
public sealed class DeploymentFailedException(string environment, string release, Explanation why, Aftermath after)
    : PipelineException(after.Outcome == ReleaseOutcome.RollbackFailed ? ExitCode.RollbackFailed : ExitCode.DeploymentFailed,
        $"DEPLOYMENT FAILED: {why.Headline}", [.. why.Details, State(environment, after), new Detail("next", Next(environment, release, after))])
{
    /// <summary>Id of the release that failed.</summary>
    public string Release { get; } = release;

    private static Detail State(string environment, Aftermath after) => new(environment, after.Outcome switch
    {
        ReleaseOutcome.RolledBack => $"rolled back: serves {string.Join(", ", after.Serving.Select(s => $"{s.Service} {s.Version}"))} as before, healthy",
        ReleaseOutcome.Failed => "nothing was deployed here before, so there was nothing to go back to",
        _ => $"ROLLBACK FAILED: {string.Join("; ", after.Stuck.Select(s => $"stack {s} could not be brought back").Concat(after.Serving.Where(s => s.Failure is not null).Select(s => $"{s.Service}: {s.Failure}")))}",
    });

    private static string Next(string environment, string release, Aftermath after) => after.Outcome == ReleaseOutcome.RollbackFailed
        ? $"./build.sh --target=Status --environment={environment}; a person must repair the stacks named above, then deploy again"
        : $"./build.sh --target=Diagnose --deployment={release}, then mend it and deploy again";
}
