using Pipeline.Changes;
using Pipeline.Deployments;
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
        var route = new DeployRoute(context.Settings, await context.Aws(), await context.Store(), context.Output)
        {
            AllowReplace = Allowance.Of(context.Typed[Options.AllowReplace]),
            Recreate = Allowance.Of(context.Typed[Options.Recreate]).Ids,
            WithoutWayBack = context.Typed.Has(Options.WithoutWayBack),
            Record = context.Release.Record,
        };
        var result = await route.Run(context.Release.Get<ChangeSummary>(), context.Release.Get<ImageSet>().Images, context.Cancel);
        if (result is null)
        {
            var state = await (await context.Ledger()).State(context.Cancel);
            DeployReport.NothingToDo(context.Output, context.Settings.Environment.Name, state, Clock.Elapsed);
            return;
        }

        context.Release.Add(result);
        context.Release.Record(new Pipeline.Step("Deploy", Verdict.Passed, result.Record.FinishedAt!.Value - result.Record.StartedAt));
        DeployReport.Deployed(context.Output, result, Clock.Elapsed);
    }
}
