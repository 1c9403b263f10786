using System.Net.Sockets;
using Npgsql;

namespace Storefront.Api.Orders;

/// <summary>Chooses where orders are kept.</summary>
internal static class OrderStorage
{
    public const int NewestShown = 100;

    private static readonly TimeSpan ReachDeadline = TimeSpan.FromSeconds(3);

    // Longer: on a busy machine a working server may be slow, and one task in memory beside others in PostgreSQL would hide orders.
    private static readonly TimeSpan PrepareDeadline = TimeSpan.FromSeconds(20);

    /// <summary>
    /// PostgreSQL when something listens at DATABASE_HOST, else this process's memory. A server that listens but does not serve (wrong
    /// password, no such database) is a mistake in the deployment and ends the program: orders must not be lost quietly.
    /// </summary>
    public static async Task<IOrderStore> OpenAsync(IConfiguration settings)
    {
        var host = settings["DATABASE_HOST"];
        if (string.IsNullOrWhiteSpace(host))
        {
            return new MemoryOrders("DATABASE_HOST is not set");
        }

        var connection = Connection(settings, host);
        return await WhyUnreachableAsync(host, connection.Port) is { } reason
            ? new MemoryOrders($"{host} is not reachable ({reason})")
            : await PrepareAsync(connection);
    }

    private static async Task<string?> WhyUnreachableAsync(string host, int port)
    {
        try
        {
            using var deadline = new CancellationTokenSource(ReachDeadline);
            using var client = new TcpClient();
            await client.ConnectAsync(host, port, deadline.Token);
            return null;
        }
        catch (SocketException failure)
        {
            return failure.Message;
        }
        catch (OperationCanceledException)
        {
            return $"no answer within {ReachDeadline.TotalSeconds:0} s";
        }
    }

    private static async Task<PostgresOrders> PrepareAsync(NpgsqlConnectionStringBuilder connection)
    {
        var place = $"{connection.Host}:{connection.Port}/{connection.Database}";
        var store = new PostgresOrders(NpgsqlDataSource.Create(connection), place);
        try
        {
            using var deadline = new CancellationTokenSource(PrepareDeadline);
            await store.PrepareAsync(deadline.Token);
            return store;
        }
        catch (Exception failure) when (failure is NpgsqlException or OperationCanceledException)
        {
            await store.DisposeAsync();
            var reason = failure is PostgresException refusal ? refusal.MessageText : failure.GetBaseException().Message;
            throw new InvalidOperationException($"Orders cannot be kept in {place} as user '{connection.Username}': {reason}", failure);
        }
    }

    private static NpgsqlConnectionStringBuilder Connection(IConfiguration settings, string host) => new()
    {
        Host = host,
        Port = settings.GetValue("DATABASE_PORT", 5432),
        Database = settings["DATABASE_NAME"] ?? "storefront",
        Username = settings["DATABASE_USER"] ?? "storefront",
        Password = settings["DATABASE_PASSWORD"],
        Timeout = (int)PrepareDeadline.TotalSeconds,
        CommandTimeout = 5,
        MaxPoolSize = 20,
        GssEncryptionMode = GssEncryptionMode.Disable,
    };
}
