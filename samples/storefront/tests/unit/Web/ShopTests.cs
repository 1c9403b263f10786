using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Storefront.Shared;

namespace Storefront.Tests.Web;

public sealed class ShopTests
{
    [Test]
    public async Task The_home_page_shows_the_apis_products_and_both_versions()
    {
        await using var api = await RunningService.ApiAsync("--SERVICE_VERSION=1.5.0");
        await using var web = await RunningService.WebAsync(api.Address, "--SERVICE_VERSION=1.4.0", "--ENVIRONMENT_NAME=staging");

        var page = await HtmlPage.ReadAsync(await web.Http.GetAsync("/"));

        Assert.That(page.Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(page.Title, Is.EqualTo("Storefront"));
        Assert.That(page.Text, Does.Contain("Espresso cup").And.Contain("12.50 EUR").And.Contain("sold out"));
        Assert.That((page.ById("environment"), page.ById("web-version"), page.ById("api-version")), Is.EqualTo(("staging", "1.4.0", "1.5.0")));
    }

    [Test]
    public async Task Products_come_from_the_api_as_they_are()
    {
        await using var api = await RunningService.ApiAsync();
        await using var web = await RunningService.WebAsync(api.Address);

        var products = await web.Http.GetStringAsync("/products");

        Assert.That(products, Is.EqualTo(await api.Http.GetStringAsync("/products")));
    }

    [Test]
    public async Task An_order_passes_through_to_the_api_and_so_does_its_refusal()
    {
        await using var api = await RunningService.ApiAsync();
        await using var web = await RunningService.WebAsync(api.Address);

        using var placed = await web.Http.PostAsJsonAsync("/orders", new NewOrder("Ada", [new("espresso-cup", 2)]));
        using var refused = await web.Http.PostAsJsonAsync("/orders", new NewOrder("Ada", []));

        Assert.That(placed.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        Assert.That((await placed.Content.ReadFromJsonAsync<Order>())!.TotalInCents, Is.EqualTo(2500));
        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(refused.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
    }

    [TestCase("<Ada>", "2", HttpStatusCode.Created, "Thank you, <Ada>")]
    [TestCase("", "two", HttpStatusCode.BadRequest, "A quantity is 1 to 100, not 0.")]
    public async Task A_form_is_answered_with_a_page(string customer, string quantity, HttpStatusCode status, string text)
    {
        await using var api = await RunningService.ApiAsync();
        await using var web = await RunningService.WebAsync(api.Address);

        var page = await OrderAsync(web, "espresso-cup", customer, quantity);

        Assert.That(page.Status, Is.EqualTo(status));
        Assert.That(page.Text, Does.Contain(text));
    }

    [Test]
    public async Task A_form_for_something_sold_out_says_so()
    {
        await using var api = await RunningService.ApiAsync();
        await using var web = await RunningService.WebAsync(api.Address);

        var page = await OrderAsync(web, "anniversary-roast", "Ada", "1");

        Assert.That(page.Status, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(page.Text, Does.Contain("Too few left of: anniversary-roast."));
    }

    [Test]
    public async Task Without_the_api_every_page_says_so_but_web_stays_healthy()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var web = await RunningService.WebAsync(new Uri($"http://{closed.LocalEndPoint}"));

        var home = await HtmlPage.ReadAsync(await web.Http.GetAsync("/"));
        var form = await OrderAsync(web, "espresso-cup", "Ada", "1");
        using var products = await web.Http.GetAsync("/products");
        using var order = await web.Http.PostAsJsonAsync("/orders", new NewOrder("Ada", []));
        using var health = await web.Http.GetAsync("/health");

        Assert.That(home.Text, Does.Contain("The api is not reachable"));
        Assert.That(new[] { home.Status, form.Status, products.StatusCode, order.StatusCode }, Is.All.EqualTo(HttpStatusCode.BadGateway));
        Assert.That((string?)(await products.Content.ReadFromJsonAsync<JsonObject>())!["detail"], Does.StartWith("The api is not reachable"));
        Assert.That(health.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [TestCase(500, "[]", "it answered 500 to GET /")]
    [TestCase(200, "<html/>", "its answer is not readable")]
    [TestCase(200, "null", "its answer is empty")]
    public async Task An_api_that_answers_nonsense_counts_as_not_reachable(int status, string body, string reason)
    {
        await using var api = await RunningService.OtherAsync(app => app.MapGet("/{path}", () => Results.Text(body, statusCode: status)));
        await using var web = await RunningService.WebAsync(api.Address);

        var page = await HtmlPage.ReadAsync(await web.Http.GetAsync("/"));

        Assert.That(page.Status, Is.EqualTo(HttpStatusCode.BadGateway));
        Assert.That(page.Text, Does.Contain(reason));
    }

    [Test]
    public async Task Web_says_its_own_version()
    {
        await using var web = await RunningService.WebAsync(new Uri("http://127.0.0.1:1"), "--SERVICE_VERSION=1.4.0");

        Assert.That((await web.Http.GetFromJsonAsync<VersionInfo>("/version"))!.Version, Is.EqualTo("1.4.0"));
    }

    [TestCase("--API_URL=")]
    [TestCase("--API_URL=api:8080")]
    public void Without_the_apis_address_web_does_not_start(string setting) => Assert.That(
        () => Storefront.Web.Program.Build([setting]),
        Throws.InvalidOperationException.With.Message.StartsWith("API_URL must be the api's http address"));

    private static async Task<HtmlPage> OrderAsync(RunningService web, string product, string customer, string quantity)
    {
        using var form = new FormUrlEncodedContent([new("product", product), new("customer", customer), new("quantity", quantity)]);
        return await HtmlPage.ReadAsync(await web.Http.PostAsync("/orders", form));
    }
}
