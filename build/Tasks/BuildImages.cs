using Cake.Frosting;
using Pipeline.Changes;
using Pipeline.Images;
using Pipeline.Reporting;

namespace Build.Tasks;

[TaskName("BuildImages")]
[TaskDescription("Build and push the images of due services only")]
[IsDependentOn(typeof(DetectChanges))]
public sealed class BuildImages : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context)
    {
        var due = context.Release.Get<ChangeSummary>().Due.ToList();
        var images = context.Release.Add(await context.Output.While("Images", async progress => await ImageSet.Build(context.Settings, due, (await context.Aws()).Registry, progress, context.Cancel)));
        DeployReport.Images(context.Output, images.Images);
    }
}
