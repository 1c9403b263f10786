using Amazon.CloudWatch.Model;

namespace Pipeline.Aws;

/// <summary>A metric of CloudWatch.</summary>
/// <param name="Namespace">e.g. <c>AWS/ECS</c></param>
/// <param name="Name">e.g. <c>CPUUtilization</c></param>
/// <param name="Dimensions">name → value</param>
public sealed record MetricName(string Namespace, string Name, IReadOnlyDictionary<string, string> Dimensions);

/// <summary>A question for the points of a metric.</summary>
/// <param name="Id">begins with a small letter; unique within one reading</param>
/// <param name="Metric">of what</param>
/// <param name="Statistic">e.g. <c>Sum</c></param>
public sealed record MetricQuestion(string Id, MetricName Metric, string Statistic);

/// <summary>What CloudWatch knows.</summary>
/// <param name="Points">question → start of a point → value; a point without data is missing</param>
/// <param name="Incomplete">questions that CloudWatch could not answer wholly: what is missing there may exist</param>
public sealed record MetricAnswers(IReadOnlyDictionary<string, IReadOnlyDictionary<DateTimeOffset, double>> Points, IReadOnlyList<string> Incomplete);

/// <summary>CloudWatch: what was measured.</summary>
/// <remarks>Every member throws <see cref="AwsRefusedException"/> or <see cref="AwsUnreachableException"/>.</remarks>
public sealed class Metrics(AwsConnection aws)
{
    private const int MostQuestions = 500;
    private const int MostData = 1000;

    /// <summary>Points per page; fewer make more pages.</summary>
    public int PageSize { get; init; } = 100_800;

    /// <summary>Reads points, every page of them.</summary>
    /// <param name="period">of a point: 1, 5, 10, 20 or 30 seconds, or whole minutes</param>
    /// <param name="from">start of the first point, a multiple of the period</param>
    /// <param name="to">end of the last point</param>
    public async Task<MetricAnswers> Read(IReadOnlyList<MetricQuestion> questions, TimeSpan period, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        var points = questions.ToDictionary(q => q.Id, _ => new Dictionary<DateTimeOffset, double>(), StringComparer.Ordinal);
        var status = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var some in questions.Chunk(MostQuestions))
        {
            var queries = some.Select(q => Query(q, period)).ToList();
            string? token = null;
            do
            {
                var at = token;
                var page = await aws.AskRepeatedly("read metrics", () => aws.CloudWatch.GetMetricDataAsync(new GetMetricDataRequest
                {
                    MetricDataQueries = queries,
                    StartTime = from.UtcDateTime,
                    EndTime = to.UtcDateTime,
                    ScanBy = "TimestampAscending",
                    MaxDatapoints = PageSize,
                    NextToken = at,
                }, cancel), cancel).ConfigureAwait(false);
                foreach (var result in page.MetricDataResults ?? [])
                {
                    // Pages before the last say PartialData of what goes on: the last word about a question counts.
                    status[result.Id] = result.StatusCode?.Value ?? "";
                    foreach (var (start, value) in (result.Timestamps ?? []).Zip(result.Values ?? []))
                    {
                        points[result.Id][AwsTime.Required(start)] = value;
                    }
                }

                token = page.NextToken;
            }
            while (!string.IsNullOrEmpty(token));
        }

        return new MetricAnswers(
            points.ToDictionary(p => p.Key, p => (IReadOnlyDictionary<DateTimeOffset, double>)p.Value, StringComparer.Ordinal),
            [.. questions.Select(q => q.Id).Where(id => status.GetValueOrDefault(id) != "Complete")]);
    }

    /// <summary>Writes values of now down as custom metrics.</summary>
    /// <param name="space">their namespace; AWS keeps those that begin with <c>AWS/</c> for itself</param>
    /// <param name="values">metric → value and unit</param>
    public async Task Put(string space, IReadOnlyList<(string Name, IReadOnlyDictionary<string, string> Dimensions, double Value, string Unit)> values, DateTimeOffset at, CancellationToken cancel)
    {
        foreach (var some in values.Chunk(MostData))
        {
            await aws.Ask($"write metrics to '{space}'", () => aws.CloudWatch.PutMetricDataAsync(new PutMetricDataRequest
            {
                Namespace = space,
                MetricData = [.. some.Select(v => new MetricDatum { MetricName = v.Name, Dimensions = Dimensions(v.Dimensions), Value = v.Value, Unit = v.Unit, Timestamp = at.UtcDateTime })],
            }, cancel), cancel).ConfigureAwait(false);
        }
    }

    private static MetricDataQuery Query(MetricQuestion question, TimeSpan period) => new()
    {
        Id = question.Id,
        ReturnData = true,
        MetricStat = new MetricStat
        {
            Metric = new Metric { Namespace = question.Metric.Namespace, MetricName = question.Metric.Name, Dimensions = Dimensions(question.Metric.Dimensions) },
            Period = (int)period.TotalSeconds,
            Stat = question.Statistic,
        },
    };

    private static List<Dimension> Dimensions(IReadOnlyDictionary<string, string> dimensions) => [.. dimensions.Select(d => new Dimension { Name = d.Key, Value = d.Value })];
}
