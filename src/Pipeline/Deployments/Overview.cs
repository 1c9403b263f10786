using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Reporting;
using Spectre.Console;

namespace Pipeline.Deployments;

/// <summary>Every environment at a glance: the record beside what ECS counts now.</summary>
public sealed class Overview(PipelineConfiguration configuration, AwsAccount aws, ObjectStore store)
{
    /// <summary>Reads the environments that share the selected one's account and region side by side and draws them.</summary>
    public async Task<Table> Draw(CancellationToken cancel)
    {
        var environments = await Task.WhenAll(configuration.Neighbours.Select(name => Read(name, cancel))).ConfigureAwait(false);
        return StatusTable.Draw([.. configuration.Services.Select(s => s.Name)], environments, DateTimeOffset.UtcNow);
    }

    private async Task<EnvironmentStatus> Read(string environment, CancellationToken cancel)
    {
        var ledger = new ReleaseLedger(store, environment);
        var state = await ledger.State(cancel).ConfigureAwait(false);
        var live = state.Services.Count == 0
            ? new Dictionary<string, LiveService>()
            : await LiveServices.Read(configuration, environment, aws, cancel).ConfigureAwait(false);
        return new EnvironmentStatus(environment, state, live.ToDictionary(l => l.Key, l => l.Value.Tasks),
            await EnvironmentLock.Holder(store, environment, cancel).ConfigureAwait(false),
            await ledger.Releases(1, cancel).ConfigureAwait(false) is [var last] ? last : null);
    }
}
