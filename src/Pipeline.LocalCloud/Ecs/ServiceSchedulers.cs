using System.Collections.Concurrent;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>The schedulers of all services, each running by itself.</summary>
internal sealed class ServiceSchedulers(Func<string, ServiceScheduler> create) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, (ServiceScheduler Scheduler, Task Running)> _running = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();

    public ServiceScheduler? Find(string service) => _running.TryGetValue(service, out var found) && !found.Running.IsCompleted ? found.Scheduler : null;

    public ServiceScheduler Get(string service) => Find(service) ?? Start(service);

    public ServiceScheduler Start(string service)
    {
        lock (_lock)
        {
            if (Find(service) is { } running)
            {
                return running;
            }

            var scheduler = create(service);
            _running[service] = (scheduler, Task.Run(() => scheduler.Run(_stopping.Token)));
            return scheduler;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running.Values.Select(r => r.Running));
        _stopping.Dispose();
    }
}
