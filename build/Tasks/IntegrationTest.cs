using Cake.Frosting;
using Pipeline.Configuration;

namespace Build.Tasks;

[TaskName("IntegrationTest")]
[TaskDescription("Run the integration suites against what --environment runs; skipped where nothing is deployed")]
public sealed class IntegrationTest : AsyncFrostingTask<BuildContext>
{
    public override Task RunAsync(BuildContext context) => context.TestDeployed(SuiteKind.Integration, nameof(IntegrationTest));
}
