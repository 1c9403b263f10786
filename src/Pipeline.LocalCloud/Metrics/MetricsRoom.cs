using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Metrics;

/// <summary>What the room measures beside what clients hand in.</summary>
/// <param name="Sources">metrics that other rooms count themselves</param>
/// <param name="Gauges">counts of now, written down regularly</param>
internal sealed record Measurements(IReadOnlyList<Func<IEnumerable<MetricSource>>> Sources, IReadOnlyList<Func<IEnumerable<Gauge>>> Gauges);

/// <summary>CloudWatch: metrics, alarms that are really evaluated, dashboards.</summary>
internal sealed class MetricsRoom
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Gauging = TimeSpan.FromSeconds(10);
    private readonly MetricStore _metrics;
    private readonly AlarmEvaluator _evaluator;
    private readonly Measurements _measurements;
    private readonly TimeProvider _time;
    private DateTimeOffset _gauged = DateTimeOffset.MinValue;

    /// <param name="act">takes an alarm's action: the target's ARN, a subject, a message</param>
    public MetricsRoom(Database database, TimeProvider time, Measurements measurements, Action<string, string, string> act)
    {
        _time = time;
        _measurements = measurements;
        _metrics = new MetricStore(time) { Sources = measurements.Sources };
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

    /// <summary>Evaluates until the cloud stops.</summary>
    public async Task Run(CancellationToken stopping)
    {
        while (true)
        {
            Step();
            await Task.Delay(Tick, _time, stopping);
        }
    }

    /// <summary>Writes the gauges down and looks at every alarm whose next period is complete.</summary>
    public void Step()
    {
        var now = _time.GetUtcNow();
        if (now - _gauged >= Gauging)
        {
            _gauged = now;
            foreach (var gauge in _measurements.Gauges.SelectMany(gauges => gauges()))
            {
                _metrics.Put(gauge.Metric, now, Sample.Of(gauge.Value), (60, "Count"));
            }
        }

        _evaluator.Evaluate();
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
