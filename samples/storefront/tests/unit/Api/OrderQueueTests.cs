using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using Amazon.SQS;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Storefront.Api.Orders;
using Storefront.Shared;

namespace Storefront.Tests.Api;

public sealed class OrderQueueTests
{
    private static readonly Order Order = new(Guid.CreateVersion7(), "Ada", [new("espresso-cup", 1)], 1250, DateTimeOffset.UnixEpoch);

    [Test]
    public async Task An_order_goes_to_the_queue_as_json()
    {
        JsonObject? received = null;
        await using var sqs = await RunningService.OtherAsync(app => app.MapPost("/{**path}", async (HttpContext context) =>
        {
            received = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
            return Results.Json(new { MessageId = "1", MD5OfMessageBody = Md5((string)received["MessageBody"]!) });
        }));
        using var queue = Queue(sqs.Address, "http://queues/storefront-orders");

        var sent = await queue.AnnounceAsync(Order);

        Assert.That(sent, Is.True);
        Assert.That((string?)received!["QueueUrl"], Is.EqualTo("http://queues/storefront-orders"));
        Assert.That(JsonSerializer.Deserialize<Order>((string)received["MessageBody"]!, JsonSerializerOptions.Web)!.Id, Is.EqualTo(Order.Id));
    }

    [Test]
    public async Task A_queue_that_fails_costs_the_message_only()
    {
        await using var sqs = await RunningService.OtherAsync(app => app.MapPost("/{**path}", () => Results.StatusCode(500)));
        using var queue = Queue(sqs.Address, "http://queues/storefront-orders");

        Assert.That(await queue.AnnounceAsync(Order), Is.False);
    }

    [Test]
    public async Task Without_a_queue_nothing_is_sent()
    {
        using var queue = Queue(new Uri("http://127.0.0.1:1"), null);

        Assert.That(await queue.AnnounceAsync(Order), Is.False);
        Assert.That(queue.Description, Is.EqualTo("none: QUEUE_URL is not set"));
    }

    private static OrderQueue Queue(Uri sqs, string? url) => new(
        new ConfigurationBuilder().AddInMemoryCollection([new("QUEUE_URL", url)]).Build(),
        NullLogger<OrderQueue>.Instance,
        () => new AmazonSQSClient(
            new BasicAWSCredentials("key", "secret"),
            new AmazonSQSConfig { ServiceURL = sqs.ToString(), AuthenticationRegion = "eu-central-1", MaxErrorRetry = 0 }));

    // The wire's own checksum, nothing that protects a secret.
#pragma warning disable CA5351
    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351
}
