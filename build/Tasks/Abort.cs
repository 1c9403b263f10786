using Cake.Frosting;
using Pipeline.Reporting;

namespace Build.Tasks;

[TaskName("Abort")]
[TaskDescription("Stop the release that is under way and go back to the version before")]
public sealed class Abort : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context)
    {
        var abort = new Pipeline.Deployments.Abort(context.Settings, await context.Aws(), await context.Store());
        var ended = await abort.Run(line => context.Output.Labelled("Abort", line), context.Cancel);
        AbortReport.Print(context.Output, context.Settings.Environment.Name, ended);
    }
}
