using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Storefront.Shared;

namespace Storefront.Tests;

/// <summary>Holds for a deployed system and for one started here.</summary>
public sealed class ShopTests
{
    [Test]
    public async Task Both_services_are_healthy()
    {
        foreach (var service in new[] { Deployment.Api, Deployment.Web })
        {
            var health = await service.GetFromJsonAsync<JsonObject>("/health");

            Assert.That((string?)health!["status"], Is.EqualTo("healthy"));
        }
    }

    [Test]
    public async Task Both_services_run_in_the_same_environment()
    {
        var api = await Deployment.Api.GetFromJsonAsync<VersionInfo>("/version");
        var web = await Deployment.Web.GetFromJsonAsync<VersionInfo>("/version");

        Assert.That((api!.Service, web!.Service), Is.EqualTo(("api", "web")));
        Assert.That(web.Environment, Is.EqualTo(api.Environment));
    }

    [Test]
    public async Task Web_shows_the_products_of_the_api()
    {
        var products = await Deployment.Api.GetFromJsonAsync<Product[]>("/products");

        var page = WebUtility.HtmlDecode(await Deployment.Web.GetStringAsync("/"));

        Assert.That(products, Is.Not.Empty);
        Assert.That(page, Does.Contain("<title>Storefront</title>"));
        foreach (var product in products!)
        {
            Assert.That(page, Does.Contain(product.Name).And.Contain(Money.Format(product.PriceInCents)));
        }
    }

    [Test]
    public async Task An_order_placed_in_web_is_known_to_the_api()
    {
        using var answer = await Deployment.Web.PostAsJsonAsync("/orders", new NewOrder("Integration test", [new("espresso-cup", 2)]));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        var placed = await answer.Content.ReadFromJsonAsync<Order>();
        var read = await ReadOrderAsync(placed!.Id);
        Assert.That(read.Customer, Is.EqualTo("Integration test"));
        Assert.That(read.Lines, Is.EqualTo(placed.Lines));
        Assert.That(read.TotalInCents, Is.EqualTo(2 * 1250));
    }

    [Test]
    public async Task A_bad_order_is_refused_with_every_reason()
    {
        using var answer = await Deployment.Web.PostAsJsonAsync("/orders", new NewOrder("", [new("spoon", 0)]));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        var errors = (await answer.Content.ReadFromJsonAsync<JsonObject>())!["errors"]!.AsObject();
        Assert.That(errors.Select(error => error.Key), Is.EquivalentTo(new[] { "customer", "lines[0]" }));
    }

    [TestCase("/products/spoon")]
    [TestCase("/orders/00000000-0000-0000-0000-000000000000")]
    [TestCase("/nothing")]
    public async Task What_does_not_exist_is_not_found(string path)
    {
        using var answer = await Deployment.Api.GetAsync(path);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    /// <summary>
    /// Without a database every task knows only the orders that it took: the order is asked for until the load balancer has come by
    /// its task. With a database the first task asked must know it.
    /// </summary>
    private static async Task<Order> ReadOrderAsync(Guid id)
    {
        var health = await Deployment.Api.GetFromJsonAsync<JsonObject>("/health");
        var attempts = ((string?)health!["orders"])!.StartsWith("memory", StringComparison.Ordinal) ? 50 : 1;
        for (var attempt = 1; ; attempt++)
        {
            using var answer = await Deployment.Api.GetAsync($"/orders/{id}");
            if (answer.StatusCode != HttpStatusCode.NotFound || attempt == attempts)
            {
                Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), $"order {id} after {attempt} of {attempts} attempts; {health["orders"]}");
                return (await answer.Content.ReadFromJsonAsync<Order>())!;
            }
        }
    }
}
