using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Deployments;

/// <summary>Chooses the release whose state is brought back: never "the one before", so that no rollback of a rollback walks further and further back.</summary>
/// <param name="environment">its name, for refusals</param>
/// <param name="survived">whether a release that succeeded also came through its watch; not asked for one that is named</param>
/// <param name="now">for ages</param>
public sealed class RollbackChoice(string environment, RollbackHistory history, Func<ReleaseRecord, CancellationToken, Task<bool>> survived, DateTimeOffset now)
{
    private readonly RollbackList _list = new(history, now);

    /// <summary>Chooses.</summary>
    /// <exception cref="PipelineException">there is no such release, it never succeeded, it runs already, or none is good (3)</exception>
    public async Task<ReleaseRecord> Of(RollbackTarget target, CancellationToken cancel) => Checked(target.Kind switch
    {
        RollbackTargetKind.LastGood => await LastGood(cancel).ConfigureAwait(false),
        RollbackTargetKind.Release => history.Find(target.Name) ?? throw Unknown(target),
        _ => OfVersion(target),
    });

    private ReleaseRecord Checked(ReleaseRecord release)
    {
        if (release is not { Outcome: ReleaseOutcome.Succeeded, Reached: not null })
        {
            throw Refused($"release {release.Id} never succeeded, so there is no state of it to bring back.", new Detail("why", $"it {RollbackList.Verdict(release.Outcome)}"));
        }

        return history.Runs(release) ? throw Refused($"{environment} runs what release {release.Id} brought already.", new Detail("why", "every service's digest and every stack's template and parameters are those of that release")) : release;
    }

    private async Task<ReleaseRecord> LastGood(CancellationToken cancel)
    {
        if (history.Unfinished is { BackTo: { } begun } unfinished)
        {
            return history.Find(begun) ?? throw Refused($"rollback {unfinished.Id} went to release {begun}, which is not on record any more.");
        }

        if (history.Current is not { } current)
        {
            throw Refused("no release ever succeeded here, so there is nothing to go back to.");
        }

        if (current is { Kind: ReleaseKind.Rollback, Outcome: ReleaseOutcome.Succeeded })
        {
            throw Refused($"what runs was brought by rollback {current.Id} (to {current.BackTo}); a further one goes only to a release that somebody names.",
                new Detail("why", "one rollback after the other would walk back through older and older releases"));
        }

        var older = history.Reached.SkipWhile(r => string.CompareOrdinal(r.Id, current.Id) >= 0).ToList();
        foreach (var release in older.Where(r => history.LeftBy(r) is null && !history.Runs(r)))
        {
            if (await survived(release, cancel).ConfigureAwait(false))
            {
                return release;
            }
        }

        throw Refused($"no release before {current.Id} is known to be good.",
            new Detail("why", older.Count == 0 ? "none before it ever succeeded" : "those before it were left by rollbacks, or did not come through their watch"));
    }

    private ReleaseRecord OfVersion(RollbackTarget target)
    {
        if (history.Find(target.Name) is { } named)
        {
            return named;
        }

        // The same state brought twice, by a release and by a rollback to it, is one choice.
        var brought = history.Reached.Where(r => Brought(r, target.Name)).ToList() is { Count: > 0 } versions ? versions : [.. history.Reached.Where(r => IsOf(r, target.Name))];
        var states = brought.DistinctBy(r => string.Join('\n', r.Reached!.Stacks.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key} {s.Value}"))).ToList();
        return states switch
        {
            [var only] => only,
            [] when history.Releases.FirstOrDefault(r => Brought(r, target.Name)) is { } tried => tried,
            [] => throw Unknown(target),
            _ => throw Refused($"version {target.Name} was brought by {states.Count} releases with different states.", new Detail("known", string.Join('\n', states.Select(_list.Line))), new Detail("next", $"name the release: ./build.sh --target=Rollback --environment={environment} --to={states[0].Id}")),
        };
    }

    /// <summary>With or without the <c>v</c>.</summary>
    private static bool Brought(ReleaseRecord release, string version) => release.Services.Any(s => s.To == version || s.To == $"v{version}");

    /// <summary>What has a version can be named by its commit all the same.</summary>
    private static bool IsOf(ReleaseRecord release, string commit) =>
        release.Services.Count > 0 && commit.Length >= 7 && commit.All(char.IsAsciiHexDigitLower) && release.Commit.StartsWith(commit, StringComparison.Ordinal);

    private PipelineException Unknown(RollbackTarget target)
    {
        List<string> names = [.. history.Releases.Select(r => r.Id), .. history.Releases.SelectMany(r => r.Services).Select(s => s.To).Distinct()];
        var hint = NearestName.Hint(target.Name, names);
        return Refused($"no release of {environment} {(target.Kind == RollbackTargetKind.Version ? $"brought version '{target.Name}'" : $"is called '{target.Name}'")}{(hint.Length > 0 ? hint : ".")}");
    }

    private PipelineException Refused(string what, params IReadOnlyList<Detail> details) => new(ExitCode.Refused, $"REFUSED: {what}",
    [
        .. details.Where(d => d.Label != "next"),
        .. details.Any(d => d.Label == "known") || history.Releases.Count == 0 ? [] : (Detail[])[new Detail("known", _list.Text())],
        new Detail(environment, "untouched"),
        details.FirstOrDefault(d => d.Label == "next") ?? new Detail("next", history.Releases.Count == 0 ? $"./build.sh --target=Status --environment={environment}" : $"./build.sh --target=Rollback --environment={environment} --to=RELEASE, one of those above that was deployed; or ./build.sh --target=Status"),
    ]);
}
