using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Metrics;

/// <summary>What the room measures beside what clients hand in.</summary>
/// <param name="Sources">metrics that other rooms count themselves</param>
/// <param name="Gauges">values of now, written down every second</param>
internal sealed record Measurements(IReadOnlyList<Func<IEnumerable<MetricSource>>> Sources, IReadOnlyList<Func<IEnumerable<Gauge>>> Gauges)
{
    /// <summary>Values that must be asked for, less often.</summary>
    public IReadOnlyList<Func<CancellationToken, Task<IReadOnlyList<Gauge>>>> Asked { get; init; } = [];
}

/// <summary>CloudWatch: metrics, alarms that are really evaluated, dashboards.</summary>
internal sealed class MetricsRoom
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Asking = TimeSpan.FromSeconds(10);
    private readonly MetricStore _metrics;
    private readonly GaugeStore _gauges = new();
    private readonly AlarmEvaluator _evaluator;
    private readonly Measurements _measurements;
    private readonly TimeProvider _time;
    private DateTimeOffset _gauged = DateTimeOffset.MinValue;

    /// <param name="act">takes an alarm's action: the target's ARN, a subject, a message</param>
    public MetricsRoom(Database database, TimeProvider time, Measurements measurements, Action<string, string, string> act)
    {
        _time = time;
        _measurements = measurements;
        _metrics = new MetricStore(time) { Sources = [.. measurements.Sources, () => _gauges.Sources] };
        Alarms = new AlarmStore(database, time, act);
        _evaluator = new AlarmEvaluator(_metrics, Alarms, time);
        var dashboards = new DashboardStore(database, time);
        ResourceTypes = new MetricTypes(_metrics, Alarms, dashboards).Types;
        Services =
        [
            Fill(new AwsService("monitoring", Wire.Json) { TargetPrefixes = ["GraniteServiceVersion20100801"] }, Time.Epoch),
            InQueryWords(Fill(new AwsService("monitoring", Wire.Query), Time.Iso)),
        ];

        AwsService Fill(AwsService service, Func<DateTimeOffset, JsonNode> show)
        {
            new MetricOperations(_metrics, time, show).AddTo(service);
            new AlarmOperations(_metrics, Alarms, _evaluator, show).AddTo(service);
            return new DashboardOperations(dashboards, show).AddTo(service);
        }
    }

    public AlarmStore Alarms { get; }

    /// <summary>The same operations on both wires that clients use.</summary>
    public IReadOnlyList<AwsService> Services { get; }

    public IReadOnlyList<ResourceType> ResourceTypes { get; }

    /// <summary>Measures and evaluates until the cloud stops.</summary>
    public Task Run(CancellationToken stopping) => Task.WhenAll(Work(stopping), Ask(stopping));

    /// <summary>Writes the gauges down and looks at every alarm whose next period is complete.</summary>
    public void Step()
    {
        var now = _time.GetUtcNow();
        if (MetricStore.Floor(now, Tick) != _gauged)
        {
            _gauged = MetricStore.Floor(now, Tick);
            _gauges.Put(_measurements.Gauges.SelectMany(gauges => gauges()), now);
        }

        _evaluator.Evaluate();
    }

    private async Task Work(CancellationToken stopping)
    {
        while (true)
        {
            Step();
            // In the middle of every second: none is left out, and each is known before it ends.
            var next = MetricStore.Floor(_time.GetUtcNow(), Tick) + Tick / 2;
            var pause = next - _time.GetUtcNow();
            await Task.Delay(pause > TimeSpan.Zero ? pause : pause + Tick, _time, stopping);
        }
    }

    private async Task Ask(CancellationToken stopping)
    {
        while (true)
        {
            foreach (var ask in _measurements.Asked)
            {
                _gauges.Put(await ask(stopping), _time.GetUtcNow());
            }

            _gauges.Forget(_time.GetUtcNow());
            await Task.Delay(Asking, _time, stopping);
        }
    }

    /// <summary>The query wire has older names for some errors.</summary>
    private static AwsService InQueryWords(AwsService service)
    {
        var query = new AwsService(service.SigningName, Wire.Query)
        {
            XmlNamespace = "http://monitoring.amazonaws.com/doc/2010-08-01/",
            MapMembers = new HashSet<string> { "Datapoints.ExtendedStatistics" },
        };
        foreach (var (name, run) in service.Operations)
        {
            query.On(name, async request =>
            {
                try
                {
                    return await run(request);
                }
                catch (AwsException refusal) when (refusal.QueryCode != refusal.Code)
                {
                    throw new AwsException(refusal.QueryCode, refusal.Message, refusal.Status);
                }
            });
        }

        return query;
    }
}
