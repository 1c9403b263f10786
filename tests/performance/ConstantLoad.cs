using Pipeline.Checks.Load;

namespace Pipeline.Performance;

/// <summary>One request: when it was due, when it was answered (both since the load began), and by which version; <c>null</c>: it failed.</summary>
internal readonly record struct Answer(TimeSpan Due, TimeSpan At, string? Version);

/// <summary>GET requests at a constant rate, of each the version that answered.</summary>
internal sealed class ConstantLoad(Uri url, int requests, int perSecond, Func<string, string?> version)
{
    private const int Users = 1000;
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 256 }) { Timeout = TimeSpan.FromSeconds(30) };
    private readonly Answer[] _answers = new Answer[requests];
    private readonly ConstantRate _pace = new(perSecond, Users);

    /// <summary>Since it began.</summary>
    public TimeSpan Elapsed => _pace.Elapsed;

    /// <summary>What failed first, for people.</summary>
    public string? FirstFailure { get; private set; }

    public async Task<IReadOnlyList<Answer>> Run()
    {
        await _pace.Run(requests, One, CancellationToken.None);
        return _answers;
    }

    private async Task One(Due due)
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

        _answers[due.Number] = new Answer(due.At, Elapsed, answered);
    }
}
