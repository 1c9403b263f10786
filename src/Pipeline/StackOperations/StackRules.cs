using Pipeline.Configuration;

namespace Pipeline.StackOperations;

/// <summary>How the stacks of an environment are treated.</summary>
/// <param name="Environment">its name; the tokens of its releases begin with it</param>
/// <param name="Interval">between two looks at a running operation</param>
/// <param name="Deadline">for one operation of ours; after it the outcome is unknown, not failed</param>
/// <param name="Patience">for an operation of somebody else; after it the run refuses</param>
public sealed record StackRules(string Environment, TimeSpan Interval, TimeSpan Deadline, TimeSpan Patience)
{
    /// <summary>What becomes of stacks that never came to be.</summary>
    public BrokenStacks Broken { get; init; }

    /// <summary>Keys of stacks that a person allowed to be deleted and created again.</summary>
    public IReadOnlyCollection<string> Recreate { get; init; } = [];

    /// <summary>Resources that a person allowed to be replaced or removed.</summary>
    public Allowance Allowed { get; init; } = Allowance.Nothing;

    /// <summary>The rules of an environment.</summary>
    /// <param name="interval">between two looks</param>
    public static StackRules Of(EnvironmentSettings environment, TimeSpan interval) =>
        new(environment.Name, interval, environment.StackDeadline, environment.BusyDeadline) { Broken = environment.BrokenStacks };

    /// <summary>How one stack is treated if it never came to be.</summary>
    /// <param name="stack">its key in the configuration</param>
    public BrokenStacks BrokenOf(string stack) => Broken == BrokenStacks.Refuse && Recreate.Contains(stack) ? BrokenStacks.RecreateRolledBack : Broken;

    /// <summary>Whether an operation was begun by a release to this environment.</summary>
    /// <param name="token">its client token</param>
    public bool IsOurs(string? token) => token?.StartsWith($"{Environment}-", StringComparison.Ordinal) == true;
}
