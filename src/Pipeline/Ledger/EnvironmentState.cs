using Pipeline.Changes;

namespace Pipeline.Ledger;

/// <summary>What an environment runs, as proven by the last successful deployment of each part.</summary>
/// <param name="Services">service → what runs of it</param>
/// <param name="Stacks">stack → hash of the <see cref="StackSnapshot"/> that is applied</param>
public sealed record EnvironmentState(IReadOnlyDictionary<string, ServiceRecord> Services, IReadOnlyDictionary<string, string> Stacks)
{
    /// <summary>An environment to which nothing was deployed yet.</summary>
    public static EnvironmentState Empty { get; } = new(new Dictionary<string, ServiceRecord>(), new Dictionary<string, string>());

    /// <summary>Stack → hash of the snapshot with which the environment was last proven healthy: what a rollback goes back to.</summary>
    public IReadOnlyDictionary<string, string> Proven { get; init; } = new Dictionary<string, string>();

    /// <summary>Service → hash of the migration that was last run to its successful end. It is not undone by a rollback.</summary>
    public IReadOnlyDictionary<string, string> Migrated { get; init; } = new Dictionary<string, string>();

    /// <summary>Id of the last release that changed something here.</summary>
    public string? Release { get; init; }

    /// <summary>This state with one stack's applied snapshot recorded; <c>null</c> forgets it.</summary>
    public EnvironmentState WithStack(string stack, string? hash)
    {
        var stacks = new Dictionary<string, string>(Stacks);
        if (hash is null)
        {
            stacks.Remove(stack);
        }
        else
        {
            stacks[stack] = hash;
        }

        return this with { Stacks = stacks };
    }

    /// <summary>This state with one service's migration recorded.</summary>
    public EnvironmentState WithMigration(string service, string hash) => this with { Migrated = new Dictionary<string, string>(Migrated) { [service] = hash } };

    /// <summary>This state with one service's running version recorded.</summary>
    public EnvironmentState WithService(string service, ServiceRecord state) =>
        this with { Services = new Dictionary<string, ServiceRecord>(Services) { [service] = state } };
}

/// <summary>What runs of one service.</summary>
/// <param name="Running">what it was built from, and its digest</param>
/// <param name="Release">the release that brought it</param>
/// <param name="Since">UTC</param>
/// <param name="Url">where it answers</param>
/// <param name="Tasks">how many tasks ran when it was verified</param>
public sealed record ServiceRecord(RunningService Running, string Release, DateTimeOffset Since, string Url, int Tasks);

/// <summary>Everything that shapes a stack: what is applied, and what a rollback applies again.</summary>
/// <param name="Template">its text</param>
/// <param name="Parameters">name → value</param>
/// <param name="Tags">name → value</param>
public sealed record StackSnapshot(string Template, IReadOnlyDictionary<string, string> Parameters, IReadOnlyDictionary<string, string> Tags)
{
    /// <summary>Stack policy, JSON; <c>null</c>: whatever the stack has stays.</summary>
    public string? Policy { get; init; }

    /// <summary>Whether AWS refuses to delete the stack; <c>null</c>: whatever the stack has stays.</summary>
    public bool? TerminationProtection { get; init; }

    /// <summary>64 hex digits over all of it; order of parameters and tags does not matter.</summary>
    public string Hash() => Hashing.Of([Template, .. Flat("parameter", Parameters), .. Flat("tag", Tags), .. Guards()]);

    private IEnumerable<string> Guards() =>
        [.. Policy is null ? [] : (string[])["policy", Policy], .. TerminationProtection is { } protect ? [$"protection {protect}"] : Array.Empty<string>()];

    private static IEnumerable<string> Flat(string kind, IReadOnlyDictionary<string, string> values) =>
        values.OrderBy(v => v.Key, StringComparer.Ordinal).SelectMany(v => (string[])[kind, v.Key, v.Value]);
}
