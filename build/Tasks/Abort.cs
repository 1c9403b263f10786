using Cake.Frosting;
using Pipeline.Ledger;
using Pipeline.Reporting;

namespace Build.Tasks;

[TaskName("Abort")]
[TaskDescription("Stop the release that is under way and go back to the version before")]
public sealed class Abort : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context)
    {
        var (trail, caller) = (await context.Trail(), await (await context.Aws()).Identity.Caller(context.Cancel));
        await trail.Begin(new AuditEvent("abort", "requested", caller.Arn, "the release that is under way is to stop"), context.Cancel);
        var abort = new Pipeline.Deployments.Abort(context.Settings, await context.Aws(), await context.Store());
        var ended = await abort.Run(line => context.Output.Labelled("Abort", line), context.Cancel);
        await trail.Note(new AuditEvent("abort", "done", caller.Arn, ended is null ? "no release was under way" : $"{ended.Id} ended {HistoryTable.Word(ended.Outcome)}") { Deployment = ended?.Id });
        AbortReport.Print(context.Output, context.Settings.Environment.Name, ended);
    }
}
