using Pipeline.Ledger;

namespace Pipeline.Deployments;

/// <summary>An environment's releases as a rollback sees them: what runs, what ran before, what was left behind on purpose.</summary>
/// <param name="state">what is recorded as running</param>
/// <param name="releases">newest first</param>
public sealed class RollbackHistory(EnvironmentState state, IReadOnlyList<ReleaseRecord> releases)
{
    /// <summary>Newest first.</summary>
    public IReadOnlyList<ReleaseRecord> Releases => releases;

    /// <summary>The newest release was neither finished nor undone: what runs may be a mixture.</summary>
    public bool IsUnsettled => releases is [{ Outcome: ReleaseOutcome.Running or ReleaseOutcome.Interrupted or ReleaseOutcome.RollbackFailed }, ..];

    /// <summary>The release that what runs comes from; <c>null</c>: nothing was ever deployed with success.</summary>
    public ReleaseRecord? Current => IsUnsettled ? releases[0] : releases.FirstOrDefault(r => r.Id == state.Release);

    /// <summary>A rollback that did not come to its end: the next one goes on to the same target, not further back.</summary>
    public ReleaseRecord? Unfinished => IsUnsettled && releases[0] is { Kind: ReleaseKind.Rollback, BackTo: not null } rollback ? rollback : null;

    /// <summary>Releases whose state can be brought back, newest first.</summary>
    public IEnumerable<ReleaseRecord> Reached => releases.Where(r => r is { Outcome: ReleaseOutcome.Succeeded, Reached: not null });

    /// <summary>A release by its id; <c>null</c>: it is not among them.</summary>
    public ReleaseRecord? Find(string id) => releases.FirstOrDefault(r => r.Id == id);

    /// <summary>The releases that began something after a release was begun, newest first.</summary>
    public IEnumerable<ReleaseRecord> After(ReleaseRecord release) => releases.TakeWhile(r => r.Id != release.Id).Where(r => r.Stacks.Count > 0);

    /// <summary>What runs is what a release reached.</summary>
    public bool Runs(ReleaseRecord release) => !IsUnsettled && release.Reached is { } reached
        && reached.Stacks.All(s => state.Stacks.GetValueOrDefault(s.Key) == s.Value)
        && reached.Services.All(s => state.Services.GetValueOrDefault(s.Key)?.Running.Digest == s.Value.Running.Digest);

    /// <summary>The rollback that went away from a release; <c>null</c>: none did.</summary>
    public ReleaseRecord? LeftBy(ReleaseRecord release)
    {
        ReleaseRecord? next = null;
        foreach (var other in Reached)
        {
            if (other.Id == release.Id)
            {
                // What was interrupted in between was gone away from, not this one.
                return next is { Kind: ReleaseKind.Rollback } rollback && rollback.BackTo != release.Id ? rollback : null;
            }

            next = other;
        }

        return null;
    }
}
