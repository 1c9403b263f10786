using Cake.Frosting;

namespace Build.Tasks;

/// <summary>A route runs in its place; it runs itself where nothing is to do.</summary>
[TaskName("CI")]
[TaskDescription("Choose the route by the CI runner's event: push and pull request to dev, main to staging, by hand to prod, schedule: a look at the watch")]
public sealed class CI : FrostingTask<BuildContext>
{
    public override void Run(BuildContext context) =>
        context.Output.Say($"Nothing to do: {context.Runner.Route!.Reason}.");
}
