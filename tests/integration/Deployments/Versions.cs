using System.Collections.Concurrent;

namespace Pipeline.Tests.Deployments;

/// <summary>Somebody asks a service for its version all the time, four at once: what was answered, and what was not.</summary>
internal sealed class Versions : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new(TimeSpan.FromMinutes(5));
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };
    private readonly Task _asking;

    private Versions(int port) => _asking = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Ask(new Uri($"http://127.0.0.1:{port}/version")))));

    /// <summary>Version → how many requests it answered.</summary>
    public ConcurrentDictionary<string, int> Answered { get; } = new();

    public ConcurrentQueue<string> Failures { get; } = new();

    public static Versions Of(int port) => new(port);

    public async Task Stop()
    {
        await _stop.CancelAsync();
        await _asking;
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task Ask(Uri url)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!_stop.IsCancellationRequested)
        {
            await pace.WaitForNextTickAsync();
            try
            {
                using var response = await _http.GetAsync(url);
                var text = await response.Content.ReadAsStringAsync();
                if (response.IsSuccessStatusCode)
                {
                    Answered.AddOrUpdate(text, 1, (_, count) => count + 1);
                }
                else
                {
                    Failures.Enqueue($"{DateTime.UtcNow:HH:mm:ss.fff} {(int)response.StatusCode} {text}");
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                Failures.Enqueue($"{DateTime.UtcNow:HH:mm:ss.fff} {e.Message}");
            }
        }
    }
}
