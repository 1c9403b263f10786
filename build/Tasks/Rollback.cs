using Cake.Frosting;
using Pipeline.Deployments;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.Reporting;

namespace Build.Tasks;

[TaskName("Rollback")]
[TaskDescription("Bring an earlier release back: the last good one, --to=RELEASE or --version=VERSION")]
public sealed class Rollback : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context)
    {
        var target = RollbackTarget.Of(context.Typed[Options.To], context.Typed[Options.Version]);
        var route = await Guards.WayBack(context);
        var request = new RollbackRequest(target, context.Typed[Options.Reason] ?? "asked for by a person", Operator.UserAtHost) { PastUnsafe = context.Typed.Has(Options.PastUnsafe) };
        var result = await context.Told(() => route.Run(request, context.Cancel), r => r.Record);
        if (result.Deployed is { } deployed)
        {
            context.Release.Add(deployed);
            context.Release.Record(new Pipeline.Step("Rollback", Verdict.Passed, deployed.Record.FinishedAt!.Value - deployed.Record.StartedAt));
        }

        RollbackReport.Gone(context.Output, result, Clock.Elapsed);
        await context.Aftercare(after => after.Of(result.Record, context.Cancel));
    }
}
