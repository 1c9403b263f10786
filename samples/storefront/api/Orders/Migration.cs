namespace Storefront.Api.Orders;

/// <summary>What <c>migrate</c> does: the tables are there before the first task of a new version serves.</summary>
internal static class Migration
{
    public static async Task RunAsync(string[] args)
    {
        var settings = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
        var store = await OrderStorage.OpenAsync(settings);
        Console.WriteLine($"Ready for orders: {store.Description}");
        if (store is IAsyncDisposable open)
        {
            await open.DisposeAsync();
        }
    }
}
