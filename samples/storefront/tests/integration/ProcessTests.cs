using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Storefront.Shared;

namespace Storefront.Tests;

/// <summary>What only services of our own can be put through; nothing here touches a deployed system.</summary>
public sealed class ProcessTests
{
    [OneTimeSetUp]
    public void NotWhenDeployed() => Deployment.NeedsServicesOfItsOwn();

    [Test]
    public async Task Web_says_so_when_the_api_has_gone()
    {
        await using var api = await ServiceProcess.ApiAsync();
        await using var web = await ServiceProcess.WebAsync(api.Address);
        await api.KillAsync();

        using var page = await web.Http.GetAsync("/");
        using var health = await web.Http.GetAsync("/health");

        Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.BadGateway));
        Assert.That(await page.Content.ReadAsStringAsync(), Does.Contain("The api is not reachable"));
        Assert.That(health.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task A_request_in_flight_is_finished_before_the_process_ends()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Ignore("Windows has no SIGTERM.");
        }

        var asked = new TaskCompletionSource();
        var release = new TaskCompletionSource();
        await using var slowApi = await ServeAsync(app => app.MapGet("/products", async () =>
        {
            asked.TrySetResult();
            await release.Task;
            return Array.Empty<Product>();
        }));
        await using var web = await ServiceProcess.WebAsync(new Uri(slowApi.Urls.Single()));

        var inFlight = web.Http.GetAsync("/products");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        web.Terminate();
        await web.SaysAsync("Application is shutting down");
        release.SetResult();

        using var answer = await inFlight;
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await web.ExitAsync(), Is.Zero);
    }

    [Test]
    public async Task An_order_is_announced_on_the_queue_of_the_endpoint_that_the_environment_names()
    {
        var received = new TaskCompletionSource<JsonObject>();
        await using var sqs = await ServeAsync(app => app.MapPost("/{**path}", async (HttpContext context) =>
        {
            var message = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
            received.TrySetResult(message);
            return Results.Json(new { MessageId = "1", MD5OfMessageBody = Md5((string)message["MessageBody"]!) });
        }));
        await using var api = await ServiceProcess.ApiAsync(
            ("QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/123456789012/storefront-orders"),
            ("AWS_ENDPOINT_URL", sqs.Urls.Single()),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"));

        using var answer = await api.Http.PostAsJsonAsync("/orders", new NewOrder("Ada", [new("pour-over", 1)]));

        var placed = await answer.Content.ReadFromJsonAsync<Order>();
        var announced = await received.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.That((string?)announced["QueueUrl"], Does.EndWith("/storefront-orders"));
        Assert.That((string?)announced["MessageBody"], Does.Contain(placed!.Id.ToString()));
    }

    private static async Task<WebApplication> ServeAsync(Action<WebApplication> endpoints)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        endpoints(app);
        await app.StartAsync();
        return app;
    }

    // The wire's own checksum, nothing that protects a secret.
#pragma warning disable CA5351
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
}
