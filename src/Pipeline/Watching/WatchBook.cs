using Pipeline.Aws;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Watching;

/// <summary>The watches of an environment in the ledger: <c>environments/ENVIRONMENT/watches/RELEASE.json</c>, written conditionally.</summary>
/// <param name="store">the ledger's bucket</param>
public sealed class WatchBook(ObjectStore store, string environment)
{
    private const int Attempts = 10;
    private const int Looked = 5;

    private string Prefix => $"environments/{environment}/watches/";

    /// <summary>Writes the first record of a watch. A release that is watched already keeps its watch.</summary>
    public async Task<StoredWatch> Begin(Watch watch, CancellationToken cancel)
    {
        var written = Signed(watch);
        return await store.PutIfAbsent(Key(watch.Release), written, cancel).ConfigureAwait(false) is { } etag
            ? new StoredWatch(written, etag)
            : await Find(watch.Release, cancel).ConfigureAwait(false) ?? throw Contested(watch.Release);
    }

    /// <summary>
    /// The watch that has not ended; <c>null</c>: nothing is watched. Of two, one with an incident comes first: its rollback may be watched
    /// already when the monitor that made it dies before it has said so.
    /// </summary>
    public async Task<StoredWatch?> Current(CancellationToken cancel)
    {
        StoredWatch? newest = null;
        foreach (var release in (await Releases(cancel).ConfigureAwait(false)).Take(Looked))
        {
            switch (await Find(release, cancel).ConfigureAwait(false))
            {
                case { Watch: { End: null, Pending: not null } } pending:
                    return pending;
                case { Watch.End: null } open:
                    newest ??= open;
                    break;
                default:
                    // Whatever began before a watch that has ended has ended as well.
                    if (newest is not null)
                    {
                        return newest;
                    }

                    break;
            }
        }

        return newest;
    }

    /// <summary>A release's watch; <c>null</c>: it was never watched.</summary>
    public async Task<StoredWatch?> Find(string release, CancellationToken cancel) =>
        await store.Get<Watch>(Key(release), cancel).ConfigureAwait(false) is { } stored ? new StoredWatch(stored.Value, stored.ETag) : null;

    /// <summary>Writes a watch that must still be as it was read.</summary>
    /// <returns>as it is stored now; <c>null</c>: somebody else wrote in between</returns>
    public async Task<StoredWatch?> Save(StoredWatch before, Watch watch, CancellationToken cancel)
    {
        var written = Signed(watch);
        if (await store.PutIfMatch(Key(watch.Release), written, before.ETag, cancel).ConfigureAwait(false) is { } etag)
        {
            return new StoredWatch(written, etag);
        }

        // Our own write whose answer was lost looks like somebody else's.
        return await Find(watch.Release, cancel).ConfigureAwait(false) is { } now && now.Watch.Writer == written.Writer ? now : null;
    }

    /// <summary>Changes a watch, whoever else writes.</summary>
    /// <param name="change">of what is stored then; <c>null</c> leaves it</param>
    /// <returns>as it is stored now; <c>null</c>: it is not there, or was left</returns>
    /// <exception cref="PipelineException">others wrote again and again (6)</exception>
    public async Task<Watch?> Change(string release, Func<Watch, Watch?> change, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await Find(release, cancel).ConfigureAwait(false) is not { } stored || change(stored.Watch) is not { } next)
            {
                return null;
            }

            if (await Save(stored, next, cancel).ConfigureAwait(false) is { } saved)
            {
                return saved.Watch;
            }
        }

        throw Contested(release);
    }

    /// <summary>Ends the watch that is open because a release begins; the rollback that an incident of that very watch asked for does not end it.</summary>
    /// <returns>the watch that was ended; <c>null</c>: none was open</returns>
    public async Task<Watch?> Supersede(ReleaseRecord by, DateTimeOffset at, CancellationToken cancel)
    {
        Watch? newest = null;
        foreach (var release in (await Releases(cancel).ConfigureAwait(false)).Take(Looked).Where(release => release != by.Id))
        {
            var ended = await Change(release, w => w.End is not null || (by.Incident is { } incident && w.Incidents.Any(i => i.Id == incident)) ? null
                : w.Ended(WatchEnd.Superseded, at, $"release {by.Id} began"), cancel).ConfigureAwait(false);
            newest ??= ended;
        }

        return newest;
    }

    /// <summary>Leaves a time out of the open watch, such as that of our own snapshot.</summary>
    public async Task Mark(MarkedInterval interval, CancellationToken cancel)
    {
        if (await Current(cancel).ConfigureAwait(false) is { } open)
        {
            await Change(open.Watch.Release, w => w with { Marked = [.. w.Marked, interval] }, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Watches, newest first.</summary>
    /// <param name="count">at most this many</param>
    public async Task<IReadOnlyList<Watch>> List(int count, CancellationToken cancel)
    {
        var newest = (await Releases(cancel).ConfigureAwait(false)).Take(count).Select(release => Find(release, cancel));
        return [.. (await Task.WhenAll(newest).ConfigureAwait(false)).OfType<StoredWatch>().Select(s => s.Watch)];
    }

    /// <summary>Releases that were watched, newest first: their ids begin with the time.</summary>
    private async Task<IReadOnlyList<string>> Releases(CancellationToken cancel)
    {
        var keys = new List<string>();
        await foreach (var entry in store.List(Prefix, cancel).ConfigureAwait(false))
        {
            keys.Add(entry.Key);
        }

        return [.. keys.OrderDescending(StringComparer.Ordinal).Select(key => key[Prefix.Length..^".json".Length])];
    }

    private string Key(string release) => $"{Prefix}{release}.json";

    private static Watch Signed(Watch watch) => watch with { Writer = Guid.NewGuid().ToString("N") };

    private PipelineException Contested(string release) => new(ExitCode.Unknown, $"The watch over {release} was changed by somebody else {Attempts} times during this run.",
        new Detail(environment, "as it was"), new Detail("next", $"./build.sh --target=Monitor --environment={environment}"));
}

/// <summary>A watch as it was read.</summary>
/// <param name="Watch">its record</param>
/// <param name="ETag">its version</param>
public sealed record StoredWatch(Watch Watch, string ETag);
