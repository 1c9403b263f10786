using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Storefront.Shared;

namespace Storefront.Tests.Api;

public sealed class OrderTests
{
    [Test]
    public async Task A_placed_order_can_be_read_again_and_takes_its_pieces_from_the_stock()
    {
        await using var api = await RunningService.ApiAsync();

        using var answer = await api.Http.PostAsJsonAsync("/orders", new NewOrder(" Ada ", [new("espresso-cup", 3), new("pour-over", 1)]));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        var placed = await answer.Content.ReadFromJsonAsync<Order>();
        Assert.That(placed!.Customer, Is.EqualTo("Ada"));
        Assert.That(placed.TotalInCents, Is.EqualTo(3 * 1250 + 2800));
        var read = await api.Http.GetFromJsonAsync<Order>(answer.Headers.Location);
        Assert.That(read!.Id, Is.EqualTo(placed.Id));
        Assert.That(read.Lines, Is.EqualTo(placed.Lines));
        Assert.That((await api.Http.GetFromJsonAsync<Product>("/products/espresso-cup"))!.Stock, Is.EqualTo(9_997));
    }

    [Test]
    public async Task The_newest_order_is_listed_first()
    {
        await using var api = await RunningService.ApiAsync();
        foreach (var customer in new[] { "Ada", "Grace" })
        {
            using var answer = await api.Http.PostAsJsonAsync("/orders", new NewOrder(customer, [new("enamel-mug", 1)]));
        }

        var orders = await api.Http.GetFromJsonAsync<Order[]>("/orders");

        Assert.That(orders!.Select(order => order.Customer), Is.EqualTo(new[] { "Grace", "Ada" }));
    }

    [Test]
    public async Task An_order_with_mistakes_is_refused_with_all_of_them()
    {
        await using var api = await RunningService.ApiAsync();

        using var answer = await api.Http.PostAsJsonAsync("/orders", new NewOrder(null, [new("spoon", 0)]));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(answer.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
        var errors = (await answer.Content.ReadFromJsonAsync<JsonObject>())!["errors"]!.AsObject();
        Assert.That(errors.Select(error => error.Key), Is.EqualTo(new[] { "customer", "lines[0]" }));
    }

    [TestCase("{", "application/json", "The order is not readable")]
    [TestCase("null", "application/json", "The order is empty.")]
    [TestCase("hello", "text/plain", "An order is sent as application/json.")]
    public async Task A_body_that_is_no_order_is_refused_with_the_reason(string body, string type, string reason)
    {
        await using var api = await RunningService.ApiAsync();
        using var content = new StringContent(body, Encoding.UTF8, type);

        using var answer = await api.Http.PostAsync("/orders", content);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((string?)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"], Does.StartWith(reason));
    }

    [Test]
    public async Task What_is_sold_out_cannot_be_ordered_and_nothing_of_the_order_is_taken()
    {
        await using var api = await RunningService.ApiAsync();

        using var answer = await api.Http.PostAsJsonAsync("/orders", new NewOrder("Ada", [new("espresso-cup", 1), new("anniversary-roast", 1)]));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That((string?)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"], Is.EqualTo("Too few left of: anniversary-roast."));
        Assert.That((await api.Http.GetFromJsonAsync<Product>("/products/espresso-cup"))!.Stock, Is.EqualTo(10_000));
        Assert.That(await api.Http.GetFromJsonAsync<Order[]>("/orders"), Is.Empty);
    }

    [TestCase("00000000-0000-0000-0000-000000000000")]
    [TestCase("seven")]
    public async Task An_order_that_nobody_placed_is_not_found(string id)
    {
        await using var api = await RunningService.ApiAsync();

        using var answer = await api.Http.GetAsync($"/orders/{id}");

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((string?)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"], Is.EqualTo($"There is no order '{id}'."));
    }
}
