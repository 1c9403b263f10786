using Pipeline.Aws;
using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Ledger;

namespace Pipeline.Deployments;

/// <summary>What an environment runs, for the comparison with what it should run: the record, as far as ECS confirms it.</summary>
public static class RunningServices
{
    /// <summary>Reads the record and compares it with what ECS runs; a service that differs is left out, and so becomes due.</summary>
    public static async Task<IReadOnlyDictionary<string, RunningService>> Read(PipelineConfiguration configuration, AwsAccount aws, ReleaseLedger ledger, CancellationToken cancel)
    {
        var state = await ledger.State(cancel).ConfigureAwait(false);
        if (state.Services.Count == 0)
        {
            return new Dictionary<string, RunningService>();
        }

        var live = await LiveServices.Read(configuration, configuration.Environment.Name, aws, cancel).ConfigureAwait(false);
        return state.Services.Where(s => live.TryGetValue(s.Key, out var seen) && seen.Digests.All(d => d == s.Value.Running.Digest))
            .ToDictionary(s => s.Key, s => s.Value.Running);
    }
}
