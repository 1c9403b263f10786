using Pipeline.Ledger;
using Spectre.Console;

namespace Pipeline.Reporting;

/// <summary>What runs where: one column an environment, one row a service.</summary>
public static class StatusTable
{
    /// <summary>Draws it.</summary>
    /// <param name="services">rows, in order</param>
    /// <param name="environments">columns, in order</param>
    /// <param name="now">for ages</param>
    public static Table Draw(IReadOnlyList<string> services, IReadOnlyList<EnvironmentStatus> environments, DateTimeOffset now)
    {
        var table = new Table().Border(TableBorder.None).AddColumn(new TableColumn("").PadLeft(0).PadRight(2).NoWrap());
        foreach (var environment in environments)
        {
            table.AddColumn(new TableColumn(new Text(environment.Name)).PadRight(3).NoWrap());
        }

        foreach (var service in services.Concat(environments.SelectMany(e => e.State.Services.Keys)).Distinct())
        {
            table.AddRow([new Text(service), .. environments.Select(e => new Text(Cell(e, service, now)))]);
        }

        table.AddRow([new Text("lock"), .. environments.Select(e => new Text(e.Lock is null ? "free" : $"{e.Lock.Owner}: {e.Lock.Purpose}, since {Durations.Age(now - e.Lock.Since)}{(EnvironmentLock.IsAbandoned(e.Lock) ? " (gone: the next run takes it)" : "")}"))]);
        table.AddRow([new Text("last"), .. environments.Select(e => new Text(e.Last is null ? "–" : $"{HistoryTable.Word(e.Last.Outcome)}, {Durations.Age(now - e.Last.StartedAt)} ago"))]);
        return table;
    }

    private static string Cell(EnvironmentStatus environment, string service, DateTimeOffset now)
    {
        if (!environment.State.Services.TryGetValue(service, out var state))
        {
            return "–";
        }

        var live = environment.Live.GetValueOrDefault(service);
        var tasks = live is null ? "?" : $"{live.Running}/{live.Desired}{(live.Running == live.Desired && live.Running > 0 ? " ok" : " NOT OK")}";
        return $"{state.Running.Version}  {tasks}  {Durations.Age(now - state.Since)}";
    }
}

/// <summary>One environment of the status table.</summary>
/// <param name="State">as recorded</param>
/// <param name="Live">service → tasks as ECS counts them now; a service that ECS does not know is missing</param>
/// <param name="Lock">who changes it now</param>
/// <param name="Last">its last release</param>
public sealed record EnvironmentStatus(string Name, EnvironmentState State, IReadOnlyDictionary<string, LiveTasks> Live, LockRecord? Lock, ReleaseRecord? Last);

/// <summary>Tasks as ECS counts them.</summary>
public sealed record LiveTasks(int Running, int Desired);
