using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Checks;

/// <summary>What the environment's gate says to a check.</summary>
/// <param name="Allowed">the release may go on</param>
/// <param name="Sentence">one line for the user; empty where everything was measured and passed</param>
public sealed record CheckJudgement(bool Allowed, string Sentence);

/// <summary>Applies an environment's gates to a check.</summary>
public static class CheckGate
{
    /// <summary>A failed part refuses; about one that could not be measured the key of its <see cref="CheckPart.Gate"/> decides.</summary>
    /// <param name="environment">its name, for the sentence</param>
    public static CheckJudgement Judge(CheckResult result, GateSettings gates, string environment) => Judge(result.Parts, gates, environment);

    /// <summary>The same for some parts of a check.</summary>
    public static CheckJudgement Judge(IReadOnlyList<CheckPart> parts, GateSettings gates, string environment)
    {
        if (parts.FirstOrDefault(p => p.Verdict == Verdict.Failed) is { } failed)
        {
            return new CheckJudgement(false, $"{failed.Name}: {failed.Summary}; refused in {environment}");
        }

        var open = parts.Where(p => p.Verdict == Verdict.NotEvaluable).ToList();
        if (open.Count == 0)
        {
            return new CheckJudgement(true, "");
        }

        var refused = open.Where(p => gates.Unmeasured(p.Gate) == WhenNotEvaluable.Refuse).ToList();
        var decisive = refused.Count > 0 ? refused : open;
        var by = decisive.Select(p => p.Gate).Distinct().ToList() is [{ } only] ? $" by gates.{only}" : "";
        return new CheckJudgement(refused.Count == 0, $"not evaluable: {string.Join("; ", open.Select(p => $"{p.Name} ({p.Summary})"))}; {(refused.Count == 0 ? "allowed" : "refused")} in {environment}{by}");
    }
}
