using Cake.Frosting;
using Pipeline.Approvals;
using Pipeline.Ledger;
using Pipeline.Processes;
using Pipeline.Reporting;

namespace Build.Tasks;

[TaskName("History")]
[TaskDescription("The last releases, newest first; --deployment=ID: the trail of one; --verify: the audit log is whole; --format: export it")]
public sealed class History : AsyncFrostingTask<BuildContext>
{
    private const int Shown = 20;

    public override async Task RunAsync(BuildContext context)
    {
        var (environment, format, id) = (context.Settings.Environment.Name, context.Typed[Options.Format], context.Typed[Options.Deployment]);
        if (context.IsUntouched && format is null or "text")
        {
            context.Output.Say($"Nothing was deployed to {environment} yet. Next: ./build.sh --target=DeployDev, or another environment with --environment=NAME");
        }
        else if (context.Typed.Has(Options.Verify))
        {
            var log = (await context.Ledger()).Audit;
            context.Output.Say(AuditReport.Demand(environment, await log.Verify(context.Cancel), await log.Head(context.Cancel)));
        }
        else if (format is "json" or "csv")
        {
            IReadOnlyList<AuditEntry> entries = context.IsUntouched ? [] : await (await context.Ledger()).Audit.Read(context.Cancel);
            entries = [.. entries.Where(e => id is null || e.Event.Deployment == id)];
            if (format == "csv")
            {
                context.Output.Raw(TerminalText.Inert(AuditExport.Csv(entries)));
            }
            else
            {
                context.Output.Json(AuditExport.Json(entries));
            }
        }
        else if (id is not null)
        {
            var trail = await ReleaseTrail.Read(await context.Ledger(), new RequestBook(await context.Store(), environment, TimeProvider.System), await context.Ballot(), id, context.Cancel);
            trail.Print(context.Output);
        }
        else
        {
            await Releases(context, environment);
        }
    }

    private static async Task Releases(BuildContext context, string environment)
    {
        var releases = await (await context.Ledger()).Releases(Shown, context.Cancel);
        if (releases.Count == 0)
        {
            context.Output.Say($"Nothing was deployed to {environment} yet. Next: ./build.sh --target=DeployDev, or another environment with --environment=NAME");
            return;
        }

        context.Output.Show(HistoryTable.Draw(releases));
    }
}
