using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Metrics;

/// <summary>A span of time cut into periods.</summary>
internal sealed record Window(DateTimeOffset From, DateTimeOffset To);

/// <summary>Queries that name each other by id: statistics of metrics, and expressions over them.</summary>
internal sealed class MetricQueries
{
    private readonly MetricStore _store;
    private readonly Dictionary<string, JsonObject> _queries;
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);

    /// <param name="queries">members of <c>MetricDataQuery</c></param>
    /// <exception cref="AwsException">an id is missing or there twice, or a query is neither a statistic nor an expression</exception>
    public MetricQueries(MetricStore store, IReadOnlyList<JsonObject> queries)
    {
        _store = store;
        _queries = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var query in queries)
        {
            var id = query.Text("Id") is { Length: > 0 } text && char.IsAsciiLetterLower(text[0]) ? text : throw MetricRefusals.Invalid("Each query needs an Id that begins with a small letter.");
            if (!_queries.TryAdd(id, query))
            {
                throw MetricRefusals.Invalid($"The id {id} is there twice.");
            }

            if (query.Object("MetricStat") is null == query.Text("Expression") is null)
            {
                throw MetricRefusals.Combination($"The query {id} needs either MetricStat or Expression.");
            }

            if (query.Object("MetricStat") is { } statistic)
            {
                Sample.RequireStatistic(statistic.Text("Stat"));
                Period(statistic);
                MetricRequests.Metric(statistic.Object("Metric") ?? throw MetricRefusals.Missing("MetricStat.Metric"));
            }
        }
    }

    /// <summary>Ids whose data is wanted.</summary>
    public IReadOnlyList<string> Returned => [.. _queries.Where(query => query.Value.Flag("ReturnData") != false).Select(query => query.Key)];

    /// <summary>Of the query itself, or of the statistics that its expression is made of.</summary>
    public TimeSpan PeriodOf(string id) => Query(id).Object("MetricStat") is { } statistic ? Period(statistic)
        : Query(id).Int("Period") is { } own ? TimeSpan.FromSeconds(own)
        : _queries.Values.Select(query => query.Object("MetricStat")).OfType<JsonObject>().Select(Period).DefaultIfEmpty(TimeSpan.FromMinutes(1)).Max();

    public string Label(string id)
    {
        var query = Query(id);
        return query.Text("Label") ?? query.Object("MetricStat")?.Object("Metric")?.Text("MetricName") ?? id;
    }

    public MathValue Evaluate(string id, Window window)
    {
        var query = Query(id);
        if (query.Object("MetricStat") is { } statistic)
        {
            var stat = statistic.Text("Stat")!;
            var period = Period(statistic);
            var points = new SortedDictionary<DateTimeOffset, double>();
            foreach (var (start, sample) in _store.Read(MetricRequests.Metric(statistic.Object("Metric")!), window.From, window.To, period))
            {
                if (sample.Value(stat) is { } value)
                {
                    points[start] = value;
                }
            }

            return MathValue.Of(points);
        }

        if (!_open.Add(id))
        {
            throw MetricRefusals.Invalid($"The expression {id} refers to itself.");
        }

        var step = PeriodOf(id);
        var periods = Enumerable.Range(0, (int)Math.Ceiling((window.To - window.From) / step)).Select(i => window.From + i * step).ToList();
        var result = MetricExpression.Evaluate(query.Text("Expression")!, other => Evaluate(other, window), periods);
        _open.Remove(id);
        return result.Points is null ? MathValue.Of(periods.ToDictionary(start => start, _ => result.Scalar)) : result;
    }

    private JsonObject Query(string id) => _queries.GetValueOrDefault(id) ?? throw MetricRefusals.Invalid($"There is no query with the id {id}.");

    private static TimeSpan Period(JsonObject statistic) => MetricRequests.Period(statistic.Int("Period"));
}
