using Cake.Frosting;

namespace Build.Tasks;

[TaskName("BuildImages")]
[TaskDescription("Build and push the images of due services only")]
[IsDependentOn(typeof(DetectChanges))]
public sealed class BuildImages : AsyncFrostingTask<BuildContext>
{
    public override Task RunAsync(BuildContext context) => context.Images();
}
