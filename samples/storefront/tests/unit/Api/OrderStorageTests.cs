using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Storefront.Api.Orders;
using Storefront.Shared;

namespace Storefront.Tests.Api;

public sealed class OrderStorageTests
{
    private const int AsksForTls = 80877103;

    [Test]
    public async Task A_server_that_is_not_there_leaves_the_orders_in_memory_and_says_so()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var store = await OpenAsync(((IPEndPoint)closed.LocalEndPoint!).Port.ToString());

        Assert.That(store.Description, Does.StartWith("memory: 127.0.0.1 is not reachable (").And.EndsWith(")"));
    }

    [Test]
    public async Task A_store_that_lost_its_server_fails_and_invents_no_answer()
    {
        await using var store = new PostgresOrders(NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=storefront"), "lost");
        var order = new Order(Guid.Empty, "Ada", [new("espresso-cup", 1)], 1250, DateTimeOffset.UnixEpoch);

        Assert.That(() => store.StockAsync(CancellationToken.None), Throws.InstanceOf<NpgsqlException>());
        Assert.That(() => store.PlaceAsync(order, CancellationToken.None), Throws.InstanceOf<NpgsqlException>());
        Assert.That(() => store.FindAsync(order.Id, CancellationToken.None), Throws.InstanceOf<NpgsqlException>());
        Assert.That(() => store.NewestAsync(CancellationToken.None), Throws.InstanceOf<NpgsqlException>());
    }

    [Test]
    public async Task A_server_that_refuses_ends_the_program_with_its_reason()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var refusing = RefuseAsync(server, "password authentication failed");

        Assert.That(
            () => OpenAsync(((IPEndPoint)server.LocalEndpoint).Port.ToString()),
            Throws.InvalidOperationException.With.Message.EqualTo($"Orders cannot be kept in {server.LocalEndpoint}/storefront as user 'storefront': password authentication failed"));
        server.Stop();
        await refusing;
    }

    [Test]
    public void A_port_that_is_no_number_is_a_mistake_of_the_deployment() =>
        Assert.That(() => OpenAsync("many"), Throws.InvalidOperationException.With.Message.Contains("DATABASE_PORT"));

    /// <summary>Speaks just enough of PostgreSQL's protocol to refuse: no TLS, then an ErrorResponse to the startup message.</summary>
    private static async Task RefuseAsync(TcpListener server, string reason)
    {
        byte[] fields = Encoding.ASCII.GetBytes($"SFATAL\0VFATAL\0C28P01\0M{reason}\0\0");
        byte[] refusal = [(byte)'E', 0, 0, 0, (byte)(fields.Length + 4), .. fields];
        while (true)
        {
            try
            {
                using var client = await server.AcceptTcpClientAsync();
                await using var stream = client.GetStream();
                if (await ReadMessageAsync(stream) == AsksForTls)
                {
                    await stream.WriteAsync("N"u8.ToArray());
                    await ReadMessageAsync(stream);
                }

                await stream.WriteAsync(refusal);
            }
            catch (IOException)
            {
                // Somebody only looked whether anything listens here.
            }
            catch (Exception end) when (end is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static async Task<int> ReadMessageAsync(NetworkStream stream)
    {
        var length = new byte[4];
        await stream.ReadExactlyAsync(length);
        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(length) - 4];
        await stream.ReadExactlyAsync(body);
        return BinaryPrimitives.ReadInt32BigEndian(body);
    }

    private static Task<IOrderStore> OpenAsync(string port) => OrderStorage.OpenAsync(new ConfigurationBuilder()
        .AddInMemoryCollection([new("DATABASE_HOST", "127.0.0.1"), new("DATABASE_PORT", port), new("DATABASE_PASSWORD", "secret")])
        .Build());
}
