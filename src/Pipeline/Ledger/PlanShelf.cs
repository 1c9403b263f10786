using Pipeline.Aws;

namespace Pipeline.Ledger;

/// <summary>The plans for which somebody asked for an approval, as JSON objects in the ledger.</summary>
/// <param name="store">the ledger's bucket</param>
/// <param name="environment">whose plans</param>
public sealed class PlanShelf(ObjectStore store, string environment)
{
    /// <summary>Keeps a plan under its id; the first one stays.</summary>
    public async Task Keep(PlanRecord plan, CancellationToken cancel) => await store.PutIfAbsent(Key(plan.Id), plan, cancel).ConfigureAwait(false);

    /// <summary>A plan; <c>null</c>: there is none of that id.</summary>
    public async Task<PlanRecord?> Find(string id, CancellationToken cancel) => (await store.Get<PlanRecord>(Key(id), cancel).ConfigureAwait(false))?.Value;

    private string Key(string id) => $"environments/{environment}/plans/{id}.json";
}
