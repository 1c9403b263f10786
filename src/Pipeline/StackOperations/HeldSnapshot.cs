using Pipeline.Aws;
using Pipeline.Ledger;

namespace Pipeline.StackOperations;

/// <summary>Compares what a stack holds with what it may have been given.</summary>
public static class HeldSnapshot
{
    /// <summary>How CloudFormation shows a value that may not be shown.</summary>
    private const string Masked = "****";

    /// <summary>Whether a stack holds a snapshot, as far as CloudFormation shows it.</summary>
    /// <param name="template">the stack's</param>
    /// <param name="policy">the stack's; <c>null</c>: none</param>
    public static bool Equals(StackSnapshot snapshot, StackState stack, string template, string? policy) =>
        snapshot.Template == template
        && Same(snapshot.Parameters, stack.Parameters)
        && Same(snapshot.Tags, stack.Tags)
        && (snapshot.Policy is null || StackGuards.Same(snapshot.Policy, policy))
        && (snapshot.TerminationProtection is not { } protect || protect == stack.TerminationProtection);

    private static bool Same(IReadOnlyDictionary<string, string> given, IReadOnlyDictionary<string, string> held) =>
        given.Count == held.Count && given.All(g => held.TryGetValue(g.Key, out var value) && (value == g.Value || value == Masked));
}
