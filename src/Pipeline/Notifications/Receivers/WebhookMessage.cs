using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Pipeline.Processes;

namespace Pipeline.Notifications.Receivers;

/// <summary>A notice as a program reads it. Its keys are stable (docs/notifications.md); new ones may be added.</summary>
internal static class WebhookMessage
{
    public const string TimestampHeader = "X-Pipeline-Timestamp";
    public const string SignatureHeader = "X-Pipeline-Signature";
    private const int Version = 1;

    public static JsonObject Of(Notice notice) => new()
    {
        ["version"] = Version,
        ["id"] = notice.Id,
        ["test"] = notice.IsTest,
        ["cause"] = notice.Cause.Word(),
        ["system"] = notice.System,
        ["environment"] = notice.Environment,
        ["release"] = notice.About,
        ["incident"] = notice.Incident,
        ["at"] = Time(notice.At),
        ["headline"] = notice.Headline,
        ["services"] = new JsonArray([.. notice.Services.Select(s => new JsonObject { ["name"] = s.Service, ["from"] = s.From, ["to"] = s.To })]),
        ["commit"] = notice.Commit,
        ["subject"] = notice.Subject,
        ["by"] = notice.By,
        ["reason"] = notice.Reason,
        ["why"] = Texts(notice.Why),
        ["state"] = notice.State,
        ["who"] = Texts(notice.Who),
        ["until"] = notice.Until is { } until ? Time(until) : null,
        ["next"] = notice.Next,
        ["links"] = new JsonArray([.. notice.Links.Select(l => new JsonObject { ["name"] = l.Name, ["url"] = l.Url.AbsoluteUri })]),
    };

    /// <summary>What proves that a body is ours and when it was sent: <c>v1=</c> and HMAC-SHA256 over <c>TIMESTAMP.BODY</c>, in hex.</summary>
    /// <param name="timestamp">seconds since 1970, as the header says it</param>
    public static string Signature(Secret key, string timestamp, byte[] body)
    {
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{timestamp}."), .. body];
        return $"v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key.Reveal()), signed))}";
    }

    private static JsonArray Texts(IReadOnlyList<string> texts) => new([.. texts.Select(t => JsonValue.Create(t))]);

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
