using Cake.Frosting;

namespace Build.Tasks;

[TaskName("DeployStaging")]
[TaskDescription("Deploy what is due to staging: check, build, deploy, verify")]
[IsDependentOn(typeof(DetectChanges))]
[IsDependentOn(typeof(Lint))]
[IsDependentOn(typeof(Test))]
[IsDependentOn(typeof(SecurityScan))]
[IsDependentOn(typeof(BuildImages))]
public sealed class DeployStaging : AsyncFrostingTask<BuildContext>
{
    public override Task RunAsync(BuildContext context) => context.Deploy();
}
