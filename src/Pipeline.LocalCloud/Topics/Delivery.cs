using System.Globalization;
using System.Net.Mime;
using System.Text;
using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.Topics;

/// <summary>Brings notifications to queues of this cloud and to web endpoints of this machine.</summary>
/// <param name="enqueue">puts a text into the queue with an ARN; answers whether there is one</param>
/// <param name="endpoint">of the cloud, for the addresses that subscribers may call</param>
internal sealed class Delivery(Func<string, string, IReadOnlyDictionary<string, (string Type, string Value)>, bool> enqueue, string endpoint) : IDisposable
{
    public const string ConfirmPath = "/_sns/confirm";

    private const int Attempts = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = TimeSpan.FromSeconds(15) };
    private readonly CancellationTokenSource _closing = new();

    /// <exception cref="Protocols.AwsException">the protocol does not exist here, or the endpoint does not fit it</exception>
    public static void Check(string protocol, string endpoint)
    {
        var fits = protocol switch
        {
            "sqs" => endpoint.StartsWith("arn:aws:sqs:", StringComparison.Ordinal),
            "http" or "https" => Uri.TryCreate(endpoint, UriKind.Absolute, out var address) && address.Scheme == protocol,
            "email" or "email-json" => endpoint.Contains('@', StringComparison.Ordinal),
            "sms" => endpoint.Length > 0,
            _ => throw TopicStore.Invalid($"Invalid parameter: Protocol: '{protocol}' is not supported by the embedded cloud"),
        };
        if (!fits)
        {
            throw TopicStore.Invalid($"Invalid parameter: {protocol} endpoint {endpoint}");
        }
    }

    /// <summary>A web endpoint of this machine is asked really; mail and text messages leave no machine, so theirs stay pending.</summary>
    public void AskToConfirm(Subscription subscription, DateTimeOffset now)
    {
        var body = new JsonObject
        {
            ["Type"] = "SubscriptionConfirmation",
            ["MessageId"] = Guid.NewGuid().ToString(),
            ["Token"] = subscription.Token,
            ["TopicArn"] = subscription.TopicArn,
            ["Message"] = $"You have chosen to subscribe to the topic {subscription.TopicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.",
            ["SubscribeURL"] = $"{endpoint}{ConfirmPath}?TopicArn={Uri.EscapeDataString(subscription.TopicArn)}&Token={subscription.Token}",
            ["Timestamp"] = Text(now),
            ["SignatureVersion"] = "1",
        };
        Post(subscription, body.ToJsonString(), "SubscriptionConfirmation");
    }

    public void Send(Notification notification, IReadOnlyList<Subscription> subscriptions)
    {
        foreach (var subscription in subscriptions)
        {
            var body = subscription.IsRaw ? notification.Message : Envelope(notification).ToJsonString();
            if (subscription.Protocol == "sqs")
            {
                enqueue(subscription.Endpoint, body, subscription.IsRaw ? notification.Attributes : new Dictionary<string, (string, string)>());
            }
            else
            {
                Post(subscription, body, "Notification");
            }
        }
    }

    public void Dispose()
    {
        // Not disposed: deliveries that are under way still look at it.
        _closing.Cancel();
        _http.Dispose();
    }

    private static JsonObject Envelope(Notification notification)
    {
        var envelope = new JsonObject
        {
            ["Type"] = "Notification",
            ["MessageId"] = notification.Id,
            ["TopicArn"] = notification.TopicArn,
        };
        if (notification.Subject is not null)
        {
            envelope["Subject"] = notification.Subject;
        }

        envelope["Message"] = notification.Message;
        envelope["Timestamp"] = Text(notification.Time);
        envelope["SignatureVersion"] = "1";
        if (notification.Attributes.Count > 0)
        {
            envelope["MessageAttributes"] = new JsonObject(notification.Attributes.Select(attribute =>
                KeyValuePair.Create(attribute.Key, (JsonNode?)new JsonObject { ["Type"] = attribute.Value.Type, ["Value"] = attribute.Value.Value })));
        }

        return envelope;
    }

    /// <summary>Nothing leaves this machine: an endpoint elsewhere gets nothing.</summary>
    private void Post(Subscription subscription, string body, string type)
    {
        if (subscription.Protocol is "http" or "https" && new Uri(subscription.Endpoint) is { IsLoopback: true } address)
        {
            _ = Task.Run(() => Deliver(subscription, address, body, type));
        }
    }

    private async Task Deliver(Subscription subscription, Uri address, string body, string type)
    {
        for (var attempt = 1; attempt <= Attempts && !_closing.IsCancellationRequested; attempt++)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(body, Encoding.UTF8, MediaTypeNames.Text.Plain) };
                request.Headers.Add("x-amz-sns-message-type", type);
                request.Headers.Add("x-amz-sns-topic-arn", subscription.TopicArn);
                request.Headers.Add("x-amz-sns-subscription-arn", subscription.Arn);
                using var answer = await _http.SendAsync(request, _closing.Token);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or ObjectDisposedException)
            {
            }

            await Task.Delay(Pause, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
