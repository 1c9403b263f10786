using System.Collections.Concurrent;
using System.Net;
using Pipeline.LocalCloud.State;
using Yarp.ReverseProxy.Forwarder;

namespace Pipeline.LocalCloud.LoadBalancing;

/// <summary>The data plane of all load balancers: which groups have which targets, and the listeners that serve them.</summary>
internal sealed class Balancer : IAsyncDisposable
{
    private static readonly TimeSpan RetryPort = TimeSpan.FromSeconds(1);
    private readonly TimeProvider _clock;
    private readonly Lock _ruleLock = new();
    private int _closed;
    private readonly HealthChecker _checker;
    private readonly ServiceProvider _forwarding = new ServiceCollection().AddLogging().AddHttpForwarder().BuildServiceProvider();
    private readonly HttpMessageInvoker _connections = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        ActivityHeadersPropagator = null,
    });

    private readonly ConcurrentDictionary<string, TargetGroup> _groups = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ListenerHost> _listeners = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IReadOnlyList<RuleRecord>> _rules = new(StringComparer.Ordinal);

    /// <param name="timeScale">how many times faster than AWS intervals run</param>
    public Balancer(Database database, TimeProvider clock, double timeScale, TimeSpan? startAllowance = null)
    {
        _clock = clock;
        _checker = new HealthChecker(clock, timeScale, startAllowance ?? TimeSpan.FromSeconds(10));
        LoadBalancers = database.Table<LoadBalancerRecord>("elb/balancers");
        TargetGroups = database.Table<TargetGroupRecord>("elb/groups");
        Listeners = database.Table<ListenerRecord>("elb/listeners");
        Rules = database.Table<RuleRecord>("elb/rules");
        foreach (var group in TargetGroups.All)
        {
            foreach (var target in group.Targets)
            {
                Group(group.Arn)!.Register(target);
            }
        }
    }

    public Table<LoadBalancerRecord> LoadBalancers { get; }

    public Table<TargetGroupRecord> TargetGroups { get; }

    public Table<ListenerRecord> Listeners { get; }

    public Table<RuleRecord> Rules { get; }

    public TargetGroup? Group(string arn) => TargetGroups.Find(arn) is not { } last
        ? null
        : _groups.GetOrAdd(arn, _ => new TargetGroup(() => TargetGroups.Find(arn) ?? last, _checker, _clock));

    public async Task RemoveGroup(string arn)
    {
        TargetGroups.Remove(arn);
        if (_groups.TryRemove(arn, out var group))
        {
            await group.DisposeAsync();
        }
    }

    /// <summary>Serves until the cloud stops.</summary>
    public async Task Run(CancellationToken cancel)
    {
        try
        {
            await OpenKnown(cancel);
            await Task.Delay(Timeout.Infinite, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await DisposeAsync();
        }
    }

    /// <summary>Opens the listeners known from before; one whose port is taken meanwhile is tried again until it is free.</summary>
    private async Task OpenKnown(CancellationToken cancel)
    {
        var closed = Listeners.All.ToList();
        while (closed.Count > 0)
        {
            foreach (var listener in closed.Where(l => !_listeners.ContainsKey(l.Arn)))
            {
                try
                {
                    await Open(listener, cancel);
                }
                catch (IOException)
                {
                }
            }

            closed = [.. Listeners.All.Where(l => !_listeners.ContainsKey(l.Arn))];
            if (closed.Count > 0)
            {
                await Task.Delay(RetryPort, _clock, cancel);
            }
        }
    }

    /// <exception cref="IOException">the port is taken</exception>
    public async Task Open(ListenerRecord listener, CancellationToken cancel)
    {
        RulesChanged(listener.Arn);
        var router = new Router(_forwarding.GetRequiredService<IHttpForwarder>(), _connections, () => Listeners.Find(listener.Arn) ?? listener, () => _rules.GetValueOrDefault(listener.Arn, []), Group);
        var host = await ListenerHost.Start(listener.Port, router.Answer, cancel);
        _listeners[listener.Arn] = host;
        Listeners.Put(listener.Arn, listener);
    }

    public async Task Close(string listenerArn)
    {
        foreach (var rule in Rules.All.Where(r => r.ListenerArn == listenerArn))
        {
            Rules.Remove(rule.Arn);
        }

        Listeners.Remove(listenerArn);
        _rules.TryRemove(listenerArn, out _);
        if (_listeners.TryRemove(listenerArn, out var host))
        {
            await host.DisposeAsync();
        }
    }

    /// <summary>Requests read a sorted copy of the rules; it is made anew when one changes.</summary>
    public void RulesChanged(string listenerArn)
    {
        // Of two changes at once the later copy has both.
        lock (_ruleLock)
        {
            _rules[listenerArn] = [.. Rules.All.Where(r => r.ListenerArn == listenerArn).OrderBy(r => r.Priority)];
        }
    }

    /// <summary>Changes a rule for the next request, one change after the other; <c>null</c>: there is no such rule.</summary>
    public RuleRecord? ChangeRule(string arn, Func<RuleRecord, RuleRecord> change)
    {
        lock (_ruleLock)
        {
            if (Rules.Find(arn) is not { } found)
            {
                return null;
            }

            var changed = change(found);
            Rules.Put(arn, changed);
            RulesChanged(changed.ListenerArn);
            return changed;
        }
    }

    /// <summary>Whether any listener forwards to the group: without one its targets are unused.</summary>
    public bool IsUsed(string groupArn) => LoadBalancersOf(groupArn).Count > 0;

    public IReadOnlyList<string> LoadBalancersOf(string groupArn) =>
    [
        .. Listeners.All
            .Where(l => Forwards(l.Default, groupArn) || Rules.All.Any(r => r.ListenerArn == l.Arn && Forwards(r.Action, groupArn)))
            .Select(l => l.LoadBalancerArn)
            .Distinct(),
    ];

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 1)
        {
            return;
        }

        await Task.WhenAll(_listeners.Values.Select(l => l.DisposeAsync().AsTask()));
        await Task.WhenAll(_groups.Values.Select(g => g.DisposeAsync().AsTask()));
        _connections.Dispose();
        _checker.Dispose();
        await _forwarding.DisposeAsync();
    }

    private static bool Forwards(ActionRecord action, string groupArn) => action.Forward?.Any(g => g.Arn == groupArn) == true;
}
