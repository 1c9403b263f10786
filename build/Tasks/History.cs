using Cake.Frosting;
using Pipeline.Reporting;

namespace Build.Tasks;

[TaskName("History")]
[TaskDescription("The last releases of an environment, newest first")]
public sealed class History : AsyncFrostingTask<BuildContext>
{
    private const int Shown = 20;

    public override async Task RunAsync(BuildContext context)
    {
        var releases = context.IsUntouched ? [] : await (await context.Ledger()).Releases(Shown, context.Cancel);
        if (releases.Count == 0)
        {
            context.Output.Say($"Nothing was deployed to {context.Settings.Environment.Name} yet. Next: ./build.sh --target=DeployDev, or another environment with --environment=NAME");
            return;
        }

        context.Output.Show(HistoryTable.Draw(releases));
    }
}
