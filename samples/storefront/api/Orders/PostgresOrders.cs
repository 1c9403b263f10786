using System.Text.Json;
using Npgsql;
using Storefront.Api.Products;
using Storefront.Shared;

namespace Storefront.Api.Orders;

/// <summary>Orders that all tasks share.</summary>
internal sealed class PostgresOrders(NpgsqlDataSource database, string place) : IOrderStore, IAsyncDisposable
{
    // Two tasks that start together would both create the tables: "if not exists" alone does not keep them apart.
    private const string Tables = """
        select pg_advisory_xact_lock(7361);
        create table if not exists stock (product_id text primary key, remaining integer not null check (remaining >= 0));
        create table if not exists orders (id uuid primary key, placed_at timestamptz not null, body jsonb not null);
        create index if not exists orders_by_time on orders (placed_at desc);
        """;

    private const string Seed = "insert into stock select * from unnest($1, $2) on conflict do nothing";

    public string Description { get; } = $"postgresql: {place}";

    public async Task PrepareAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ExecuteAsync(connection, Tables, cancellation);
        var ids = Catalogue.Products.Select(product => product.Id).ToArray();
        var pieces = Catalogue.Products.Select(product => product.Stock).ToArray();
        await ExecuteAsync(connection, Seed, cancellation, ids, pieces);
        await transaction.CommitAsync(cancellation);
    }

    public async Task<IReadOnlyDictionary<string, int>> StockAsync(CancellationToken cancellation) =>
        new Dictionary<string, int>(await ReadAsync("select product_id, remaining from stock", AsStock, cancellation));

    public async Task<IReadOnlyList<string>> PlaceAsync(Order order, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var tooFew = new List<string>();

        // One sequence for everybody, so that two orders of the same products cannot wait for each other.
        foreach (var line in order.Lines.OrderBy(line => line.ProductId, StringComparer.Ordinal))
        {
            const string Take = "update stock set remaining = remaining - $2 where product_id = $1 and remaining >= $2";
            if (await ExecuteAsync(connection, Take, cancellation, line.ProductId, line.Quantity) == 0)
            {
                tooFew.Add(line.ProductId);
            }
        }

        if (tooFew.Count == 0)
        {
            var body = JsonSerializer.Serialize(order);
            await ExecuteAsync(connection, "insert into orders values ($1, $2, $3::jsonb)", cancellation, order.Id, order.PlacedAt, body);
            await transaction.CommitAsync(cancellation);
        }

        return tooFew;
    }

    public async Task<Order?> FindAsync(Guid id, CancellationToken cancellation) =>
        (await ReadAsync("select body from orders where id = $1", AsOrder, cancellation, id)).SingleOrDefault();

    public async Task<IReadOnlyList<Order>> NewestAsync(CancellationToken cancellation) =>
        await ReadAsync("select body from orders order by placed_at desc, id desc limit $1", AsOrder, cancellation, OrderStorage.NewestShown);

    public ValueTask DisposeAsync() => database.DisposeAsync();

    private static KeyValuePair<string, int> AsStock(NpgsqlDataReader row) => new(row.GetString(0), row.GetInt32(1));

    private static Order AsOrder(NpgsqlDataReader row) => JsonSerializer.Deserialize<Order>(row.GetString(0))!;

    private static NpgsqlParameter[] Parameters(object[] values) => [.. values.Select(value => new NpgsqlParameter { Value = value })];

    private async Task<List<T>> ReadAsync<T>(string query, Func<NpgsqlDataReader, T> read, CancellationToken cancellation, params object[] values)
    {
        await using var command = database.CreateCommand(query);
        command.Parameters.AddRange(Parameters(values));
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<T>();
        while (await rows.ReadAsync(cancellation))
        {
            found.Add(read(rows));
        }

        return found;
    }

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string statement, CancellationToken cancellation, params object[] values)
    {
        await using var command = new NpgsqlCommand(statement, connection);
        command.Parameters.AddRange(Parameters(values));
        return await command.ExecuteNonQueryAsync(cancellation);
    }
}
