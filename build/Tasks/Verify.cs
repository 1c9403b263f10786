using Cake.Frosting;
using Pipeline.Outcomes;
using Pipeline.Reporting;

namespace Build.Tasks;

[TaskName("Verify")]
[TaskDescription("Prove again what --environment runs: digests, targets, traffic, health and smoke checks; changes nothing")]
public sealed class Verify : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context)
    {
        var environment = context.Settings.Environment.Name;
        var proofs = context.IsUntouched ? [] : await context.Output.While("Verify", async _ => await (await context.Deployed()).Prove(context.Cancel));
        context.Release.Record(new Pipeline.Step(nameof(Verify), proofs.Count == 0 ? Verdict.Skipped : proofs.All(p => p.Failure is null) ? Verdict.Passed : Verdict.Failed, TimeSpan.Zero));
        if (proofs.Count == 0)
        {
            context.Output.Result("Verify", Verdict.Skipped, $"skipped  nothing is deployed to {environment} yet");
            return;
        }

        DeployedReport.Proven(context.Output, proofs, environment);
    }
}
