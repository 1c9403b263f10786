using Pipeline.Gates;
using Pipeline.StackOperations;

namespace Pipeline.Deployments;

/// <summary>What a person said about a deployment beside its environment.</summary>
public sealed record Terms
{
    /// <summary>Resources that may be replaced or removed.</summary>
    public Allowance AllowReplace { get; init; } = Allowance.Nothing;

    /// <summary>Keys of stacks that may be deleted and created again after their creation failed.</summary>
    public IReadOnlyList<string> Recreate { get; init; } = [];

    /// <summary>Deploy though a failed release could not go back.</summary>
    public bool WithoutWayBack { get; init; }

    /// <summary>What is left out in an emergency; <c>null</c>: it is none.</summary>
    public Relaxation? Emergency { get; init; }

    /// <summary>Id of the request to go on with; <c>null</c>: the one that waits, or a new one.</summary>
    public string? Deployment { get; init; }
}
