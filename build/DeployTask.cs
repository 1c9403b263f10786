using Pipeline.Approvals;
using Pipeline.Changes;
using Pipeline.Deployments;
using Pipeline.Gates;
using Pipeline.Images;
using Pipeline.Outcomes;
using Pipeline.Reporting;
using Pipeline.StackOperations;

namespace Build;

/// <summary>The end of every route: what the release holds is deployed and proven.</summary>
internal static class DeployTask
{
    public static async Task Deploy(this BuildContext context)
    {
        var route = await context.Route();
        DeploymentResult? result;
        try
        {
            result = await context.Told(() => route.Run(context.Release.Get<ChangeSummary>(), context.Release.Get<ImageSet>().Images, context.Cancel), r => r?.Record);
        }
        catch (DeploymentFailedException e)
        {
            await context.Aftercare(after => after.OfFailed(e.Release, context.Cancel));
            throw;
        }

        if (result is null)
        {
            var state = await (await context.Ledger()).State(context.Cancel);
            DeployReport.NothingToDo(context.Output, context.Settings.Environment.Name, state, Clock.Elapsed);
            return;
        }

        context.Release.Add(result);
        context.Release.Record(new Pipeline.Step("Deploy", Verdict.Passed, result.Record.FinishedAt!.Value - result.Record.StartedAt));
        DeployReport.Deployed(context.Output, result, Clock.Elapsed);
        await context.Aftercare(after => after.Of(result.Record, context.Cancel));
    }

    /// <summary>The route to the selected environment, as the command line wants it.</summary>
    public static async Task<DeployRoute> Route(this BuildContext context)
    {
        var aws = await context.Aws();
        return new DeployRoute(context.Settings, aws, await context.Store(), context.Output)
        {
            Terms = await Terms(context, aws),
            Promoted = context.Release.Find<PromotedRelease>(),
            Checked = context.Release.Gates,
            Record = context.Release.Record,
            GitHub = GitHubSource.Current(Environment.GetEnvironmentVariable),
            Gates = said => Said(context, said),
            Wanted = (asked, tally) => context.Notify(context.Notices().Wanted(asked, tally)),
            Further = await Guards.Further(context),
            Before = await Guards.Before(context),
            Judge = await Guards.Judge(context),
        };
    }

    public static async Task Aftercare(this BuildContext context, Func<Aftercare, Task> care) =>
        await care(new Aftercare(context.Settings, await context.Aws(), await context.Store(), context.Output));

    private static async Task<Terms> Terms(BuildContext context, Pipeline.Aws.AwsAccount aws) => new()
    {
        AllowReplace = Allowance.Of(context.Typed[Options.AllowReplace]),
        Recreate = Allowance.Of(context.Typed[Options.Recreate]).Ids,
        WithoutWayBack = context.Typed.Has(Options.WithoutWayBack),
        Deployment = context.Typed[Options.Deployment],
        Emergency = context.Typed.Has(Options.Emergency) ? new Relaxation((await aws.Identity.Caller(context.Cancel)).Arn, Reason(context)) { WithoutSnapshot = context.Typed.Has(Options.WithoutSnapshot) } : null,
    };

    private static string Reason(BuildContext context) => context.Typed[Options.Reason] is { Length: > 0 } reason
        ? reason
        : throw new UsageException("--emergency needs a reason: it is kept with the release, and what is left out becomes a debt.", new Detail("next", "the same command with --reason=\"why it can not wait\""));

    private static void Said(BuildContext context, IReadOnlyList<GateResult> said)
    {
        // What this run's own checks said was printed with them.
        var news = said.Where(g => !context.Release.Gates.Any(known => known.Name == g.Name)).ToList();
        PlanReport.Gates(context.Output, news);
        foreach (var gate in news)
        {
            context.Release.Record(gate);
        }
    }
}
