using Pipeline.Aws;
using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Ledger;

namespace Pipeline.Deployments;

/// <summary>What an environment runs, for the comparison with what it should run: the record, as far as ECS confirms it.</summary>
/// <param name="Confirmed">service → what runs of it</param>
/// <param name="Doubted">service → why the record is not believed; such a service is due</param>
public sealed record RunningServices(IReadOnlyDictionary<string, RunningService> Confirmed, IReadOnlyDictionary<string, string> Doubted)
{
    /// <summary>Reads the record and compares it with what ECS runs.</summary>
    public static async Task<RunningServices> Read(PipelineConfiguration configuration, AwsAccount aws, ReleaseLedger ledger, CancellationToken cancel)
    {
        var state = await ledger.State(cancel).ConfigureAwait(false);
        var live = state.Services.Count == 0
            ? new Dictionary<string, LiveService>()
            : await LiveServices.Read(configuration, configuration.Environment.Name, aws, cancel).ConfigureAwait(false);
        var doubted = state.Services
            .Select(s => (s.Key, Why: live.TryGetValue(s.Key, out var seen) ? seen.Doubt(s.Value.Running.Digest) : "ECS runs no such service"))
            .Where(s => s.Why is not null)
            .ToDictionary(s => s.Key, s => s.Why!);
        return new RunningServices(state.Services.Where(s => !doubted.ContainsKey(s.Key)).ToDictionary(s => s.Key, s => s.Value.Running), doubted);
    }

    /// <summary>Decisions made without a record, with the true reason where there was one that is not believed.</summary>
    public ChangeSummary Explain(ChangeSummary changes) => changes with
    {
        Services = [.. changes.Services.Select(s => Doubted.TryGetValue(s.Service, out var why) ? s with { Reasons = [$"what runs is not what was recorded: {why}"] } : s)],
    };
}
