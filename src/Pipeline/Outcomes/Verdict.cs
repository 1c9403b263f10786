namespace Pipeline.Outcomes;

/// <summary>What a check or a gate says. Only <see cref="Passed"/> is a pass.</summary>
public enum Verdict
{
    /// <summary>Measured, and good.</summary>
    Passed,

    /// <summary>Measured, and not good.</summary>
    Failed,

    /// <summary>Left out, by somebody, for a reason that is shown.</summary>
    Skipped,

    /// <summary>Could not be measured; the environment's gate says whether that is allowed.</summary>
    NotEvaluable,
}
