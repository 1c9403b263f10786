using Cake.Frosting;
using Pipeline.Changes;
using Pipeline.Deployments;

namespace Build.Tasks;

[TaskName("Resume")]
[TaskDescription("Go on with a release that was interrupted, to what it was to reach")]
[IsDependentOn(typeof(DetectChanges))]
public sealed class Resume : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context)
    {
        var environment = context.Settings.Environment.Name;
        if (await Interruption.Find(await context.Ledger(), context.Cancel) is not { } begun)
        {
            context.Output.Say($"Nothing was interrupted in {environment}: there is nothing to go on with.");
            return;
        }

        Interruption.Demand(begun, context.Release.Get<ChangeSummary>(), promoted: context.Release.Find<PromotedRelease>() is not null);
        await context.Images();
        await context.Deploy();
    }
}
