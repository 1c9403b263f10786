using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Storefront.Tests.Deployment;

/// <summary>Orders are taken by whatever revision answers, kept, and known to both services.</summary>
public sealed class OrderTests
{
    [SetUp]
    public void NeedsADeployment() => Deployed.Value("PIPELINE_URL_API");

    [Test]
    public async Task An_order_is_kept_with_its_total()
    {
        var product = await Deployed.Api.GetFromJsonAsync<JsonObject>("/products/espresso-cup");

        var placed = await Place(Deployed.Api, 2);

        var read = await Read((string)placed["id"]!);
        Assert.Multiple(() =>
        {
            Assert.That((string?)read["customer"], Is.EqualTo("Deployment test"));
            Assert.That((long)read["totalInCents"]!, Is.EqualTo(2 * (long)product!["priceInCents"]!));
            Assert.That((int)read["lines"]![0]!["quantity"]!, Is.EqualTo(2));
        });
    }

    [Test]
    public async Task An_order_placed_on_the_pages_is_known_to_the_api()
    {
        Deployed.Value("PIPELINE_URL_WEB");

        var placed = await Place(Deployed.Web, 1);

        Assert.That((string?)(await Read((string)placed["id"]!))["id"], Is.EqualTo((string?)placed["id"]));
    }

    [Test]
    public async Task An_order_of_nothing_is_refused()
    {
        using var answer = await Deployed.Api.PostAsJsonAsync("/orders", new { customer = "", lines = Array.Empty<object>() });

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    private static async Task<JsonObject> Place(HttpClient service, int quantity)
    {
        using var answer = await service.PostAsJsonAsync("/orders", new { customer = "Deployment test", lines = new[] { new { productId = "espresso-cup", quantity } } });
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Created), await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    /// <summary>Without a database every task knows only the orders that it took: then it is asked for until the load balancer has come by its task.</summary>
    private static async Task<JsonObject> Read(string id)
    {
        var health = await Deployed.Api.GetFromJsonAsync<JsonObject>("/health");
        var attempts = ((string?)health!["orders"])?.StartsWith("memory", StringComparison.Ordinal) == true ? 50 : 1;
        for (var attempt = 1; ; attempt++)
        {
            using var answer = await Deployed.Api.GetAsync($"/orders/{id}");
            if (answer.StatusCode != HttpStatusCode.NotFound || attempt == attempts)
            {
                Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), $"order {id} after {attempt} of {attempts} attempts; {health["orders"]}");
                return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
            }
        }
    }
}
