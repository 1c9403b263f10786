using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Reporting;
using Spectre.Console;

namespace Pipeline.Deployments;

/// <summary>A further row of the overview.</summary>
/// <param name="Name">left of it</param>
/// <param name="Read">what it says of an environment, in a few words; <c>null</c>: nothing</param>
public sealed record StatusRow(string Name, Func<string, CancellationToken, Task<string?>> Read);

/// <summary>Every environment at a glance: the record beside what ECS counts now.</summary>
public sealed class Overview(PipelineConfiguration configuration, AwsAccount aws, ObjectStore store)
{
    /// <summary>Rows between the services and the lock, above the debts.</summary>
    public IReadOnlyList<StatusRow> Rows { get; init; } = [];

    /// <summary>What a release to an environment waits for, without holding its lock; <c>null</c>: none waits.</summary>
    public Func<string, CancellationToken, Task<string?>> Waiting { get; init; } = (_, _) => Task.FromResult<string?>(null);

    /// <summary>What debts are judged by.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    private StatusRow Debts => new("debts", async (environment, cancel) => DebtReport.Cell(await new DebtBook(store, environment, Time).Unsettled(cancel).ConfigureAwait(false), Time.GetUtcNow()));

    /// <summary>Reads the environments that share the selected one's account and region side by side and draws them.</summary>
    public async Task<Table> Draw(CancellationToken cancel) =>
        StatusTable.Draw([.. configuration.Services.Select(s => s.Name)], await Read(cancel).ConfigureAwait(false), Time.GetUtcNow());

    /// <summary>Reads the same environments.</summary>
    public async Task<IReadOnlyList<EnvironmentStatus>> Read(CancellationToken cancel) =>
        await Task.WhenAll(configuration.Neighbours.Select(name => Read(name, cancel))).ConfigureAwait(false);

    private async Task<EnvironmentStatus> Read(string environment, CancellationToken cancel)
    {
        var ledger = new ReleaseLedger(store, environment);
        var held = EnvironmentLock.Holder(store, environment, cancel);
        var last = ledger.Releases(1, cancel);
        var waiting = Waiting(environment, cancel);
        var rows = Task.WhenAll(Rows.Append(Debts).Select(async row => (row.Name, Text: await row.Read(environment, cancel).ConfigureAwait(false) ?? StatusTable.Nothing)));
        var state = await ledger.State(cancel).ConfigureAwait(false);
        var live = state.Services.Count == 0 ? new Dictionary<string, LiveTasks>() : await LiveServices.Count(configuration, environment, aws, cancel).ConfigureAwait(false);
        return new EnvironmentStatus(environment, state, live, await held.ConfigureAwait(false), await last.ConfigureAwait(false) is [var release] ? release : null)
        {
            Waiting = await waiting.ConfigureAwait(false),
            Rows = (await rows.ConfigureAwait(false)).ToDictionary(r => r.Name, r => r.Text),
        };
    }
}
