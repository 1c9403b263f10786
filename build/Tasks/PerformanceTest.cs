using Cake.Frosting;
using Pipeline.Configuration;

namespace Build.Tasks;

[TaskName("PerformanceTest")]
[TaskDescription("Run the performance suites against what --environment runs; skipped where nothing is deployed")]
public sealed class PerformanceTest : AsyncFrostingTask<BuildContext>
{
    public override Task RunAsync(BuildContext context) => context.TestDeployed(SuiteKind.Performance, nameof(PerformanceTest));
}
