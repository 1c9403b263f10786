using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Ecs.Containers;
using Pipeline.LocalCloud.LoadBalancing;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>ECS: clusters, task definitions, and services whose tasks are processes of this machine.</summary>
internal sealed class EcsService : IAsyncDisposable
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);
    private readonly EcsStore _store;
    private readonly TaskPool _pool;
    private readonly ServiceSchedulers _schedulers;
    private readonly TimeProvider _clock;
    private readonly TaskUsage _usage;
    private readonly ContainerEngine? _containers;
    private int _closed;

    /// <param name="timeScale">how many times faster than AWS's intervals run</param>
    public EcsService(Database database, TimeProvider clock, Balancer balancer, TaskSurroundings surroundings, EcsNeighbours neighbours, double timeScale)
    {
        _clock = clock;
        _containers = surroundings.Containers;
        _store = new EcsStore(database);
        _pool = new TaskPool(new TaskEnvironment(_store, surroundings, balancer, clock, timeScale));
        _usage = new TaskUsage(_pool, clock);
        var rollout = new Rollout(_store, neighbours);
        var traffic = new RuleTraffic(balancer);
        var scaled = new ScaledClock(clock, timeScale);
        _schedulers = new ServiceSchedulers(arn => new ServiceScheduler(arn, _store, _pool, rollout, new TrafficShift(_store, new TrafficRules(_store, traffic), scaled), scaled));
        var counts = new TaskCounts(_store, _schedulers);
        var clusters = new ClusterOperations(_store);
        var definitions = new TaskDefinitionOperations(_store, clock);
        var services = new ServiceOperations(_store, _schedulers, rollout, new ServiceValidation(balancer, new StrategyValidation(traffic, group => balancer.TargetGroups.Find(group) is not null), neighbours), counts, clock);
        Service = new AwsService("ecs", Wire.Json) { TargetPrefixes = ["AmazonEC2ContainerServiceV20141113"] };
        clusters.AddTo(Service);
        definitions.AddTo(Service);
        services.AddTo(Service);
        new TaskOperations(_store, _pool).AddTo(Service);
        new TagOperations(_store, _schedulers, _pool).AddTo(Service);
        new DeploymentOperations(_store, _schedulers, rollout, counts, clock).AddTo(Service);
        ResourceTypes = [.. new DefinitionTypes(_store, clusters, definitions).Types, new ServiceType(_store, services, _schedulers, clock, timeScale).Type];
        _pool.Recover();
    }

    public AwsService Service { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    /// <summary>Whether a service is there, by its resource id <c>service/CLUSTER/NAME</c>.</summary>
    public bool HasService(string resourceId) => resourceId.Split('/') is ["service", var cluster, var name]
        && _store.FindCluster(cluster) is { } found && _store.FindService(found, name) is { Status: not "INACTIVE" };

    /// <summary>How many tasks each service runs and wants, as Container Insights tells it.</summary>
    public IEnumerable<Metrics.Gauge> Counts()
    {
        foreach (var service in _store.Services.All.Where(s => s.Status == "ACTIVE"))
        {
            (string, string)[] dimensions = [("ClusterName", service.Cluster[(service.Cluster.LastIndexOf('/') + 1)..]), ("ServiceName", service.Name)];
            var tasks = _store.Tasks.All.Where(t => t.Cluster == service.Cluster && t.Group == $"service:{service.Name}").ToList();
            yield return new(Metrics.Metric.Of("ECS/ContainerInsights", "RunningTaskCount", dimensions), tasks.Count(t => t.LastStatus == "RUNNING"));
            yield return new(Metrics.Metric.Of("ECS/ContainerInsights", "PendingTaskCount", dimensions), tasks.Count(t => t.LastStatus is "PROVISIONING" or "PENDING" or "ACTIVATING"));
            yield return new(Metrics.Metric.Of("ECS/ContainerInsights", "DesiredTaskCount", dimensions), service.DesiredCount);
        }
    }

    /// <summary>How much of their reservation the tasks use. Asked by one caller, about once a second.</summary>
    public IEnumerable<Metrics.Gauge> Usage() => _usage.Measure();

    /// <summary>Brings the services' tasks back and keeps them until the cloud stops; then ends every task.</summary>
    public async Task Run(CancellationToken cancel)
    {
        await (_containers?.RemoveLeftovers(cancel) ?? Task.CompletedTask);
        foreach (var service in _store.Services.All.Where(s => s.Status != "INACTIVE").ToList())
        {
            _schedulers.Start(service.Arn);
        }

        try
        {
            while (true)
            {
                await Task.Delay(SweepInterval, _clock, cancel);
                _pool.Sweep();
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 1)
        {
            return;
        }

        await _schedulers.DisposeAsync();
        await _pool.Close();
    }
}
