using System.Collections.Concurrent;

namespace Pipeline.LocalCloud.Rds;

/// <summary>What goes on after its call was answered. It ends with the cloud; who began it takes it up again at the next start.</summary>
internal sealed class RoomWork : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Task> _running = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();

    /// <param name="work">notes its own failure; only the end of the cloud ends it otherwise</param>
    public void Start(string name, Func<CancellationToken, Task> work) => _running[name] = Task.Run(() => Unstopped(work));

    /// <summary>Ends when the work of that name has ended, at once where there is none.</summary>
    public Task End(string name, CancellationToken cancel) => _running.TryGetValue(name, out var task) ? task.WaitAsync(cancel) : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running.Values);
    }

    private async Task Unstopped(Func<CancellationToken, Task> work)
    {
        try
        {
            await work(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The cloud stops.
        }
    }
}
