using Pipeline.Outcomes;
using Pipeline.Preflight;

namespace Pipeline.Gates;

/// <summary>The gate <c>preflight</c>: what <c>Doctor</c> would say to exactly this release, before anybody is asked to approve it.</summary>
public static class PreflightGate
{
    /// <summary>Judges what was found.</summary>
    public static GateResult Judge(IReadOnlyList<FindingGroup> groups, DateTimeOffset now)
    {
        var all = groups.SelectMany(g => g.Findings.Select(f => (Group: g.Name, Finding: f))).ToList();
        var bad = all.Where(f => f.Finding.Standing == Standing.Ng).ToList();
        return bad.Count == 0
            ? new GateResult("preflight", Verdict.Passed, $"{all.Count(f => f.Finding.Standing == Standing.Ok)} OK, {all.Count(f => f.Finding.Standing == Standing.Skip)} skipped", now) { Source = "Doctor" }
            : new GateResult("preflight", Verdict.Failed, string.Join("; ", bad.Select(b => $"{b.Group} {b.Finding.Subject}: {b.Finding.Text}")), now)
            {
                Source = "Doctor",
                Next = bad.Select(b => b.Finding.Fix).FirstOrDefault(f => f is not null),
            };
    }
}
