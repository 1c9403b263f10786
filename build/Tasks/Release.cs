using Cake.Frosting;
using Pipeline.Reporting;
using Pipeline.Versions.Publishing;

namespace Build.Tasks;

[TaskName("Release")]
[TaskDescription("The next version: changelog, commit and tags in this clone; --push sends them, --plan shows, --check looks at messages")]
public sealed class Release : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context)
    {
        var publisher = new Publisher(context.Settings, TimeProvider.System)
        {
            DespiteMessages = context.Typed.Has(Options.DespiteMessages),
            Show = plan => VersionReport.Plan(context.Output, plan),
            Say = (label, text) => context.Output.Labelled(label, text),
        };
        await (context.Typed switch
        {
            var typed when typed[Options.Message] is { } file => ReleaseTask.CheckMessage(context, file),
            var typed when typed.Has(Options.Check) => ReleaseTask.Check(context),
            var typed when typed.Has(Options.PlanOnly) => ReleaseTask.Plan(context, publisher),
            var typed when typed.Has(Options.Undo) => ReleaseTask.Undo(context, publisher),
            _ => ReleaseTask.Release(context, publisher),
        });
    }
}
