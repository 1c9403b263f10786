using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Pipeline.Processes;

namespace Pipeline.Notifications.Receivers;

/// <summary>Posts JSON. Redirects are not followed: the address is a secret, and what is posted is for its owner.</summary>
/// <param name="mask">over what a receiver answers</param>
/// <param name="time">dates signatures, and reads when a receiver wants to be asked again</param>
internal sealed class HttpSender(SecretMask mask, TimeProvider time)
{
    private const int Shown = 200;
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>One attempt.</summary>
    /// <param name="url">https, or http on this machine</param>
    /// <param name="key">signs it; <c>null</c>: it is not signed</param>
    public async Task<Attempt> Post(Secret url, JsonObject message, Secret? key, CancellationToken cancel)
    {
        if (!Uri.TryCreate(url.Reveal(), UriKind.Absolute, out var address) || !(address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)))
        {
            return Attempt.Never("its address must begin with https:// (http:// only on this machine)");
        }

        var body = Encoding.UTF8.GetBytes(message.ToJsonString());
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.UserAgent.ParseAdd("pipeline");
        if (key is not null)
        {
            var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            request.Headers.Add(WebhookMessage.TimestampHeader, timestamp);
            request.Headers.Add(WebhookMessage.SignatureHeader, WebhookMessage.Signature(key, timestamp, body));
        }

        using var answer = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        var status = (int)answer.StatusCode;
        if (answer.IsSuccessStatusCode)
        {
            return Attempt.Taken;
        }

        if (status is >= 300 and < 400)
        {
            return Attempt.Never($"it answered {status}: redirects are not followed, give the final address");
        }

        var why = $"it answered {status}{await Words(answer, cancel).ConfigureAwait(false)}";
        return status is 408 or 429 or >= 500 ? Attempt.Later(why) with { After = After(answer) } : Attempt.Never(why);
    }

    private TimeSpan? After(HttpResponseMessage answer) => answer.Headers.RetryAfter switch
    {
        { Delta: { } wait } => wait,
        { Date: { } date } when date > time.GetUtcNow() => date - time.GetUtcNow(),
        _ => null,
    };

    /// <summary>The beginning of what it says, as one line that is safe to show.</summary>
    private async Task<string> Words(HttpResponseMessage answer, CancellationToken cancel)
    {
        var buffer = new byte[Limits.Answer];
        var stream = await answer.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        await using var _ = stream.ConfigureAwait(false);
        var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel).ConfigureAwait(false);
        var text = Encoding.UTF8.GetString(buffer, 0, read);
        // Where it was cut, half of a secret would not be recognised.
        var whole = read < buffer.Length ? text : text[..Math.Max(0, text.Length - mask.Longest)];
        var line = TerminalText.Echo(mask.Apply(whole).ReplaceLineEndings(" ")).Trim();
        return line.Length == 0 ? "" : $": {(line.Length <= Shown ? line : $"{line[..Shown]}…")}";
    }
}
