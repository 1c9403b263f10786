using Storefront.Shared;

namespace Storefront.Api.Orders;

internal interface IOrderStore
{
    /// <summary>Where orders are kept, and why there.</summary>
    string Description { get; }

    /// <summary>Pieces left, by product.</summary>
    Task<IReadOnlyDictionary<string, int>> StockAsync(CancellationToken cancellation);

    /// <summary>
    /// Takes the pieces from the stock and keeps the order, or does neither and returns the products of which too few are left.
    /// </summary>
    Task<IReadOnlyList<string>> PlaceAsync(Order order, CancellationToken cancellation);

    Task<Order?> FindAsync(Guid id, CancellationToken cancellation);

    /// <summary>The newest orders first, at most <see cref="OrderStorage.NewestShown"/>.</summary>
    Task<IReadOnlyList<Order>> NewestAsync(CancellationToken cancellation);
}
