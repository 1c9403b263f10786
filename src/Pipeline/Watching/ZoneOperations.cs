using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Ledger;

namespace Pipeline.Watching;

/// <summary>How many changes of Route 53 zones and records succeed. AWS has no such metric, so the pipeline writes one after each release.</summary>
public sealed class ZoneOperations(PipelineConfiguration configuration, AwsAccount aws)
{
    /// <summary>The metrics' namespace.</summary>
    public const string Namespace = "Pipeline/Zones";

    /// <summary>Counts what a release did to zones and records and writes it down; a release that touched none writes nothing.</summary>
    /// <returns>operations that succeeded, and all of them</returns>
    public async Task<(int Succeeded, int All)> Publish(ReleaseRecord release, DateTimeOffset now, CancellationToken cancel)
    {
        var (succeeded, all) = (0, 0);
        foreach (var operation in release.Stacks)
        {
            var events = await aws.Stacks.Events(operation.StackName, e => e.Time >= release.StartedAt, cancel).ConfigureAwait(false);
            var ended = Ended(events.Where(e => e.ClientToken is { } token && token.StartsWith(operation.Token, StringComparison.Ordinal)));
            succeeded += ended.Count(e => !e.Failed);
            all += ended.Count;
        }

        if (all > 0)
        {
            var dimensions = new Dictionary<string, string> { ["System"] = configuration.Name, ["Environment"] = configuration.Environment.Name };
            await aws.Metrics.Put(Namespace, [("Operations", dimensions, all, "Count"), ("SuccessRate", dimensions, 100.0 * succeeded / all, "Percent")], now, cancel).ConfigureAwait(false);
        }

        return (succeeded, all);
    }

    /// <summary>Operations on zones and records that came to an end, however it was.</summary>
    public static IReadOnlyList<StackEvent> Ended(IEnumerable<StackEvent> events) =>
        [.. events.Where(e => e.Type.StartsWith("AWS::Route53::", StringComparison.Ordinal) && (e.Failed || e.Status.EndsWith("_COMPLETE", StringComparison.Ordinal)))];
}
