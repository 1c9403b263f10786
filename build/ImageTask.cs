using Pipeline.Cake.Docker;
using Pipeline.Changes;
using Pipeline.Deployments;
using Pipeline.Images;
using Pipeline.Reporting;

namespace Build;

/// <summary>How the release gets its images.</summary>
internal static class ImageTask
{
    /// <summary>Builds them; or takes those that the environment before has proven: an image is built once.</summary>
    public static async Task Images(this BuildContext context)
    {
        var changes = context.Release.Get<ChangeSummary>();
        var tools = new BuildTools(CakeDocker.Words) { Source = changes.Source };
        var images = context.Release.Find<PromotedRelease>() is { } promoted
            ? new ImageSet(promoted.Images)
            : await context.Output.While("Images", async progress => await ImageSet.Build(context.Settings, [.. changes.Due], (await context.Aws()).Registry, tools, progress, context.Cancel));
        DeployReport.Images(context.Output, context.Release.Add(images).Images);
    }
}
