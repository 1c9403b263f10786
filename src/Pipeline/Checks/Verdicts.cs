using Pipeline.Outcomes;

namespace Pipeline.Checks;

/// <summary>How parts make a whole.</summary>
internal static class Verdicts
{
    /// <summary>One failure fails it; one part without a measurement makes it not evaluable; passed needs something that passed.</summary>
    public static Verdict Together(IReadOnlyCollection<CheckPart> parts) =>
        parts.Any(p => p.Verdict == Verdict.Failed) ? Verdict.Failed
        : parts.Any(p => p.Verdict == Verdict.NotEvaluable) ? Verdict.NotEvaluable
        : parts.Any(p => p.Verdict == Verdict.Passed) ? Verdict.Passed
        : Verdict.Skipped;

    public static CheckResult Result(string name, TimeSpan duration, IReadOnlyList<CheckPart> parts) => new(name, Together(parts), duration, parts);
}
