using Cake.Frosting;
using Pipeline.Checks;

namespace Build.Tasks;

[TaskName("SecurityScan")]
[TaskDescription("Look for committed secrets, dangerous code and packages with known vulnerabilities")]
[IsDependentOn(typeof(DetectChanges))]
public sealed class SecurityScan : AsyncFrostingTask<BuildContext>
{
    public override Task RunAsync(BuildContext context) => context.Check("Security", SecurityCheck.Run);
}
