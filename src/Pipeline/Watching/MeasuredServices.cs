using Pipeline.Aws;
using Pipeline.Configuration;

namespace Pipeline.Watching;

/// <summary>Finds out which revision of each service serves, and where its requests are counted.</summary>
public sealed class MeasuredServices(PipelineConfiguration configuration, AwsAccount aws)
{
    private static readonly TimeSpan Lookback = TimeSpan.FromDays(30);

    /// <summary>Every service of the environment that ECS runs.</summary>
    /// <returns>the service as it serves now, and the same with all of its target groups, for the time before</returns>
    public async Task<IReadOnlyList<(MeasuredService Now, MeasuredService Before)>> All(CancellationToken cancel)
    {
        var found = await Task.WhenAll(configuration.Services.Select(async settings =>
            await aws.ServicesOf(configuration.StackName(settings.Stack), cancel).ConfigureAwait(false) is [var live, ..] ? ((MeasuredService, MeasuredService)?)await Of(settings.Name, live, cancel).ConfigureAwait(false) : null)).ConfigureAwait(false);
        return [.. found.Where(f => f is not null).Select(f => f!.Value)];
    }

    /// <summary>A target group as CloudWatch names it; <c>null</c>: no load balancer uses it, so nothing is counted.</summary>
    public async Task<MeasuredGroup?> Group(string targetGroupArn, CancellationToken cancel) =>
        await aws.TargetGroups.LoadBalancers(targetGroupArn, cancel).ConfigureAwait(false) is [var balancer, ..] ? MeasuredGroup.Of(targetGroupArn, balancer) : null;

    private async Task<(MeasuredService Now, MeasuredService Before)> Of(string name, ServiceState live, CancellationToken cancel)
    {
        var revision = await Revision(live, cancel).ConfigureAwait(false);
        var service = new MeasuredService(name, live.ClusterArn[(live.ClusterArn.LastIndexOf('/') + 1)..], live.Name)
        {
            Revision = revision?.Arn,
            TaskDefinition = revision?.TaskDefinition ?? live.TaskDefinition,
            Digest = revision?.Images.Select(i => i.Digest).FirstOrDefault(d => d is not null),
        };
        var (now, all) = (new List<string>(), new List<string>());
        foreach (var group in live.TargetGroups.Distinct(StringComparer.Ordinal))
        {
            // Blue-green has two groups in turn: the one with the traffic is the revision's.
            var shares = await aws.TargetGroups.Weights(group, cancel).ConfigureAwait(false);
            var weights = shares.SelectMany(s => s).GroupBy(s => s.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Sum(s => s.Value), StringComparer.Ordinal);
            all.AddRange(weights.Keys.Append(group));
            now.Add(weights.Count == 0 ? group : weights.MaxBy(w => w.Value).Key);
        }

        return (service with { TargetGroups = await Groups(now, cancel).ConfigureAwait(false) }, service with { TargetGroups = await Groups(all, cancel).ConfigureAwait(false) });
    }

    private async Task<IReadOnlyList<MeasuredGroup>> Groups(IEnumerable<string> arns, CancellationToken cancel) =>
        [.. (await Task.WhenAll(arns.Distinct(StringComparer.Ordinal).Select(arn => Group(arn, cancel))).ConfigureAwait(false)).OfType<MeasuredGroup>()];

    private async Task<ServiceRevisionState?> Revision(ServiceState live, CancellationToken cancel)
    {
        foreach (var arn in await aws.Services.ListDeployments(live.ClusterArn, live.Arn, DateTimeOffset.UtcNow - Lookback, cancel).ConfigureAwait(false))
        {
            if (await aws.Services.DescribeDeployment(arn, cancel).ConfigureAwait(false) is { Succeeded: true, Target: { } target })
            {
                return await aws.Services.DescribeRevision(target.Revision, cancel).ConfigureAwait(false);
            }
        }

        return null;
    }
}
