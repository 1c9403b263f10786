using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Storefront.Shared;

namespace Storefront.Tests;

/// <summary>Several api tasks on one real database.</summary>
public sealed class PostgresTests
{
    private TemporaryPostgres? database;

    [OneTimeSetUp]
    public async Task StartDatabase()
    {
        Deployment.NeedsServicesOfItsOwn();
        database = await TemporaryPostgres.StartAsync();
    }

    [OneTimeTearDown]
    public async Task StopDatabase()
    {
        if (database is not null)
        {
            await database.DisposeAsync();
        }
    }

    [Test]
    public async Task Tasks_that_start_together_share_orders_and_stock()
    {
        var tasks = await Task.WhenAll(ApiAsync(), ApiAsync(), ApiAsync());
        try
        {
            var health = await tasks[0].Http.GetFromJsonAsync<JsonObject>("/health");
            using var answer = await tasks[0].Http.PostAsJsonAsync("/orders", new NewOrder("Ada", [new("espresso-cup", 2), new("enamel-mug", 1)]));
            var placed = await answer.Content.ReadFromJsonAsync<Order>();
            var read = await tasks[1].Http.GetFromJsonAsync<Order>(answer.Headers.Location);
            var cup = await tasks[2].Http.GetFromJsonAsync<Product>("/products/espresso-cup");
            var newest = await tasks[2].Http.GetFromJsonAsync<Order[]>("/orders");

            Assert.That((string?)health!["orders"], Is.EqualTo($"postgresql: 127.0.0.1:{database!.Port}/postgres"));
            Assert.That(read! with { Lines = [] }, Is.EqualTo(placed! with { Lines = [] }));
            Assert.That(read.Lines, Is.EqualTo(placed.Lines));
            Assert.That(cup!.Stock, Is.EqualTo(9_998));
            Assert.That(newest!.Select(order => order.Id), Does.Contain(placed.Id));
        }
        finally
        {
            await StopAsync(tasks);
        }
    }

    [Test]
    public async Task A_migration_prepares_the_database_and_ends()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Storefront.Api.dll"), "migrate"]) { RedirectStandardOutput = true };
        foreach (var (name, value) in Settings)
        {
            start.Environment[name] = value;
        }

        using var migration = Process.Start(start)!;
        var said = await migration.StandardOutput.ReadToEndAsync();
        await migration.WaitForExitAsync();

        Assert.That(said, Does.Contain($"Ready for orders: postgresql: 127.0.0.1:{database!.Port}/postgres"));
        Assert.That(migration.ExitCode, Is.Zero);
    }

    [Test]
    public async Task Orders_outlive_the_task_that_took_them()
    {
        var first = await ApiAsync();
        using var answer = await first.Http.PostAsJsonAsync("/orders", new NewOrder("Grace", [new("pour-over", 1)]));
        await first.DisposeAsync();

        await using var second = await ApiAsync();

        Assert.That((await second.Http.GetFromJsonAsync<Order>(answer.Headers.Location))!.Customer, Is.EqualTo("Grace"));
    }

    [Test]
    public async Task What_is_sold_out_takes_nothing_else_of_the_order_either()
    {
        await using var api = await ApiAsync();
        var before = await api.Http.GetFromJsonAsync<Product>("/products/hand-grinder");

        using var answer = await api.Http.PostAsJsonAsync("/orders", new NewOrder("Ada", [new("hand-grinder", 1), new("anniversary-roast", 1)]));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(await api.Http.GetFromJsonAsync<Product>("/products/hand-grinder"), Is.EqualTo(before));
    }

    private static Task StopAsync(IEnumerable<ServiceProcess> services) => Task.WhenAll(services.Select(service => service.DisposeAsync().AsTask()));

    private (string Name, string Value)[] Settings =>
        [("DATABASE_HOST", "127.0.0.1"), ("DATABASE_PORT", database!.Port.ToString()), ("DATABASE_NAME", "postgres"), ("DATABASE_USER", "storefront"), ("DATABASE_PASSWORD", "unused")];

    private Task<ServiceProcess> ApiAsync() => ServiceProcess.ApiAsync(Settings);
}
