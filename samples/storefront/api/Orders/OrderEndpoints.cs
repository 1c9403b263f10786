using System.Text.Json;
using Storefront.Api.Products;
using Storefront.Shared;

namespace Storefront.Api.Orders;

internal static class OrderEndpoints
{
    public static void MapOrders(this WebApplication app)
    {
        app.MapPost("/orders", PlaceAsync);
        app.MapGet("/orders", (IOrderStore orders, CancellationToken cancellation) => orders.NewestAsync(cancellation));
        app.MapGet("/orders/{id}", FindAsync);
    }

    private static async Task<IResult> PlaceAsync(HttpRequest request, IOrderStore orders, OrderQueue queue)
    {
        var cancellation = request.HttpContext.RequestAborted;
        var (asked, mistake) = await ReadAsync(request, cancellation);
        if (asked is null)
        {
            return TypedResults.Problem(mistake, statusCode: StatusCodes.Status400BadRequest);
        }

        if (OrderRules.Problems(asked, Catalogue.ById) is { Count: > 0 } problems)
        {
            return TypedResults.ValidationProblem(problems, "The order cannot be placed.");
        }

        var order = new Order(Guid.CreateVersion7(), asked.Customer!.Trim(), asked.Lines!, OrderRules.Total(asked.Lines!, Catalogue.ById), DateTimeOffset.UtcNow);
        if (await orders.PlaceAsync(order, cancellation) is { Count: > 0 } tooFew)
        {
            return TypedResults.Problem($"Too few left of: {string.Join(", ", tooFew)}.", statusCode: StatusCodes.Status409Conflict);
        }

        await queue.AnnounceAsync(order);
        return TypedResults.Created($"/orders/{order.Id}", order);
    }

    private static async Task<IResult> FindAsync(string id, IOrderStore orders, CancellationToken cancellation) =>
        Guid.TryParse(id, out var key) && await orders.FindAsync(key, cancellation) is { } order
            ? TypedResults.Ok(order)
            : TypedResults.Problem($"There is no order '{id}'.", statusCode: StatusCodes.Status404NotFound);

    private static async Task<(NewOrder? Order, string? Mistake)> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (!request.HasJsonContentType())
        {
            return (null, "An order is sent as application/json.");
        }

        try
        {
            return (await request.ReadFromJsonAsync<NewOrder>(cancellation), "The order is empty.");
        }
        catch (JsonException error)
        {
            return (null, $"The order is not readable: {error.Message}");
        }
    }
}
