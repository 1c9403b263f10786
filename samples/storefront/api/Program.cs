using Storefront.Api.Orders;
using Storefront.Api.Products;
using Storefront.Shared;

namespace Storefront.Api;

internal static class Program
{
    public static async Task Main(string[] args) =>
        await (args is ["migrate", .. var rest] ? Migration.RunAsync(rest) : (await BuildAsync(args)).RunAsync());

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
        app.MapGet("/health", (IOrderStore orders, OrderQueue announcements) => new Health("healthy", orders.Description, announcements.Description));
        app.MapGet("/version", () => version);
        app.MapProducts();
        app.MapOrders();

        var queue = app.Services.GetRequiredService<OrderQueue>();
        app.Logger.LogInformation("{Version}. Orders: {Orders}. Queue: {Queue}.", version, store.Description, queue.Description);
        return app;
    }
}
