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
        var images = due.Count == 0 ? [] : await ImageSet.Build(context.Configuration, due, await context.Aws(), context.Cancel);
        context.Release.Add(new ImageSet(images));
        DeployReport.Images(context.Output, images);
    }
}
