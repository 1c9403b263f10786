using System.Collections.Concurrent;

namespace Pipeline.Tests.EndToEnd;

/// <summary>Somebody uses the service all the time: a loop of requests, one after another, until it is stopped (ten minutes at most).</summary>
internal sealed class Traffic : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new(TimeSpan.FromMinutes(10));
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };
    private readonly Task _loop;
    private int _answered;

    private Traffic(Uri url) => _loop = Task.Run(() => Ask(url));

    public int Answered => _answered;

    public ConcurrentQueue<string> Failures { get; } = new();

    public static Traffic Against(Uri url) => new(url);

    public async Task Stop()
    {
        await _stop.CancelAsync();
        await _loop;
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task Ask(Uri url)
    {
        // A hundred requests a second: more would only take the processor from the release under test.
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!_stop.IsCancellationRequested)
        {
            await pace.WaitForNextTickAsync();
            try
            {
                using var response = await _http.GetAsync(url);
                if (response.IsSuccessStatusCode)
                {
                    Interlocked.Increment(ref _answered);
                }
                else
                {
                    Failures.Enqueue($"{DateTime.UtcNow:HH:mm:ss.fff} {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                Failures.Enqueue($"{DateTime.UtcNow:HH:mm:ss.fff} {e.Message}");
            }
        }
    }
}
