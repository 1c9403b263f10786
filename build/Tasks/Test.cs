using Cake.Frosting;
using Pipeline.Checks;

namespace Build.Tasks;

[TaskName("Test")]
[TaskDescription("Run the unit tests of what is affected and judge their coverage; --all runs every suite of the repository")]
[IsDependentOn(typeof(DetectChanges))]
public sealed class Test : AsyncFrostingTask<BuildContext>
{
    public override Task RunAsync(BuildContext context) => 
        context.Check("Test", (configuration, scope, progress, cancel) => TestCheck.Run(configuration, scope, new TestOptions(), progress, cancel));
}
