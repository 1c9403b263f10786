using Pipeline.Ledger;
using Spectre.Console;

namespace Pipeline.Reporting;

/// <summary>What runs where: one column an environment, one row a service, then what else there is to say of each environment.</summary>
public static class StatusTable
{
    /// <summary>Nothing to say.</summary>
    public const string Nothing = "–";

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

        foreach (var row in environments.SelectMany(e => e.Rows.Keys).Distinct())
        {
            table.AddRow([new Text(row), .. environments.Select(e => new Text(e.Rows.GetValueOrDefault(row, Nothing)))]);
        }

        table.AddRow([new Text("lock"), .. environments.Select(e => new Text(Holder(e, now)))]);
        table.AddRow([new Text("last"), .. environments.Select(e => new Text(e.Last is null ? Nothing : $"{HistoryTable.Word(e.Last.Outcome)}, {Durations.Age(now - e.Last.StartedAt)} ago"))]);
        return table;
    }

    private static string Holder(EnvironmentStatus environment, DateTimeOffset now) => environment.Lock is { } held
        ? $"{held.Owner}: {held.Purpose}, since {Durations.Age(now - held.Since)}{(EnvironmentLock.IsAbandoned(held) ? " (gone: the next run takes it)" : "")}"
        : environment.Waiting is { } waiting ? $"waiting: {waiting}"
        : "free";

    private static string Cell(EnvironmentStatus environment, string service, DateTimeOffset now)
    {
        if (!environment.State.Services.TryGetValue(service, out var state))
        {
            return Nothing;
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
public sealed record EnvironmentStatus(string Name, EnvironmentState State, IReadOnlyDictionary<string, LiveTasks> Live, LockRecord? Lock, ReleaseRecord? Last)
{
    /// <summary>What a release waits for, e.g. <c>approval of prod-…</c>; it holds no lock. <c>null</c>: none waits.</summary>
    public string? Waiting { get; init; }

    /// <summary>Further rows: name → what they say of this environment.</summary>
    public IReadOnlyDictionary<string, string> Rows { get; init; } = new Dictionary<string, string>();
}

/// <summary>Tasks as ECS counts them.</summary>
public sealed record LiveTasks(int Running, int Desired);
