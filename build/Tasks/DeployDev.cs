using Cake.Frosting;

namespace Build.Tasks;

[TaskName("DeployDev")]
[TaskDescription("Deploy what is due to dev: check, build, deploy, verify")]
[IsDependentOn(typeof(DetectChanges))]
[IsDependentOn(typeof(Lint))]
[IsDependentOn(typeof(Test))]
[IsDependentOn(typeof(SecurityScan))]
[IsDependentOn(typeof(BuildImages))]
public sealed class DeployDev : AsyncFrostingTask<BuildContext>
{
    public override Task RunAsync(BuildContext context) => context.Deploy();
}
