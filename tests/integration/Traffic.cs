using System.Collections.Concurrent;

namespace Pipeline.Tests;

/// <summary>Somebody uses a service all the time, until it is stopped (ten minutes at most): what was answered, and what was not.</summary>
internal sealed class Traffic : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new(TimeSpan.FromMinutes(10));
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };
    private readonly Task _asking;

    private Traffic(Uri url, int askers) => _asking = Task.WhenAll(Enumerable.Range(0, askers).Select(_ => Task.Run(() => Ask(url))));

    /// <summary>Answer → how often it came.</summary>
    public ConcurrentDictionary<string, int> Answered { get; } = new();

    public ConcurrentQueue<string> Failures { get; } = new();

    /// <summary>One asks a hundred times a second at most: more would only take the processor from the release under test.</summary>
    public static Traffic Against(Uri url) => new(url, 1);

    /// <summary>Four ask for a service's version at once.</summary>
    public static Traffic ForVersions(int port) => new(new Uri($"http://127.0.0.1:{port}/version"), 4);

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
