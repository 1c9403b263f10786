using Pipeline.Gates;

namespace Pipeline.Ledger;

/// <summary>Everything that an approval speaks of: what is to run, what each stack is to be given, which change sets are to be executed, what the gates said.</summary>
/// <param name="Id">of the release that it becomes</param>
/// <param name="Commit">what it is made of</param>
/// <param name="At">UTC, when it was made</param>
public sealed record PlanRecord(string Id, string Environment, string Commit, DateTimeOffset At)
{
    /// <summary>The services it changes.</summary>
    public IReadOnlyList<ServiceChange> Services { get; init; } = [];

    /// <summary>The stacks that are due.</summary>
    public IReadOnlyList<PlannedChange> Stacks { get; init; } = [];

    /// <summary>What the gates said when it was made.</summary>
    public IReadOnlyList<GateResult> Gates { get; init; } = [];

    /// <summary>Why, of an emergency; <c>null</c>: it is none.</summary>
    public string? Emergency { get; init; }

    /// <summary>Nothing is due.</summary>
    public bool IsEmpty => Stacks.Count == 0;

    /// <summary>64 hex digits over what is to be reached: a release that was interrupted goes on to the same.</summary>
    public string Target() => Hashing.Of([Environment, .. Sorted(Services.Select(s => $"{s.Service} {s.To} {s.ToDigest}")), .. Sorted(Stacks.Select(s => $"{s.Stack} {s.StackName} {s.Hash}"))]);

    /// <summary>64 hex digits over all of it but times and measured values that grow by themselves: any other plan has another.</summary>
    public string Hash() => Hashing.Of(
    [
        Id, Target(), Commit, Emergency ?? "",
        .. Sorted(Services.Select(s => $"{s.Service} {s.From} {s.FromDigest}")),
        .. Sorted(Stacks.Select(s => string.Join('\n', [s.Stack, s.ChangeSet ?? "", .. s.Changes]))),
        .. Sorted(Gates.Select(g => string.Join('\n', [g.Name, $"{g.Verdict}", g.Threshold ?? "", g.Commit ?? "", g.By ?? "", .. Sorted(g.Digests.Select(d => $"{d.Key} {d.Value}"))]))),
    ]);

    /// <summary>What another plan has otherwise, for people; empty: nothing.</summary>
    public IReadOnlyList<string> Differences(PlanRecord other) =>
    [
        .. Environment == other.Environment && Commit == other.Commit && Emergency == other.Emergency ? [] : (string[])["it is made of another commit or for another reason"],
        .. Compare("service", Services.ToDictionary(s => s.Service, s => $"{s.From} {s.FromDigest} → {s.To} {s.ToDigest}"), other.Services.ToDictionary(s => s.Service, s => $"{s.From} {s.FromDigest} → {s.To} {s.ToDigest}")),
        .. Compare("stack", Stacks.ToDictionary(s => s.Stack, s => $"{s.Hash[..12]} {s.ChangeSet} {string.Join(", ", s.Changes)}"), other.Stacks.ToDictionary(s => s.Stack, s => $"{s.Hash[..12]} {s.ChangeSet} {string.Join(", ", s.Changes)}")),
        .. Compare("gate", Gates.ToDictionary(g => g.Name, g => $"{g.Verdict}"), other.Gates.ToDictionary(g => g.Name, g => $"{g.Verdict}")),
    ];

    private static IEnumerable<string> Compare(string what, Dictionary<string, string> mine, Dictionary<string, string> others) =>
        mine.Keys.Union(others.Keys).Order(StringComparer.Ordinal)
            .Where(key => mine.GetValueOrDefault(key) != others.GetValueOrDefault(key))
            .Select(key => $"{what} {key}: {mine.GetValueOrDefault(key) ?? "not in it"}, now {others.GetValueOrDefault(key) ?? "not in it"}");

    private static IEnumerable<string> Sorted(IEnumerable<string> parts) => parts.Order(StringComparer.Ordinal);
}

/// <summary>What a plan does to one stack.</summary>
/// <param name="Stack">its key in the configuration</param>
/// <param name="StackName">as CloudFormation knows it</param>
/// <param name="Hash">of what it is to be given, see <see cref="StackSnapshot"/></param>
/// <param name="ChangeSet">ARN of the change set that is to be executed; <c>null</c>: one is made when the stacks before it are done</param>
/// <param name="Changes">one line a resource, in order</param>
public sealed record PlannedChange(string Stack, string StackName, string Hash, string? ChangeSet, IReadOnlyList<string> Changes)
{
    /// <summary>The only line of a stack that is not there yet.</summary>
    public const string Creation = "creates the stack";
}
