using Cake.Frosting;
using Pipeline.Changes;
using Pipeline.Checks;
using Pipeline.Configuration;

namespace Build.Tasks;

[TaskName("Test")]
[TaskDescription("Run the unit tests of what is affected and judge their coverage; --all runs every suite of the repository")]
[IsDependentOn(typeof(DetectChanges))]
public sealed class Test : AsyncFrostingTask<BuildContext>
{
    public override Task RunAsync(BuildContext context) => context.Check("Test", async (configuration, scope, progress, cancel) => context.Runner.Route is { SkipsTests: true } route
        ? TestCheck.LeftOut(route.Reason)
        : await Run(context, configuration, scope, progress, cancel));

    private static async Task<CheckResult> Run(BuildContext context, PipelineConfiguration configuration, CheckScope scope, IProgress<string>? progress, CancellationToken cancel) =>
        await TestCheck.Run(configuration, await Hashed(configuration, scope, cancel), new TestOptions { Slow = context.Typed.Has(Options.Slow) }, progress, cancel);

    /// <summary>With --all nothing was compared, but what is measured is kept all the same.</summary>
    private static async Task<CheckScope> Hashed(PipelineConfiguration configuration, CheckScope scope, CancellationToken cancel) => scope.Inputs.Count > 0 ? scope : scope with
    {
        Inputs = await ChangeDetector.Hashes(configuration, cancel),
    };
}
