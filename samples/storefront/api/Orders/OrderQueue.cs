using System.Text.Json;
using Amazon.SQS;
using Amazon.SQS.Model;
using Storefront.Shared;

namespace Storefront.Api.Orders;

/// <summary>Tells the rest of the company about an order that is already stored.</summary>
internal sealed class OrderQueue(IConfiguration settings, ILogger<OrderQueue> log, Func<IAmazonSQS>? connect = null) : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(3);

    private readonly string? url = string.IsNullOrWhiteSpace(settings["QUEUE_URL"]) ? null : settings["QUEUE_URL"];

    // Made on first use: without a region or credentials the client fails, and that must cost a message, not the service.
    private readonly Lazy<IAmazonSQS> client = new(connect ?? (() => new AmazonSQSClient(new AmazonSQSConfig { Timeout = Deadline, MaxErrorRetry = 1 })));

    public string Description => url is null ? "none: QUEUE_URL is not set" : $"sqs: {url}";

    /// <summary>Never fails: the order counts, the message is a courtesy. False when there was none, or none got through.</summary>
    public async Task<bool> AnnounceAsync(Order order)
    {
        if (url is null)
        {
            return false;
        }

        try
        {
            // The customer who hangs up now has ordered all the same: not the request's token.
            using var deadline = new CancellationTokenSource(Deadline);
            var message = new SendMessageRequest(url, JsonSerializer.Serialize(order, JsonSerializerOptions.Web));
            await Task.Run(() => client.Value.SendMessageAsync(message, deadline.Token), deadline.Token).WaitAsync(deadline.Token);
            return true;
        }
        catch (Exception failure)
        {
            log.LogWarning("Order {Order} is stored but not announced on {Queue}: {Reason}", order.Id, url, failure.GetBaseException().Message);
            return false;
        }
    }

    public void Dispose()
    {
        if (client.IsValueCreated)
        {
            client.Value.Dispose();
        }
    }
}
