using Pipeline.Gates;
using Pipeline.Outcomes;

namespace Pipeline.Ledger;

/// <summary>A gate that an emergency release left out, and that is owed until a normal release passes it or somebody answers for it.</summary>
/// <param name="Release">the release that left it out</param>
/// <param name="Skipped">the gate's name, e.g. <c>soak</c></param>
/// <param name="By">who decided to</param>
/// <param name="Reason">why, in that person's words</param>
/// <param name="OpenedAt">UTC</param>
/// <param name="Due">UTC; later it is overdue, and shown as such</param>
public sealed record Debt(string Release, string Skipped, string By, string Reason, DateTimeOffset OpenedAt, DateTimeOffset Due)
{
    /// <summary>As people name it: <c>prod-20261123-094107-3f2c1ab.soak</c>.</summary>
    public string Id => $"{Release}.{Skipped}";

    /// <summary>What the release brought, service → digest.</summary>
    public IReadOnlyDictionary<string, string> Brought { get; init; } = new Dictionary<string, string>();

    /// <summary>What it replaced, service → digest: a release of these again settles nothing.</summary>
    public IReadOnlyDictionary<string, string> Replaced { get; init; } = new Dictionary<string, string>();

    /// <summary>How it was settled; <c>null</c>: it is open.</summary>
    public Settlement? Settled { get; init; }

    /// <summary>Whether a release settles it: a later normal one that succeeded with the same or newer digests and passed the gate.</summary>
    /// <param name="gates">what that release's gates said</param>
    public bool IsSettledBy(ReleaseRecord release, IReadOnlyList<GateResult> gates) =>
        Settled is null
        && release is { Kind: ReleaseKind.Deployment, Outcome: ReleaseOutcome.Succeeded }
        && release.StartedAt > OpenedAt
        && !Replaced.Any(r => release.Reached?.Services.GetValueOrDefault(r.Key)?.Running.Digest == r.Value && Brought.GetValueOrDefault(r.Key) != r.Value)
        && gates.Any(g => g.Name == Skipped && g.Verdict == Verdict.Passed);
}

/// <summary>How a debt was settled.</summary>
/// <param name="By">who did, or <c>pipeline</c></param>
/// <param name="How">the release that passed the gate, or a person's words</param>
/// <param name="At">UTC</param>
public sealed record Settlement(string By, string How, DateTimeOffset At);
