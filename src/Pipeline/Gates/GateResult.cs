using Pipeline.Outcomes;

namespace Pipeline.Gates;

/// <summary>What a gate said, with its evidence; kept with the release.</summary>
/// <param name="Name">as in <c>gates:</c>, e.g. <c>promotion</c></param>
/// <param name="Verdict">only <see cref="Outcomes.Verdict.Passed"/> is a pass</param>
/// <param name="Text">half a sentence for people: what was seen; of a refusal: which one and why</param>
/// <param name="At">UTC, when it was looked at</param>
public sealed record GateResult(string Name, Verdict Verdict, string Text, DateTimeOffset At)
{
    /// <summary>What was measured, e.g. <c>79.9 %</c>; <c>null</c>: nothing that has a value.</summary>
    public string? Value { get; init; }

    /// <summary>What it had to be.</summary>
    public string? Threshold { get; init; }

    /// <summary>Where the value comes from: a report, an environment's record, CloudWatch, a person.</summary>
    public string? Source { get; init; }

    /// <summary>The commit that it speaks of.</summary>
    public string? Commit { get; init; }

    /// <summary>The digests that it speaks of, service → digest.</summary>
    public IReadOnlyDictionary<string, string> Digests { get; init; } = new Dictionary<string, string>();

    /// <summary>What loads measured: the next release is compared with it.</summary>
    public IReadOnlyList<Checks.Load.LoadFigures> Figures { get; init; } = [];

    /// <summary>Who left it out; <c>null</c>: nobody did.</summary>
    public string? By { get; init; }

    /// <summary>The keys below <c>gates</c> that say what to do with what of it could not be measured; none: nothing allows it.</summary>
    public IReadOnlyList<string> DecidedBy { get; init; } = [];

    /// <summary>Of a refusal: the command or act that helps.</summary>
    public string? Next { get; init; }

    /// <summary>It does not keep the release from going on.</summary>
    public bool IsOpen { get; init; } = Verdict is Verdict.Passed or Verdict.Skipped;
}
