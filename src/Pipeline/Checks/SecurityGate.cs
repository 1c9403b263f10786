using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Checks;

/// <summary>What the environment's gate says to a security check.</summary>
/// <param name="Allowed">the release may go on</param>
/// <param name="Sentence">one line for the user; empty where everything passed</param>
public sealed record SecurityJudgement(bool Allowed, string Sentence);

/// <summary>Applies an environment's gates to a security check.</summary>
public static class SecurityGate
{
    /// <summary>A failed part refuses; unknown advisories are what <see cref="GateSettings.Advisories"/> says; any other part without a measurement refuses.</summary>
    /// <param name="environment">its name, for the sentence</param>
    public static SecurityJudgement Judge(CheckResult result, GateSettings gates, string environment)
    {
        if (result.Parts.FirstOrDefault(p => p.Verdict == Verdict.Failed) is { } failed)
        {
            return new SecurityJudgement(false, $"{failed.Name}: {failed.Summary}; refused in {environment}");
        }

        var open = result.Parts.Where(p => p.Verdict == Verdict.NotEvaluable).ToList();
        if (open.Count == 0)
        {
            return new SecurityJudgement(true, "");
        }

        var what = string.Join("; ", open.Select(p => $"{p.Name} ({p.Summary})"));
        var onlyAdvisories = open.All(p => p.Name == SecurityCheck.AdvisoriesPart);
        return onlyAdvisories && gates.Advisories == WhenNotEvaluable.Allow
            ? new SecurityJudgement(true, $"not evaluable: {what}; allowed in {environment} by gates.security.advisories")
            : new SecurityJudgement(false, $"not evaluable: {what}; refused in {environment}{(onlyAdvisories ? " by gates.security.advisories" : "")}");
    }
}
