using Storefront.Api.Orders;
using Storefront.Api.Products;
using Storefront.Shared;

namespace Storefront.Api;

internal static class Program
{
    public static async Task Main(string[] args) => await (await BuildAsync(args)).RunAsync();

    public static async Task<WebApplication> BuildAsync(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(ServiceDefaults.Options(args));
        builder.AddServiceDefaults();
        var version = VersionInfo.From(builder.Configuration, "api");
        var store = await OrderStorage.OpenAsync(builder.Configuration);
        builder.Services.AddSingleton(_ => store);
        builder.Services.AddSingleton<OrderQueue>();

        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapGet("/health", (IOrderStore orders, OrderQueue queue) => new Health("healthy", orders.Description, queue.Description));
        app.MapGet("/version", () => version);
        app.MapProducts();
        app.MapOrders();

        app.Logger.LogInformation("{Version}. Orders: {Orders}. Queue: {Queue}.", version, store.Description, app.Services.GetRequiredService<OrderQueue>().Description);
        return app;
    }
}
