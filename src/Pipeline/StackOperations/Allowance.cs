namespace Pipeline.StackOperations;

/// <summary>Resources that a person allowed to be replaced or removed: <c>LogicalId</c>, or <c>stack.LogicalId</c> for that stack alone.</summary>
/// <param name="Ids">as they were typed</param>
public sealed record Allowance(IReadOnlyList<string> Ids)
{
    /// <summary>Nobody allowed anything.</summary>
    public static Allowance Nothing { get; } = new([]);

    /// <summary>Reads what was typed: ids separated by commas.</summary>
    /// <param name="text"><c>null</c>: nothing</param>
    public static Allowance Of(string? text) => new([.. (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)]);

    /// <summary>Whether a resource was named.</summary>
    /// <param name="stack">its stack's key in the configuration</param>
    /// <param name="resource">its logical id; inside nested stacks the way there, <c>Nested.LogicalId</c></param>
    public bool Covers(string stack, string resource) => Ids.Contains(resource) || Ids.Contains($"{stack}.{resource}") || Ids.Contains(resource[(resource.LastIndexOf('.') + 1)..]);
}
