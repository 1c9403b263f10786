using Cake.Frosting;
using Pipeline.Checks;

namespace Build.Tasks;

[TaskName("Lint")]
[TaskDescription("Check how code is written: formatting, warnings, scripts, templates, Dockerfiles")]
[IsDependentOn(typeof(DetectChanges))]
public sealed class Lint : AsyncFrostingTask<BuildContext>
{
    public override Task RunAsync(BuildContext context) => context.Check("Lint", LintCheck.Run);
}
