using Pipeline.Gates;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Reporting;

/// <summary>A plan and its gates as people read them.</summary>
public static class PlanReport
{
    private const int ShownChanges = 12;

    /// <summary>A plan in a few parts of a sentence, for whoever is asked to approve it.</summary>
    public static IReadOnlyList<string> Summary(PlanRecord plan) =>
    [
        .. plan.Services.Select(s => $"{s.Service} {s.From ?? "none"} → {s.To}"),
        .. plan.Stacks.Select(s => $"stack {s.Stack}: {(s.Changes.Count == 0 ? "worked out when the stacks before it are done" : s.Changes is [PlannedChange.Creation] ? "new" : Counted(s.Changes))}"),
        .. plan.Emergency is { } reason ? [$"EMERGENCY: {reason}"] : Array.Empty<string>(),
    ];

    /// <summary>What an environment serves, half a sentence.</summary>
    public static string Serving(EnvironmentState state) =>
        state.Services.Count == 0 ? "serves nothing yet" : $"serves {string.Join(", ", state.Services.Select(s => $"{s.Key} {s.Value.Running.Version}"))}";

    /// <summary>Prints the whole plan.</summary>
    public static void Print(Output output, PlanRecord plan)
    {
        output.Labelled("Plan", plan.IsEmpty ? $"nothing is due in {plan.Environment}" : $"{plan.Hash()[..12]}   commit {plan.Commit[..Math.Min(7, plan.Commit.Length)]}");
        foreach (var service in plan.Services)
        {
            output.Labelled("", $"{service.Service,-10} {service.From ?? "none"} {(service.FromDigest is null ? "" : Words.Digest(service.FromDigest))} → {service.To} {Words.Digest(service.ToDigest)}");
        }

        foreach (var stack in plan.Stacks)
        {
            var lines = stack.Changes.Take(ShownChanges).Append(stack.Changes.Count > ShownChanges ? $"and {stack.Changes.Count - ShownChanges} more" : "").Where(l => l.Length > 0);
            output.Labelled("", $"stack {stack.Stack,-10} {string.Join($"\n{"",17}", stack.Changes.Count == 0 ? ["worked out when the stacks before it are done"] : lines)}");
        }

        Gates(output, plan.Gates);
    }

    /// <summary>Prints what gates said.</summary>
    public static void Gates(Output output, IReadOnlyList<GateResult> gates)
    {
        var first = true;
        foreach (var gate in gates)
        {
            output.Result(first ? "Gates" : "", gate.IsOpen && gate.Verdict != Verdict.Passed ? gate.Verdict : gate.IsOpen ? Verdict.Passed : Verdict.Failed, $"{gate.Name,-12} {Word(gate),-14} {gate.Text}");
            first = false;
        }
    }

    private static string Counted(IReadOnlyList<string> changes)
    {
        var replaced = changes.Count(c => c.Contains("replaced", StringComparison.Ordinal));
        var kinds = changes.GroupBy(c => c.Split(' ')[0]).Select(g => $"{g.Count()} {g.Key.ToLowerInvariant()}");
        return $"{string.Join(", ", kinds)} ({(replaced == 0 ? "no replacement" : $"{Words.Count(replaced, "replacement")}")})";
    }

    private static string Word(GateResult gate) => gate.Verdict switch
    {
        Verdict.Passed => "passed",
        Verdict.Failed => "REFUSED",
        Verdict.Skipped => "skipped",
        _ => gate.IsOpen ? "not evaluable" : "NOT EVALUABLE",
    };
}
