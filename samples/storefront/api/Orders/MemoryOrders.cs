using Storefront.Api.Products;
using Storefront.Shared;

namespace Storefront.Api.Orders;

/// <summary>Orders of this process alone; they end with it.</summary>
internal sealed class MemoryOrders(string reason) : IOrderStore
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> stock = Catalogue.Products.ToDictionary(product => product.Id, product => product.Stock, StringComparer.Ordinal);
    private readonly Dictionary<Guid, Order> orders = [];
    private readonly List<Order> inSequence = [];

    public string Description { get; } = $"memory: {reason}";

    public Task<IReadOnlyDictionary<string, int>> StockAsync(CancellationToken cancellation)
    {
        lock (gate)
        {
            return Task.FromResult<IReadOnlyDictionary<string, int>>(new Dictionary<string, int>(stock));
        }
    }

    public Task<IReadOnlyList<string>> PlaceAsync(Order order, CancellationToken cancellation)
    {
        lock (gate)
        {
            var tooFew = order.Lines.Where(line => stock[line.ProductId] < line.Quantity).Select(line => line.ProductId).ToArray();
            if (tooFew.Length == 0)
            {
                foreach (var line in order.Lines)
                {
                    stock[line.ProductId] -= line.Quantity;
                }

                orders.Add(order.Id, order);
                inSequence.Add(order);
            }

            return Task.FromResult<IReadOnlyList<string>>(tooFew);
        }
    }

    public Task<Order?> FindAsync(Guid id, CancellationToken cancellation)
    {
        lock (gate)
        {
            return Task.FromResult(orders.GetValueOrDefault(id));
        }
    }

    public Task<IReadOnlyList<Order>> NewestAsync(CancellationToken cancellation)
    {
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<Order>>([.. inSequence.TakeLast(OrderStorage.NewestShown).Reverse()]);
        }
    }
}
