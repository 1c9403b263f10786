using Pipeline.Aws;
using Pipeline.Ledger;

namespace Pipeline.StackOperations;

/// <summary>One stack to bring to a snapshot.</summary>
/// <param name="Stack">its key in the configuration</param>
/// <param name="StackName">as CloudFormation knows it</param>
/// <param name="Snapshot">what to apply</param>
/// <param name="Token">client token, letters, digits and hyphens</param>
public sealed record StackWork(string Stack, string StackName, StackSnapshot Snapshot, string Token)
{
    /// <summary>Half a line more about a running operation, asked at each look; <c>null</c>: there is nothing more to say.</summary>
    public Func<CancellationToken, Task<string>>? Detail { get; init; }

    /// <summary>A change set of this work that was looked at already and still holds, unless somebody changed the stack meanwhile; <c>null</c>: one is made.</summary>
    public ChangeSet? Prepared { get; init; }

    /// <summary>It takes back what its release did: what the release made or replaced may go again without being named.</summary>
    public bool GoesBack { get; init; }
}

/// <summary>How a stack operation ended.</summary>
/// <param name="Outcome"><see cref="AfterOperation.Applied"/>, <see cref="AfterOperation.Undone"/> or <see cref="AfterOperation.Broken"/></param>
/// <param name="Stack">as it is now; <c>null</c>: gone</param>
/// <param name="Reasons">root causes of a failure, oldest first</param>
/// <param name="Changed">something was done to it</param>
public sealed record StackResult(AfterOperation Outcome, StackState? Stack, IReadOnlyList<string> Reasons, bool Changed);
