using Cake.Frosting;
using Pipeline.Checks;

namespace Build.Tasks;

[TaskName("Lint")]
[TaskDescription("Check formatting and build with warnings as errors")]
[IsDependentOn(typeof(DetectChanges))]
public sealed class Lint : AsyncFrostingTask<BuildContext>
{
    public override Task RunAsync(BuildContext context) => context.Check("Lint", LintCheck.Run);
}
