using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Storefront.Shared;

namespace Storefront.Web;

internal static class ShopEndpoints
{
    public static void MapShop(this WebApplication app, VersionInfo version)
    {
        app.MapGet("/", (ApiClient api, CancellationToken cancellation) => HomeAsync(api, version, app.Logger, cancellation));
        app.MapGet("/products", (ApiClient api, CancellationToken cancellation) => PassOnAsync(api.ForwardProductsAsync(cancellation), app.Logger));
        app.MapPost("/orders", (HttpRequest request, ApiClient api) => OrderAsync(request, api, version, app.Logger));
    }

    private static async Task<IResult> HomeAsync(ApiClient api, VersionInfo version, ILogger log, CancellationToken cancellation)
    {
        try
        {
            var products = api.ProductsAsync(cancellation);
            var apiVersion = api.VersionAsync(cancellation);
            await Task.WhenAll(products, apiVersion);
            return Html(ShopPage.Products(await products, version, await apiVersion), StatusCodes.Status200OK);
        }
        catch (ApiUnavailableException failure)
        {
            return Unavailable(failure, version, log);
        }
    }

    private static Task<IResult> OrderAsync(HttpRequest request, ApiClient api, VersionInfo version, ILogger log) => request.HasFormContentType
        ? OrderByFormAsync(request, api, version, log)
        : PassOnAsync(api.ForwardOrderAsync(request.Body, request.ContentType, request.HttpContext.RequestAborted), log);

    private static async Task<IResult> OrderByFormAsync(HttpRequest request, ApiClient api, VersionInfo version, ILogger log)
    {
        var cancellation = request.HttpContext.RequestAborted;
        var form = await request.ReadFormAsync(cancellation);
        _ = int.TryParse(form["quantity"], CultureInfo.InvariantCulture, out var quantity);
        try
        {
            var answer = await api.OrderAsync(new(form["customer"], [new(form["product"].ToString(), quantity)]), cancellation);
            return answer.Succeeded
                ? Html(ShopPage.Confirmation(answer.Read<Order>(), version), StatusCodes.Status201Created)
                : Html(ShopPage.Refusal(Problems(answer), version), answer.Status);
        }
        catch (ApiUnavailableException failure)
        {
            return Unavailable(failure, version, log);
        }
    }

    private static IEnumerable<string> Problems(ApiAnswer answer)
    {
        var problem = answer.Read<ValidationProblemDetails>();
        return problem.Errors.Count > 0 ? problem.Errors.Values.SelectMany(messages => messages) : [problem.Detail ?? $"The api answered {answer.Status}."];
    }

    private static async Task<IResult> PassOnAsync(Task<ApiAnswer> asked, ILogger log)
    {
        try
        {
            return new PassedOn(await asked);
        }
        catch (ApiUnavailableException failure)
        {
            log.LogWarning("The api is not reachable: {Reason}", failure.Message);
            return TypedResults.Problem($"The api is not reachable: {failure.Message}.", statusCode: StatusCodes.Status502BadGateway);
        }
    }

    private static ContentHttpResult Unavailable(ApiUnavailableException failure, VersionInfo version, ILogger log)
    {
        log.LogWarning("The api is not reachable: {Reason}", failure.Message);
        return Html(ShopPage.Unavailable(failure.Message, version), StatusCodes.Status502BadGateway);
    }

    private static ContentHttpResult Html(string page, int status) => TypedResults.Text(page, "text/html; charset=utf-8", statusCode: status);

    private sealed class PassedOn(ApiAnswer answer) : IResult
    {
        public async Task ExecuteAsync(HttpContext context)
        {
            context.Response.StatusCode = answer.Status;
            context.Response.ContentType = answer.ContentType;
            context.Response.ContentLength = answer.Body.Length;
            await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
        }
    }
}
