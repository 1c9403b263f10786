using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <param name="Percent">of production traffic on the new revision after the step</param>
/// <param name="Bake">how long it stays so before the next step</param>
internal sealed record ShiftStep(double Percent, TimeSpan Bake);

internal sealed record PauseHook(IReadOnlyList<string> Stages, TimeSpan Timeout, string TimeoutAction);

/// <summary>What a deployment configuration says about shifting traffic, its minutes divided by the time scale.</summary>
internal sealed record ShiftPlan(IReadOnlyList<ShiftStep> Steps, TimeSpan Bake, IReadOnlyList<PauseHook> Hooks)
{
    private const double Whole = 100;

    /// <summary>How long the deployment may take by its own pauses alone.</summary>
    public TimeSpan Pauses => Steps.Concat([new(Whole, Bake)]).Select(step => step.Bake)
        .Concat(Hooks.SelectMany(hook => hook.Stages.Select(stage => hook.Timeout * (stage == LifecycleStage.PreProductionShift ? Steps.Count : 1))))
        .Aggregate(TimeSpan.Zero, (sum, span) => sum + span);

    public static string StrategyOf(JsonObject configuration) => configuration.Text("strategy") ?? "ROLLING";

    public static bool Shifts(JsonObject configuration) => StrategyOf(configuration) != "ROLLING";

    public static ShiftPlan Of(JsonObject configuration, double timeScale)
    {
        TimeSpan Minutes(double minutes) => TimeSpan.FromMinutes(minutes / timeScale);
        var strategy = StrategyOf(configuration);
        if (strategy == "ROLLING")
        {
            // A service that leaves a shifting strategy: its traffic goes over once more, without stops.
            return new([new(Whole, TimeSpan.Zero)], TimeSpan.Zero, []);
        }

        IReadOnlyList<ShiftStep> steps = (strategy, configuration.Object("linearConfiguration") ?? [], configuration.Object("canaryConfiguration") ?? []) switch
        {
            ("LINEAR", var linear, _) => Linear(linear.Number("stepPercent") ?? 10, Minutes(linear.Int("stepBakeTimeInMinutes") ?? 6)),
            ("CANARY", _, var canary) when (canary.Number("canaryPercent") ?? 5) is var percent and < Whole => [new(percent, Minutes(canary.Int("canaryBakeTimeInMinutes") ?? 10)), new(Whole, TimeSpan.Zero)],
            _ => [new(Whole, TimeSpan.Zero)],
        };
        return new(steps, Minutes(configuration.Int("bakeTimeInMinutes") ?? 0), [.. configuration.Objects("lifecycleHooks").Select(hook => Hook(hook, Minutes))]);
    }

    public IEnumerable<PauseHook> HooksAt(string stage) => Hooks.Where(hook => hook.Stages.Contains(stage));

    private static List<ShiftStep> Linear(double percent, TimeSpan bake)
    {
        var count = (int)Math.Ceiling(Math.Round(Whole / percent, 6));
        return [.. Enumerable.Range(1, count).Select(step => new ShiftStep(Math.Min(Whole, Math.Round(step * percent, 1)), bake))];
    }

    private static PauseHook Hook(JsonObject hook, Func<double, TimeSpan> minutes)
    {
        var timeout = hook.Object("timeoutConfiguration") ?? [];
        return new(hook.Texts("lifecycleStages"), minutes(timeout.Int("timeoutInMinutes") ?? 1440), timeout.Text("action") ?? "ROLLBACK");
    }
}
