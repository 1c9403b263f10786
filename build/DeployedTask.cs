using Pipeline.Configuration;
using Pipeline.Deployments;
using Pipeline.Reporting;

namespace Build;

/// <summary>How suites are run against what is deployed; where nothing is, not even a cloud is started.</summary>
internal static class DeployedTask
{
    public static async Task TestDeployed(this BuildContext context, SuiteKind kind, string target)
    {
        var environment = context.Settings.Environment;
        var result = context.IsUntouched
            ? Pipeline.Deployments.Deployed.Skipped(kind, environment.Name, nothing: true)
            : await context.Output.While(target, async progress => await (await context.Deployed()).Test(kind, progress, context.Cancel));
        context.Release.Record(result with { Name = target });
        DeployedReport.Tested(context.Output, result, environment, target);
    }

    public static async Task<Deployed> Deployed(this BuildContext context)
    {
        var ledger = await context.Ledger();
        return new Deployed(context.Settings, await context.Aws(), ledger, await ledger.State(context.Cancel)) { Slow = context.Typed.Has(Options.Slow) };
    }
}
