using Cake.Frosting;
using Pipeline.Diagnosis;

namespace Build.Tasks;

[TaskName("Diagnose")]
[TaskDescription("Why a release failed: the last failed one, or --deployment=ID")]
public sealed class Diagnose : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context) =>
        (await RecordedFailure.Find(await context.Store(), context.Settings, context.Typed[Options.Deployment], context.Cancel)).Print(context.Output);
}
