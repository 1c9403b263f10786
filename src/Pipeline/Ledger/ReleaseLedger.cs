using Pipeline.Aws;
using Pipeline.Outcomes;

namespace Pipeline.Ledger;

/// <summary>What is remembered of every environment, as JSON objects in S3: its state, its lock, its releases, its stacks' snapshots.</summary>
/// <param name="store">the ledger's bucket</param>
/// <param name="environment">the environment it speaks of</param>
public sealed class ReleaseLedger(ObjectStore store, string environment)
{
    /// <summary>Where templates lie that are too large for a request.</summary>
    public TemplateShelf Templates { get; } = new(store);

    /// <summary>Everything that was done or refused here.</summary>
    public AuditLog Audit { get; } = new(store, environment, TimeProvider.System);

    private const int Latest = 20;
    private const int LongestSkew = 60;

    private string StateKey => $"environments/{environment}/state.json";

    private string ReleasesPrefix => $"environments/{environment}/releases/";

    /// <summary>What the environment runs.</summary>
    public async Task<EnvironmentState> State(CancellationToken cancel) =>
        (await store.Get<EnvironmentState>(StateKey, cancel).ConfigureAwait(false))?.Value ?? EnvironmentState.Empty;

    /// <summary>Changes what is recorded as running. Only the lock's holder calls it; a conflict means that the lock was lost.</summary>
    /// <exception cref="PipelineException">somebody else wrote in between (exit code 6)</exception>
    public async Task<EnvironmentState> Update(Func<EnvironmentState, EnvironmentState> change, CancellationToken cancel)
    {
        var stored = await store.Get<EnvironmentState>(StateKey, cancel).ConfigureAwait(false);
        var next = change(stored?.Value ?? EnvironmentState.Empty);
        var written = stored is null
            ? await store.PutIfAbsent(StateKey, next, cancel).ConfigureAwait(false)
            : await store.PutIfMatch(StateKey, next, stored.ETag, cancel).ConfigureAwait(false);
        return written is null
            ? throw new PipelineException(ExitCode.Unknown, $"The record of {environment} was changed by somebody else during this run.",
                new Detail("next", "./build.sh --target=Status"))
            : next;
    }

    /// <summary>Saves a release: its journal while it runs, its record at the end.</summary>
    public Task Save(ReleaseRecord release, CancellationToken cancel) => store.Put(ReleaseKey(release.Id), release, cancel);

    /// <summary>A release that nobody finished, among the latest; <c>null</c>: there is none.</summary>
    public async Task<ReleaseRecord?> Unfinished(CancellationToken cancel) =>
        (await Releases(Latest, cancel).ConfigureAwait(false)).FirstOrDefault(r => r.Outcome == ReleaseOutcome.Running);

    /// <summary>A release by its id; <c>null</c>: it was never saved.</summary>
    public async Task<ReleaseRecord?> Release(string id, CancellationToken cancel) =>
        (await store.Get<ReleaseRecord>(ReleaseKey(id), cancel).ConfigureAwait(false))?.Value;

    /// <summary>Asks a running release to stop and go back; the first request stays.</summary>
    public async Task RequestAbort(string release, AbortRequest request, CancellationToken cancel) =>
        await store.PutIfAbsent(AbortKey(release), request, cancel).ConfigureAwait(false);

    /// <summary>Who asked a release to stop; <c>null</c>: nobody.</summary>
    public async Task<AbortRequest?> AbortOf(string release, CancellationToken cancel) =>
        (await store.Get<AbortRequest>(AbortKey(release), cancel).ConfigureAwait(false))?.Value;

    /// <summary>
    /// The id of a release that begins: its own, moved on by seconds until it sorts after every other's. Ids have seconds, and the newest release
    /// is known by its id; one that begins at once after another must neither take its name nor sort before it. Only the lock's holder asks.
    /// </summary>
    public async Task<string> FreeId(ReleaseRecord begins, CancellationToken cancel)
    {
        var known = await Keys(cancel).ConfigureAwait(false);
        var ids = Enumerable.Range(0, LongestSkew).Select(second => ReleaseRecord.IdOf(environment, begins.StartedAt.AddSeconds(second), begins.Commit)).ToList();
        return ids.FirstOrDefault(id => known.Count == 0 || string.CompareOrdinal(ReleaseKey(id), known[0]) > 0) ?? ids.First(id => !known.Contains(ReleaseKey(id)));
    }

    /// <summary>Releases, newest first.</summary>
    /// <param name="count">at most this many</param>
    public async Task<IReadOnlyList<ReleaseRecord>> Releases(int count, CancellationToken cancel)
    {
        var newest = (await Keys(cancel).ConfigureAwait(false)).Take(count)
            .Select(async key => (await store.Get<ReleaseRecord>(key, cancel).ConfigureAwait(false))?.Value);
        return [.. (await Task.WhenAll(newest).ConfigureAwait(false)).OfType<ReleaseRecord>()];
    }

    /// <summary>Keeps what a stack is given, so that a later rollback can give it again.</summary>
    /// <returns>its hash</returns>
    public async Task<string> Keep(string stack, StackSnapshot snapshot, CancellationToken cancel)
    {
        var hash = snapshot.Hash();
        await store.Put(SnapshotKey(stack, hash), snapshot, cancel).ConfigureAwait(false);
        return hash;
    }

    /// <summary>What a stack was given under a hash; <c>null</c> if that was never kept.</summary>
    public async Task<StackSnapshot?> Snapshot(string stack, string hash, CancellationToken cancel) =>
        (await store.Get<StackSnapshot>(SnapshotKey(stack, hash), cancel).ConfigureAwait(false))?.Value;

    /// <summary>Newest first.</summary>
    private async Task<IReadOnlyList<string>> Keys(CancellationToken cancel)
    {
        var keys = new List<string>();
        await foreach (var entry in store.List(ReleasesPrefix, cancel).ConfigureAwait(false))
        {
            keys.Add(entry.Key);
        }

        return [.. keys.OrderDescending(StringComparer.Ordinal)];
    }

    private string ReleaseKey(string release) => $"{ReleasesPrefix}{release}.json";

    private string AbortKey(string release) => $"environments/{environment}/aborts/{release}.json";

    private string SnapshotKey(string stack, string hash) => $"environments/{environment}/stacks/{stack}/{hash}.json";
}
