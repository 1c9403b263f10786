using System.Collections.Concurrent;
using Npgsql;
using Pipeline.LocalCloud.Rds;

namespace Pipeline.LocalCloud.Metrics;

/// <summary>What the PostgreSQL servers say of themselves, under the names of <c>AWS/RDS</c>. One connection to each stays open for it, and is not counted.</summary>
/// <param name="instances">all there are</param>
internal sealed class DatabaseMetrics(Func<IEnumerable<DatabaseRecord>> instances)
{
    private const string Count = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
    private readonly ConcurrentDictionary<string, NpgsqlConnection> _open = new(StringComparer.Ordinal);

    /// <summary>The connections of every instance that answers; one that does not has no value.</summary>
    public async Task<IReadOnlyList<Gauge>> Connections(CancellationToken cancel)
    {
        var running = instances().Where(instance => instance is { IsReal: true, Status: "available" }).ToList();
        foreach (var gone in _open.Keys.Except(running.Select(Key)).ToList())
        {
            await Close(gone);
        }

        var gauges = new List<Gauge>();
        foreach (var instance in running)
        {
            if (await Ask(instance, cancel) is { } connections)
            {
                gauges.Add(new Gauge(Metric.Of("AWS/RDS", "DatabaseConnections", ("DBInstanceIdentifier", instance.Id)), connections));
            }
        }

        return gauges;
    }

    private async Task<long?> Ask(DatabaseRecord instance, CancellationToken cancel)
    {
        try
        {
            if (!_open.TryGetValue(Key(instance), out var connection))
            {
                connection = new NpgsqlConnection(ConnectionString(instance));
                _open[Key(instance)] = connection;
                await connection.OpenAsync(cancel);
            }

            await using var command = new NpgsqlCommand(Count, connection);
            return (long)(await command.ExecuteScalarAsync(cancel))!;
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException or TimeoutException)
        {
            // It is being stopped, restored, or it is full: that there is no value says so.
            await Close(Key(instance));
            return null;
        }
    }

    private async Task Close(string key)
    {
        if (_open.TryRemove(key, out var connection))
        {
            await connection.DisposeAsync();
        }
    }

    /// <summary>A server that was made anew, or has a new password, is another one.</summary>
    private static string Key(DatabaseRecord instance) => $"{instance.Id}|{instance.Port}|{instance.Password}";

    private static string ConnectionString(DatabaseRecord instance) => new NpgsqlConnectionStringBuilder
    {
        Host = instance.Address,
        Port = instance.Port,
        Username = instance.User,
        Password = instance.Password,
        Database = "postgres",
        ApplicationName = "embedded cloud metrics",
        Timeout = 2,
        CommandTimeout = 2,
        Pooling = false,
    }.ConnectionString;
}
