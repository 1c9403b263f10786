using Microsoft.AspNetCore.Http.HttpResults;
using Storefront.Api.Orders;
using Storefront.Shared;

namespace Storefront.Api.Products;

internal static class ProductEndpoints
{
    public static void MapProducts(this WebApplication app)
    {
        app.MapGet("/products", ListAsync);
        app.MapGet("/products/{id}", FindAsync);
    }

    private static async Task<IEnumerable<Product>> ListAsync(IOrderStore orders, CancellationToken cancellation)
    {
        var stock = await orders.StockAsync(cancellation);
        return Catalogue.Products.Select(product => product with { Stock = stock.GetValueOrDefault(product.Id) });
    }

    private static async Task<Results<Ok<Product>, ProblemHttpResult>> FindAsync(string id, IOrderStore orders, CancellationToken cancellation)
    {
        if (!Catalogue.ById.TryGetValue(id, out var product))
        {
            return TypedResults.Problem($"There is no product '{id}'.", statusCode: StatusCodes.Status404NotFound);
        }

        var stock = await orders.StockAsync(cancellation);
        return TypedResults.Ok(product with { Stock = stock.GetValueOrDefault(id) });
    }
}
