using Pipeline.Changes;
using Pipeline.Checks;
using Pipeline.Configuration;
using Pipeline.Gates;
using Pipeline.Reporting;

namespace Build;

/// <summary>How every check is run: what is affected goes in, its result is printed and kept, a bad one ends the run.</summary>
internal static class CheckTask
{
    public static async Task Check(this BuildContext context, string name, Func<PipelineConfiguration, CheckScope, IProgress<string>?, CancellationToken, Task<CheckResult>> check)
    {
        var all = context.Typed.Has(Options.All);
        var changes = all ? null : context.Release.Get<ChangeSummary>();
        var scope = new CheckScope([.. changes?.Due.Select(d => d.Service) ?? []], all)
        {
            Since = changes?.Running ?? [],
            Inputs = changes?.Services.ToDictionary(s => s.Service, s => s.Inputs.Hash) ?? [],
        };
        if (!all && scope.Services.Count == 0)
        {
            return;
        }

        var result = await context.Output.While(name, progress => check(context.Settings, scope, progress, context.Cancel));
        context.Release.Record(result);
        CheckReport.Print(context.Output, result, context.Settings.Environment);
        if (all && result.Parts.Any(p => p.Tests is not null))
        {
            var tests = TestCheck.Counts(result);
            context.Output.Say($"{tests.Passed} passed, {tests.Failed} failed, {tests.Skipped} skipped");
        }

        foreach (var gate in CheckGates.Of(result, context.Settings.Environment, changes?.Source.Commit, DateTimeOffset.UtcNow))
        {
            context.Release.Record(gate);
        }

        CheckReport.Demand(result, context.Settings.Environment);
    }
}
