using Pipeline.Ledger;

namespace Pipeline.Checks.Load;

/// <summary>What releases before measured.</summary>
/// <param name="open">reaches the environment's ledger, when it is first needed</param>
/// <param name="release">id of the release under test, or of the one that runs: not its own figures</param>
public sealed class LoadHistory(Func<CancellationToken, Task<ReleaseLedger>> open, string release)
{
    private const int Searched = 20;

    /// <summary>The newest figures of a suite, of a release that succeeded, where they met their targets.</summary>
    /// <param name="service">whose release they judged; <c>null</c>: any</param>
    /// <returns><c>null</c>: none of the latest releases has any</returns>
    public async Task<EarlierFigures?> Before(string suite, string environment, string? service, CancellationToken cancel)
    {
        var ledger = await open(cancel).ConfigureAwait(false);
        var releases = await ledger.Releases(Searched, cancel).ConfigureAwait(false);
        return releases.Where(r => r.Id != release && r.Outcome == ReleaseOutcome.Succeeded)
            .SelectMany(r => r.Gates.SelectMany(g => g.Figures).Reverse().Select(f => new EarlierFigures(r.Id, f)))
            .FirstOrDefault(e => e.Figures.Passed && e.Figures.Suite == suite && e.Figures.Environment == environment && (service is null || e.Figures.Service == service));
    }
}

/// <summary>What a release before measured.</summary>
/// <param name="Release">its id</param>
public sealed record EarlierFigures(string Release, LoadFigures Figures);
