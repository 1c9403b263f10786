using Pipeline.Ledger;

namespace Pipeline.Watching;

/// <summary>Whether a release came through its watch, so that a rollback may bring it back.</summary>
/// <param name="watches">whether the environment watches at all</param>
public sealed class Survival(WatchBook book, bool watches)
{
    /// <summary>
    /// It did if its watch ended healthy; and if another release took its place while nothing had fired and it had not been blind, for then
    /// it is the best that is known. A release that was never watched did where nothing is watched.
    /// </summary>
    public async Task<bool> Of(ReleaseRecord release, CancellationToken cancel) =>
        await book.Find(release.Id, cancel).ConfigureAwait(false) is { Watch: var watch }
            ? watch.End is WatchEnd.Healthy || (watch is { End: WatchEnd.Superseded, Incidents.Count: 0 })
            : !watches;
}
