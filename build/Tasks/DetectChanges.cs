using Cake.Frosting;
using Pipeline.Changes;
using Pipeline.Deployments;
using Pipeline.Outcomes;
using Pipeline.Reporting;

namespace Build.Tasks;

[TaskName("DetectChanges")]
[TaskDescription("Decide what is due for an environment, each decision with its reason")]
public sealed class DetectChanges : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context)
    {
        if (context.Typed[Options.Format] == "csv")
        {
            throw new UsageException("Changes can not be printed as csv.", new Detail("next", "./build.sh --target=DetectChanges --format=json"));
        }

        if (context.Typed.Has(Options.All))
        {
            return;
        }

        if (context.Settings.Environment.Gates.Promotion is not null)
        {
            var promoted = context.Release.Add(await PromotedRelease.Read(context.Settings, await context.Aws(), await context.Store(), context.Cancel));
            if (context.Typed[Options.Promote] is { } release)
            {
                promoted.Demand(release, context.Settings.Environment.Name);
            }

            Show(context, context.Release.Add(promoted.Changes), await context.Aws());
            return;
        }

        var running = await RunningServices.Read(context.Settings, await context.Aws(), await context.Ledger(), context.Cancel);
        var changes = context.Release.Add(running.Explain(await ChangeDetector.Detect(context.Settings, running.Confirmed, context.Cancel)));
        Show(context, changes, await context.Aws());
    }

    private static void Show(BuildContext context, ChangeSummary changes, Pipeline.Aws.AwsAccount aws)
    {
        if (context.Typed[Options.Format] == "json")
        {
            context.Output.Json(ChangeReport.ToJson(changes, context.Settings.Environment.Name));
        }
        else
        {
            DeployReport.Changes(context.Output, changes, context.Settings, aws);
        }
    }
}
