using System.Diagnostics;

namespace Pipeline.Performance;

/// <summary>One request: when it was due, when it was answered (both since the load began), and by which version; <c>null</c>: it failed.</summary>
internal readonly record struct Answer(TimeSpan Due, TimeSpan At, string? Version);

/// <summary>GET requests at a constant rate, each at its time whatever became of the ones before.</summary>
internal sealed class ConstantLoad(Uri url, int requests, int perSecond, Func<string, string?> version)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 256 }) { Timeout = TimeSpan.FromSeconds(30) };
    private readonly Answer[] _answers = new Answer[requests];

    /// <summary>Since it began.</summary>
    public Stopwatch Watch { get; } = new();

    /// <summary>What failed first, for people.</summary>
    public string? FirstFailure { get; private set; }

    public async Task<IReadOnlyList<Answer>> Run()
    {
        Watch.Start();
        var pending = new Task[requests];
        for (var i = 0; i < requests; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / perSecond);
            while (due - Watch.Elapsed is var early && early > TimeSpan.Zero)
            {
                await Task.Delay(early > TimeSpan.FromMilliseconds(1) ? early : TimeSpan.FromMilliseconds(1));
            }

            pending[i] = One(i, due);
        }

        await Task.WhenAll(pending);
        return _answers;
    }

    private async Task One(int i, TimeSpan due)
    {
        string? answered = null;
        try
        {
            using var response = await Http.GetAsync(url);
            var text = await response.Content.ReadAsStringAsync();
            answered = response.IsSuccessStatusCode ? version(text) : null;
            FirstFailure ??= answered is null ? $"{(int)response.StatusCode} {text}" : null;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            FirstFailure ??= e.Message;
        }

        _answers[i] = new Answer(due, Watch.Elapsed, answered);
    }
}
