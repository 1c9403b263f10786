using Cake.Frosting;

namespace Build.Tasks;

[TaskName("DeployProd")]
[TaskDescription("Deploy to prod what staging has proven: gates, approval, wait timer, backup, deploy, verify, watch")]
[IsDependentOn(typeof(DetectChanges))]
[IsDependentOn(typeof(BuildImages))]
public sealed class DeployProd : AsyncFrostingTask<BuildContext>
{
    public override Task RunAsync(BuildContext context) => context.Deploy();
}
