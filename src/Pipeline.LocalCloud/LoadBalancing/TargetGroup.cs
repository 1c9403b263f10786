using System.Collections.Concurrent;
using System.Globalization;

namespace Pipeline.LocalCloud.LoadBalancing;

/// <summary>A target group while the cloud runs: its targets, whose turn it is, what it has answered.</summary>
internal sealed class TargetGroup(Func<TargetGroupRecord> record, HealthChecker checker, TimeProvider clock) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Registration> _targets = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Target, byte> _draining = new();
    private int _turn;

    public TargetGroupRecord Record => record();

    public TargetGroupMetrics Metrics { get; } = new(clock);

    public IReadOnlyList<Target> Targets => [.. _targets.Values.Select(r => r.Target), .. _draining.Keys];

    public Target? Find(TargetAddress address) => _targets.GetValueOrDefault(address.Key)?.Target;

    public Target Register(TargetAddress address)
    {
        var added = new Registration(new Target(address, clock.GetUtcNow()), new CancellationTokenSource());
        var registration = _targets.GetOrAdd(address.Key, added);
        if (registration == added)
        {
            added.Checks = checker.Watch(added.Target, record, added.Stop.Token);
        }
        else
        {
            added.Stop.Dispose();
        }

        return registration.Target;
    }

    /// <summary>Gives the target no new request and waits until it has answered those it has, at most the group's deregistration delay.</summary>
    public async Task Deregister(TargetAddress address, CancellationToken cancel)
    {
        if (!_targets.TryGetValue(address.Key, out var registration))
        {
            return;
        }

        _draining[registration.Target] = 0;
        registration.Target.Drain();
        _targets.TryRemove(address.Key, out _);
        try
        {
            await registration.End();
            var delay = double.Parse(Record.Attributes.GetValueOrDefault("deregistration_delay.timeout_seconds", "300"), CultureInfo.InvariantCulture);
            // Not scaled: requests take as long here as on AWS. A target without requests is gone at once.
            await registration.Target.Idle.WaitAsync(TimeSpan.FromSeconds(delay), clock, cancel);
        }
        catch (TimeoutException)
        {
            // The delay is over: what is still open is cut with the target.
        }
        finally
        {
            _draining.TryRemove(registration.Target, out _);
        }
    }

    /// <summary>
    /// The target of the next request, taken in turn from the healthy ones. With none healthy the load balancer fails open and asks the
    /// unhealthy ones; targets that were not checked yet get nothing. The caller ends what it was given with <see cref="Target.End"/>.
    /// </summary>
    public Target? Take(IReadOnlyCollection<Target> without)
    {
        while (true)
        {
            var usable = _targets.Values.Select(r => r.Target).Where(t => !without.Contains(t)).ToList();
            var candidates = usable.FindAll(t => t.State == TargetState.Healthy);
            candidates = candidates.Count > 0 ? candidates : usable.FindAll(t => t.State == TargetState.Unhealthy);
            if (candidates.Count == 0)
            {
                return null;
            }

            var target = candidates[(int)((uint)Interlocked.Increment(ref _turn) % candidates.Count)];
            if (target.TryBegin())
            {
                return target;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var registration in _targets.Values)
        {
            registration.Target.Drain();
            await registration.End();
        }
    }

    private sealed class Registration(Target target, CancellationTokenSource stop)
    {
        public Target Target { get; } = target;

        public CancellationTokenSource Stop { get; } = stop;

        public Task Checks { get; set; } = Task.CompletedTask;

        public async Task End()
        {
            await Stop.CancelAsync();
            await Checks;
        }
    }
}
