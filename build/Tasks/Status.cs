using Cake.Frosting;
using Pipeline.Deployments;

namespace Build.Tasks;

[TaskName("Status")]
[TaskDescription("What runs where, who holds the lock, how the last release ended")]
public sealed class Status : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context)
    {
        if (context.IsUntouched)
        {
            context.Output.Say("Nothing was deployed to the embedded cloud yet. Next: ./build.sh --target=DeployDev");
            return;
        }

        var overview = new Overview(context.Settings, await context.Aws(), await context.Store());
        context.Output.Show(await overview.Draw(context.Cancel));
    }
}
