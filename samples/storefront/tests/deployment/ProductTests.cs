using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Storefront.Tests.Deployment;

/// <summary>What is sold is the same wherever one looks.</summary>
public sealed class ProductTests
{
    [SetUp]
    public void NeedsADeployment() => Deployed.Value("PIPELINE_URL_API");

    [Test]
    public async Task Every_product_has_a_name_a_price_and_a_page_of_its_own()
    {
        var products = (await Deployed.Api.GetFromJsonAsync<JsonArray>("/products"))!;

        Assert.That(products, Is.Not.Empty);
        foreach (var product in products)
        {
            Assert.That((string?)product!["name"], Is.Not.Empty);
            Assert.That((long)product["priceInCents"]!, Is.Positive);
            Assert.That((string?)(await Deployed.Api.GetFromJsonAsync<JsonObject>($"/products/{product["id"]}"))!["name"], Is.EqualTo((string?)product["name"]));
        }
    }

    [Test]
    public async Task The_pages_show_what_the_api_sells()
    {
        Deployed.Value("PIPELINE_URL_WEB");
        var products = (await Deployed.Api.GetFromJsonAsync<JsonArray>("/products"))!;

        var page = System.Net.WebUtility.HtmlDecode(await Deployed.Web.GetStringAsync("/"));

        Assert.That(products.Select(p => (string)p!["name"]!), Is.All.Matches<string>(name => page.Contains(name, StringComparison.Ordinal)));
    }

    [Test]
    public async Task It_is_the_environment_that_the_pipeline_speaks_of()
    {
        var version = await Deployed.Api.GetFromJsonAsync<JsonObject>("/version");

        Assert.That((string?)version!["environment"], Is.EqualTo(Deployed.Value("PIPELINE_ENVIRONMENT")));
        Assert.That(Deployed.Value("PIPELINE_OUTPUT_API_SERVICENAME"), Is.EqualTo("api"));
    }
}
