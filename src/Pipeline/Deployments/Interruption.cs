using Pipeline.Changes;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Deployments;

/// <summary>A release that was begun and has no end.</summary>
public static class Interruption
{
    /// <summary>The latest release, if it was interrupted; <c>null</c>: it came to an end, or there is none.</summary>
    public static async Task<ReleaseRecord?> Find(ReleaseLedger ledger, CancellationToken cancel) =>
        await ledger.Releases(1, cancel).ConfigureAwait(false) is [{ Outcome: ReleaseOutcome.Running or ReleaseOutcome.Interrupted } begun] ? begun : null;

    /// <summary>Refuses to go on with something else than was begun.</summary>
    /// <param name="changes">what would be deployed now</param>
    /// <param name="promoted">nothing is built here: what was approved is compared instead</param>
    /// <exception cref="PipelineException">the work tree holds another commit, or the release is a rollback (3)</exception>
    public static void Demand(ReleaseRecord begun, ChangeSummary changes, bool promoted)
    {
        if (begun.Kind == ReleaseKind.Rollback)
        {
            throw Refused(begun, $"{begun.Id} is a rollback to {begun.BackTo}.", "a rollback goes on with its own command", $"./build.sh --target=Rollback --environment={begun.Environment} --to={begun.BackTo}");
        }

        if (!promoted && begun.Commit != changes.Source.Commit)
        {
            throw Refused(begun, $"{begun.Id} was made of commit {begun.Commit[..7]}, the work tree holds {changes.Source.Abbreviated}.", "going on means: to what was begun",
                $"git checkout {begun.Commit[..7]} and the same command again; or {Reporting.Words.Deploy(begun.Environment)}, which deploys what is here");
        }
    }

    private static PipelineException Refused(ReleaseRecord begun, string what, string why, string next) =>
        new(ExitCode.Refused, $"REFUSED: {what}", new Detail("why", why), new Detail(begun.Environment, "untouched by this run; the interrupted release may have changed a part of it"), new Detail("next", next));
}
