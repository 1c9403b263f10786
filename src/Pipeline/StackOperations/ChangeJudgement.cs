using Pipeline.Aws;

namespace Pipeline.StackOperations;

/// <summary>Finds what a change set would replace or remove that holds what nobody can bring back.</summary>
public static class ChangeJudgement
{
    private const int LongestValue = 80;

    /// <summary>Judges the changes of one stack.</summary>
    /// <param name="changes">of its change set; those of nested stacks with the way there in their logical ids</param>
    /// <param name="secrets">properties whose values may not be shown, see <see cref="SecretProperties"/></param>
    /// <returns>one for each resource that would be lost</returns>
    public static IReadOnlyList<Loss> Losses(string stack, string stackName, IEnumerable<ResourceChange> changes, IReadOnlySet<string> secrets) =>
        [.. changes.Where(change => StatefulTypes.Holds(change.Type)).Select(change => Fate(change, secrets) is { } fate ? new Loss(stack, stackName, change.LogicalId, $"{change.Type} {change.LogicalId} {fate}") : null).OfType<Loss>()];

    private static string? Fate(ResourceChange change, IReadOnlySet<string> secrets) => change switch
    {
        // A resource that stays when the stack lets go of it is not lost.
        { Action: "Remove", PolicyAction: "Retain" } => null,
        { Action: "Remove", PolicyAction: "Snapshot" } => "would be removed; only a snapshot stays",
        { Action: "Remove" } => "would be removed",
        { Action: "Dynamic" } => "may be replaced or removed; CloudFormation can not tell before",
        { Action: "Modify", Replacement: "True" } => $"would be replaced{Kept(change)}{Causes(change, secrets)}",
        { Action: "Modify", Replacement: "Conditional" } => $"may be replaced{Kept(change)}{Causes(change, secrets)}",
        _ => null,
    };

    private static string Kept(ResourceChange change) => change.PolicyAction switch
    {
        "ReplaceAndRetain" => " by an empty one (the old one stays, outside the stack)",
        "ReplaceAndSnapshot" => " by an empty one (a snapshot of the old one stays)",
        _ => " by an empty one",
    };

    private static string Causes(ResourceChange change, IReadOnlySet<string> secrets)
    {
        var causes = change.Properties.Where(p => p.Attribute == "Properties" && p.RequiresRecreation is "Always" or "Conditionally").ToList();
        return causes.Count == 0
            ? ""
            : ": " + string.Join("; ", causes.Select(p => $"{p.Name}{Values(p, secrets.Contains($"{change.LogicalId}.{p.Name}"))}{(p.Cause is { } cause ? $" (through {cause})" : "")}").Distinct());
    }

    private static string Values(PropertyChange property, bool secret) => secret ? " (its values may not be shown)" : $" from {Shown(property.Before)} to {Shown(property.After)}";

    private static string Shown(string? value) => value is null ? "nothing" : $"\"{(value.Length <= LongestValue ? value : $"{value[..(LongestValue - 1)]}…")}\"";
}

/// <summary>A resource that a change would lose.</summary>
/// <param name="Stack">its stack's key in the configuration</param>
/// <param name="StackName">as CloudFormation knows it</param>
/// <param name="Resource">its logical id; inside nested stacks the way there</param>
/// <param name="Sentence">what it is and what would become of it</param>
public sealed record Loss(string Stack, string StackName, string Resource, string Sentence)
{
    /// <summary>What is at stake.</summary>
    public LossKind Kind { get; init; }
}

/// <summary>What a change would lose.</summary>
public enum LossKind
{
    /// <summary>What a resource holds, and nobody can bring back.</summary>
    Data,

    /// <summary>The weights that ECS has given a service's traffic.</summary>
    Traffic,

    /// <summary>The way back: a strategy may only change alone. Nobody can allow it otherwise.</summary>
    Strategy,
}
