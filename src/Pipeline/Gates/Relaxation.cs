using Pipeline.Outcomes;

namespace Pipeline.Gates;

/// <summary>What a person may leave out in an emergency, and answers for: each becomes an open debt. The lock, the audit, health before traffic, the configuration's backup and the triggers are not among it.</summary>
/// <param name="By">ARN of the caller</param>
/// <param name="Reason">in a person's words</param>
public sealed record Relaxation(string By, string Reason)
{
    private static readonly string[] Relaxed = ["coverage", "soak", "wait", "freeze", "lowTraffic", "health"];

    /// <summary>The database's snapshot too, which needs a word of its own.</summary>
    public bool WithoutSnapshot { get; init; }

    /// <summary>The same gates, those closed ones left out that an emergency may leave out.</summary>
    public IReadOnlyList<GateResult> Apply(IReadOnlyList<GateResult> gates) => [.. gates.Select(g => g.IsOpen || !May(g.Name) ? g : Leave(g))];

    /// <summary>How many people must approve: the second one is left out, the first never.</summary>
    public static int Approvers(int required) => Math.Min(required, 1);

    private bool May(string gate) => Relaxed.Contains(gate) || (gate == "backup" && WithoutSnapshot);

    private GateResult Leave(GateResult gate) => gate with { Verdict = Verdict.Skipped, IsOpen = true, By = By, Text = $"left out in an emergency by {By} ({Reason}); it said: {gate.Text}" };
}
