using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.Ecs.Containers;

/// <summary>The engine refused; the message is its own.</summary>
internal sealed class EngineRefusal(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}

/// <summary>A Docker engine's HTTP API on its Unix socket, in the version of 2019 that every engine in use speaks.</summary>
/// <param name="socket">its path</param>
internal sealed class DockerApi(string socket) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancel) =>
        {
            var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancel);
                return new NetworkStream(connection, ownsSocket: true);
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        },
    })
    {
        BaseAddress = new Uri("http://docker/v1.40/"),
        // Following a log takes as long as the container lives.
        Timeout = System.Threading.Timeout.InfiniteTimeSpan,
    };

    public string Socket => socket;

    /// <summary>Asks, and reads the answer.</summary>
    /// <exception cref="EngineRefusal">the engine's answer is an error</exception>
    /// <exception cref="HttpRequestException">no engine answers</exception>
    public async Task<JsonNode?> Ask(HttpMethod method, string path, JsonNode? body, CancellationToken cancel)
    {
        using var response = await Send(method, path, body, null, cancel);
        var text = await response.Content.ReadAsStringAsync(cancel);
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    /// <summary>The same, with the answer as it comes.</summary>
    /// <param name="login">for the registry, as the engine wants it</param>
    public async Task<HttpResponseMessage> Send(HttpMethod method, string path, JsonNode? body, string? login, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        if (login is not null)
        {
            request.Headers.Add("X-Registry-Auth", login);
        }

        var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw new EngineRefusal((int)response.StatusCode, Message(await response.Content.ReadAsStringAsync(cancel)));
        }
    }

    public void Dispose() => _client.Dispose();

    private static string Message(string text)
    {
        try
        {
            return (string?)JsonNode.Parse(text)?["message"] ?? text;
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
