using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Gates;

/// <summary>
/// The check gates where nothing is built: what is promoted was checked when it was made, and the releases that brought it to the
/// environment before carry the evidence. It is judged again, by this environment's own thresholds.
/// </summary>
public static class EvidenceGates
{
    /// <summary>Judges the evidence of what is promoted.</summary>
    /// <param name="brought">service → the release that brought its digest to the environment before; <c>null</c>: not on record</param>
    /// <param name="from">that environment</param>
    public static IReadOnlyList<GateResult> Of(IReadOnlyDictionary<string, ReleaseRecord?> brought, string from, EnvironmentSettings environment, DateTimeOffset now) =>
        [.. CheckGates.Names.Select(name => Gate(name, brought, from, environment, now)), Suites("integration", environment.Gates.Integration, brought, from, now), Suites("performance", environment.Gates.Performance, brought, from, now)];

    /// <summary>What ran against the revision before its traffic: one failure refuses; where none ran, the environment says what that means.</summary>
    private static GateResult Suites(string name, WhenNotEvaluable unmeasured, IReadOnlyDictionary<string, ReleaseRecord?> brought, string from, DateTimeOffset now)
    {
        var seen = brought.Select(b => (Service: b.Key, Release: b.Value?.Id, Gate: b.Value?.Gates.FirstOrDefault(g => g.Name == name))).ToList();
        if (seen.FirstOrDefault(s => s.Gate is { Verdict: Verdict.Failed }) is { Gate: { } failed } bad)
        {
            return failed with { At = now, IsOpen = false, Source = $"release {bad.Release}" };
        }

        if (seen.FirstOrDefault(s => s.Gate is not { Verdict: Verdict.Passed }) is { Service: { } service } none)
        {
            return new GateResult(name, Verdict.NotEvaluable, $"{service}: {none.Gate?.Text ?? $"nothing of it is recorded in {from}"}; {(unmeasured == WhenNotEvaluable.Allow ? "allowed" : "refused")} by gates.{name}.unmeasured", now)
            {
                IsOpen = unmeasured == WhenNotEvaluable.Allow,
                Next = Reporting.Words.Deploy(from),
            };
        }

        return seen[0].Gate! with { At = now, Source = $"release {seen[0].Release}" };
    }

    private static GateResult Gate(string name, IReadOnlyDictionary<string, ReleaseRecord?> brought, string from, EnvironmentSettings environment, DateTimeOffset now)
    {
        var seen = brought.Select(b => (Service: b.Key, Release: b.Value, Gate: b.Value?.Gates.FirstOrDefault(g => g.Name == name))).ToList();
        if (seen.FirstOrDefault(s => s.Gate is null) is { Service: not null } missing)
        {
            return new GateResult(name, Verdict.NotEvaluable, $"no evidence for {missing.Service}: {(missing.Release is null ? $"the release that brought it to {from} is not on record" : $"release {missing.Release.Id} recorded none")}", now)
            {
                Next = Reporting.Words.Deploy(from),
            };
        }

        var judged = seen.Select(s => (s.Release, Gate: Judge(s.Gate!, environment))).ToList();
        var worst = judged.FirstOrDefault(j => !j.Gate.IsOpen) is { Release: not null } closed ? closed : judged[0];
        return worst.Gate with { At = now, Source = $"release {worst.Release!.Id}", Text = $"{worst.Gate.Text} (release {worst.Release.Id}){(worst.Gate is { DecidedBy: [_, ..] keys, Verdict: Verdict.NotEvaluable } open ? $"; {(open.IsOpen ? "allowed" : "refused")} in {environment.Name} by {string.Join(", ", keys.Select(k => $"gates.{k}"))}" : "")}" };
    }

    private static GateResult Judge(GateResult gate, EnvironmentSettings environment)
    {
        var gates = environment.Gates;
        if (gate.Name == "coverage")
        {
            return CheckGates.Number(gate.Value) is not { } value
                ? gate with { Verdict = gate.Verdict == Verdict.Failed ? Verdict.Failed : Verdict.NotEvaluable, IsOpen = false, Threshold = CheckGates.Percent(gates.CoverageMinimum) }
                : gate with { Threshold = CheckGates.Percent(gates.CoverageMinimum), Verdict = value >= gates.CoverageMinimum ? Verdict.Passed : Verdict.Failed, IsOpen = value >= gates.CoverageMinimum };
        }

        // Passed is a pass; a skipped check measured nothing; what could not be measured is what this environment says to that.
        return gate with
        {
            Verdict = gate.Verdict == Verdict.Skipped ? Verdict.NotEvaluable : gate.Verdict,
            IsOpen = gate.Verdict == Verdict.Passed || (gate.Verdict == Verdict.NotEvaluable && gate.IsOpen && gate.DecidedBy.Count > 0 && gate.DecidedBy.All(key => gates.Unmeasured(key) == WhenNotEvaluable.Allow)),
        };
    }
}
