using Pipeline.LocalCloud.Queues;

namespace Pipeline.LocalCloud.Metrics;

/// <summary>How full every queue is, dead letters among them, under the names of <c>AWS/SQS</c>.</summary>
internal static class QueueMetrics
{
    private const string Space = "AWS/SQS";

    public static IEnumerable<Gauge> Of(QueueStore queues, DateTimeOffset now)
    {
        foreach (var queue in queues.All)
        {
            var (visible, hidden, delayed) = queue.Count();
            yield return new(Named("ApproximateNumberOfMessagesVisible"), visible);
            yield return new(Named("ApproximateNumberOfMessagesNotVisible"), hidden);
            yield return new(Named("ApproximateNumberOfMessagesDelayed"), delayed);
            yield return new(Named("ApproximateAgeOfOldestMessage"), queue.OldestSent is { } sent ? Math.Max(0, Math.Floor((now - sent).TotalSeconds)) : 0, "Seconds");

            Metric Named(string name) => Metric.Of(Space, name, ("QueueName", queue.Record.Name));
        }
    }
}
