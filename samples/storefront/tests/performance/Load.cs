using System.Collections.Concurrent;
using System.Diagnostics;

namespace Storefront.Tests.Performance;

/// <summary>Requests at a constant rate: each starts when it is due, whether the ones before it were answered or not, and its time counts from then.</summary>
internal static class Load
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.FromSeconds(2) }) { Timeout = TimeSpan.FromSeconds(10) };

    /// <returns>the times of all requests in order, shortest first, and how many failed</returns>
    public static async Task<(IReadOnlyList<TimeSpan> Times, int Failed)> Run(Uri url, int perSecond, TimeSpan duration)
    {
        var times = new ConcurrentBag<TimeSpan>();
        var failed = 0;
        var requests = new List<Task>();
        var watch = Stopwatch.StartNew();
        var count = (int)(perSecond * duration.TotalSeconds);
        for (var i = 0; i < count; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / perSecond);
            if (due > watch.Elapsed)
            {
                await Task.Delay(due - watch.Elapsed);
            }

            requests.Add(One(due));
        }

        await Task.WhenAll(requests);
        return ([.. times.Order()], failed);

        async Task One(TimeSpan due)
        {
            try
            {
                using var answer = await Http.GetAsync(url);
                await answer.Content.ReadAsByteArrayAsync();
                if (!answer.IsSuccessStatusCode)
                {
                    Interlocked.Increment(ref failed);
                }
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
            {
                Interlocked.Increment(ref failed);
            }

            times.Add(watch.Elapsed - due);
        }
    }
}
