using System.Net.Sockets;
using Npgsql;

namespace Storefront.Api.Orders;

/// <summary>Chooses where orders are kept.</summary>
internal static class OrderStorage
{
    public const int NewestShown = 100;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);

    /// <summary>
    /// PostgreSQL when DATABASE_HOST answers, else this process's memory. A server that answers but refuses (wrong password, no such
    /// database) is a mistake in the deployment and ends the program: orders must not be lost quietly.
    /// </summary>
    public static async Task<IOrderStore> OpenAsync(IConfiguration settings)
    {
        var host = settings["DATABASE_HOST"];
        if (string.IsNullOrWhiteSpace(host))
        {
            return new MemoryOrders("DATABASE_HOST is not set");
        }

        var connection = Connection(settings, host);
        var store = new PostgresOrders(NpgsqlDataSource.Create(connection), $"{host}:{connection.Port}/{connection.Database}");
        try
        {
            using var deadline = new CancellationTokenSource(Deadline);
            await store.PrepareAsync(deadline.Token);
            return store;
        }
        catch (PostgresException refusal)
        {
            await store.DisposeAsync();
            throw new InvalidOperationException($"{host} refuses database '{connection.Database}' to user '{connection.Username}': {refusal.MessageText}", refusal);
        }
        catch (Exception failure) when (failure is NpgsqlException or SocketException or TimeoutException or OperationCanceledException)
        {
            await store.DisposeAsync();
            return new MemoryOrders($"{host} is not reachable ({Reason(failure)})");
        }
    }

    private static string Reason(Exception failure) => failure is OperationCanceledException
        ? $"no answer within {Deadline.TotalSeconds:0} s"
        : failure.GetBaseException().Message;

    private static NpgsqlConnectionStringBuilder Connection(IConfiguration settings, string host) => new()
    {
        Host = host,
        Port = settings.GetValue("DATABASE_PORT", 5432),
        Database = settings["DATABASE_NAME"] ?? "storefront",
        Username = settings["DATABASE_USER"] ?? "storefront",
        Password = settings["DATABASE_PASSWORD"],
        Timeout = (int)Deadline.TotalSeconds,
        CommandTimeout = 5,
        MaxPoolSize = 20,
        GssEncryptionMode = GssEncryptionMode.Disable,
    };
}
