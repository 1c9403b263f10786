using Pipeline.Aws;
using Pipeline.Gates;
using Pipeline.Outcomes;

namespace Pipeline.Ledger;

/// <summary>What an environment's emergency releases still owe.</summary>
/// <param name="store">the ledger's bucket</param>
/// <param name="environment">whose debts they are</param>
/// <param name="time">when they are opened and settled</param>
public sealed class DebtBook(ObjectStore store, string environment, TimeProvider time)
{
    private const string Pipeline = "pipeline";
    private readonly AuditLog _audit = new(store, environment, time);

    private string Prefix => $"environments/{environment}/debts/";

    /// <summary>Writes down that a release left a gate out. The same again is the same debt.</summary>
    /// <param name="release">the release; its services say what it brought and replaced</param>
    /// <param name="skipped">the gate's name</param>
    /// <param name="why">who decided, and that person's words</param>
    /// <param name="due">UTC</param>
    /// <exception cref="PipelineException">it could not be written (6)</exception>
    public async Task<Debt> Open(ReleaseRecord release, string skipped, (string By, string Reason) why, DateTimeOffset due, CancellationToken cancel)
    {
        var debt = new Debt(release.Id, skipped, why.By, why.Reason, time.GetUtcNow(), due)
        {
            Brought = release.Services.ToDictionary(s => s.Service, s => s.ToDigest),
            Replaced = release.Services.Where(s => s.FromDigest is not null).ToDictionary(s => s.Service, s => s.FromDigest!),
        };
        if (await store.PutIfAbsent(Key(debt.Id), debt, cancel).ConfigureAwait(false) is null)
        {
            return (await store.Get<Debt>(Key(debt.Id), cancel).ConfigureAwait(false))?.Value ?? debt;
        }

        await Note(debt, "started", why.By, $"left out {skipped}: {why.Reason}; to be made good until {due:yyyy-MM-dd HH:mm} UTC", cancel).ConfigureAwait(false);
        return debt;
    }

    /// <summary>Settles a debt. One that is settled already stays as it was settled.</summary>
    /// <param name="id">see <see cref="Debt.Id"/></param>
    /// <param name="by">who does</param>
    /// <param name="how">what was done instead</param>
    /// <exception cref="PipelineException">there is no such debt (2), or others kept writing it (6)</exception>
    public async Task<Debt> Settle(string id, string by, string how, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            if (await store.Get<Debt>(Key(id), cancel).ConfigureAwait(false) is not { } found)
            {
                var open = await Unsettled(cancel).ConfigureAwait(false);
                throw new UsageException($"{environment} has no debt '{id}'.", new Detail("known", open.Count == 0 ? "none is open" : string.Join(", ", open.Select(d => d.Id))), new Detail("next", $"./build.sh --target=Status --environment={environment}"));
            }

            if (found.Value.Settled is not null)
            {
                return found.Value;
            }

            var settled = found.Value with { Settled = new Settlement(by, how, time.GetUtcNow()) };
            if (await store.PutIfMatch(Key(id), settled, found.ETag, cancel).ConfigureAwait(false) is not null)
            {
                await Note(settled, "done", by, $"{settled.Skipped} is made good: {how}", cancel).ConfigureAwait(false);
                return settled;
            }
        }

        throw new PipelineException(ExitCode.Unknown, $"Debt '{id}' of {environment} could not be settled: others keep writing it.", new Detail("next", "the same command again"));
    }

    /// <summary>Settles what a release has made good.</summary>
    /// <param name="gates">what that release's gates said</param>
    /// <returns>the debts that it settled</returns>
    public async Task<IReadOnlyList<Debt>> SettleBy(ReleaseRecord release, IReadOnlyList<GateResult> gates, CancellationToken cancel)
    {
        var settled = new List<Debt>();
        foreach (var debt in (await Unsettled(cancel).ConfigureAwait(false)).Where(d => d.IsSettledBy(release, gates)))
        {
            settled.Add(await Settle(debt.Id, Pipeline, $"release {release.Id} passed {debt.Skipped}", cancel).ConfigureAwait(false));
        }

        return settled;
    }

    /// <summary>The debts that are open, oldest first.</summary>
    public async Task<IReadOnlyList<Debt>> Unsettled(CancellationToken cancel) => [.. (await All(cancel).ConfigureAwait(false)).Where(d => d.Settled is null)];

    /// <summary>All debts, oldest first, settled ones too.</summary>
    public async Task<IReadOnlyList<Debt>> All(CancellationToken cancel)
    {
        var keys = new List<string>();
        await foreach (var entry in store.List(Prefix, cancel).ConfigureAwait(false))
        {
            keys.Add(entry.Key);
        }

        var debts = await Task.WhenAll(keys.Select(async key => (await store.Get<Debt>(key, cancel).ConfigureAwait(false))?.Value)).ConfigureAwait(false);
        return [.. debts.OfType<Debt>().OrderBy(d => d.OpenedAt).ThenBy(d => d.Id, StringComparer.Ordinal)];
    }

    private string Key(string id) => $"{Prefix}{id}.json";

    private async Task Note(Debt debt, string outcome, string by, string text, CancellationToken cancel) => await _audit.Append(new AuditEvent("debt", outcome, by, text)
    {
        Deployment = debt.Release,
        Facts = new Dictionary<string, string> { ["gate"] = debt.Skipped, ["due"] = debt.Due.ToString("O", System.Globalization.CultureInfo.InvariantCulture) },
    }, cancel).ConfigureAwait(false);
}
