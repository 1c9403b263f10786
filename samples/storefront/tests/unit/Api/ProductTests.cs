using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Storefront.Shared;

namespace Storefront.Tests.Api;

public sealed class ProductTests
{
    [Test]
    public async Task All_products_are_listed_with_their_stock()
    {
        await using var api = await RunningService.ApiAsync();

        var products = await api.Http.GetFromJsonAsync<Product[]>("/products");

        Assert.That(products, Has.Length.EqualTo(5));
        Assert.That(products!.Single(product => product.SoldOut).Id, Is.EqualTo("anniversary-roast"));
    }

    [Test]
    public async Task One_product_is_found_by_its_id()
    {
        await using var api = await RunningService.ApiAsync();

        var product = await api.Http.GetFromJsonAsync<Product>("/products/espresso-cup");

        Assert.That(product!.Name, Is.EqualTo("Espresso cup"));
        Assert.That(product.Stock, Is.EqualTo(10_000));
    }

    [Test]
    public async Task An_unknown_product_is_a_problem_that_names_it()
    {
        await using var api = await RunningService.ApiAsync();

        using var answer = await api.Http.GetAsync("/products/spoon");

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((string?)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["detail"], Is.EqualTo("There is no product 'spoon'."));
    }
}
