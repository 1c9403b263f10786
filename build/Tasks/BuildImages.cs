using Cake.Frosting;
using Pipeline.Changes;
using Pipeline.Deployments;
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
        if (context.Release.Find<PromotedRelease>() is { } promoted)
        {
            // Built once; no environment is given another image than the one before it has proven.
            DeployReport.Images(context.Output, context.Release.Add(new ImageSet(promoted.Images)).Images);
            return;
        }

        var due = context.Release.Get<ChangeSummary>().Due.ToList();
        var images = context.Release.Add(await context.Output.While("Images", async progress => await ImageSet.Build(context.Settings, due, (await context.Aws()).Registry, progress, context.Cancel)));
        DeployReport.Images(context.Output, images.Images);
    }
}
