using Cake.Frosting;
using Pipeline.Deployments;
using Pipeline.Reporting;
using Pipeline.StackOperations;

namespace Build.Tasks;

[TaskName("Status")]
[TaskDescription("What runs where, who holds the lock, what is owed; --diff: two environments compared; --drift: what was changed past CloudFormation")]
public sealed class Status : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context)
    {
        if (context.Typed[Options.Diff] is { } pair)
        {
            await context.Compare(pair);
            return;
        }

        if (context.IsUntouched)
        {
            context.Output.Say("Nothing was deployed to the embedded cloud yet. Next: ./build.sh --target=DeployDev");
            return;
        }

        var store = await context.Store();
        var overview = new Overview(context.Settings, await context.Aws(), store) { Rows = [Whereabouts.Watch(store)], Waiting = Whereabouts.Waiting(store) };
        if (context.Typed[Options.Format] == "json")
        {
            context.Output.Json(StatusJson.Of(await overview.Read(context.Cancel)));
        }
        else
        {
            context.Output.Show(await overview.Draw(context.Cancel));
        }

        if (context.Typed.Has(Options.Drift))
        {
            await Drift(context);
        }
    }

    private static async Task Drift(BuildContext context)
    {
        var (aws, settings) = (await context.Aws(), context.Settings);
        var check = new DriftCheck(aws.Stacks, StackRules.Of(settings.Environment, aws.PollInterval));
        var drifts = await context.Output.While("Drift", _ => Task.WhenAll(settings.Stacks.Select(s => check.Of(s.Name, settings.StackName(s.Name), context.Cancel))));
        DriftReport.Print(context.Output, settings.Environment.Name, drifts);
    }
}
