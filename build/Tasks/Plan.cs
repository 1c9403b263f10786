using Cake.Frosting;
using Pipeline.Changes;
using Pipeline.Images;
using Pipeline.Outcomes;
using Pipeline.Reporting;

namespace Build.Tasks;

[TaskName("Plan")]
[TaskDescription("Everything short of a change: what is due, change sets, gates; exit 0: nothing to do, 10: there is something")]
[IsDependentOn(typeof(DetectChanges))]
[IsDependentOn(typeof(BuildImages))]
public sealed class Plan : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context)
    {
        var route = await context.Route();
        var planned = await route.Plan(context.Release.Get<ChangeSummary>(), context.Release.Get<ImageSet>().Images, context.Cancel);
        PlanReport.Print(context.Output, planned.Plan);
        await context.Warn();
        context.Outcome.SucceedWith(planned.Plan.IsEmpty ? ExitCode.Done : ExitCode.SomethingToDo);
    }
}
