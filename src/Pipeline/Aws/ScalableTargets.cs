using Amazon.ApplicationAutoScaling.Model;

namespace Pipeline.Aws;

/// <summary>Application Auto Scaling: which services have their task count changed by it.</summary>
public sealed class ScalableTargets(AwsConnection aws)
{
    /// <summary>The bounds of a service's task count.</summary>
    /// <param name="cluster">its name</param>
    /// <param name="service">its name</param>
    /// <returns><c>null</c>: nobody scales it</returns>
    /// <exception cref="AwsRefusedException">AWS says no</exception>
    /// <exception cref="AwsUnreachableException">no answer</exception>
    public async Task<(int Least, int Most)?> Of(string cluster, string service, CancellationToken cancel)
    {
        var answer = await aws.Ask(
            $"find out whether service '{service}' is scaled automatically",
            () => aws.Scaling.DescribeScalableTargetsAsync(
                new DescribeScalableTargetsRequest { ServiceNamespace = "ecs", ScalableDimension = "ecs:service:DesiredCount", ResourceIds = [$"service/{cluster}/{service}"] }, cancel),
            cancel).ConfigureAwait(false);
        return answer.ScalableTargets is [var target, ..] ? (target.MinCapacity ?? 0, target.MaxCapacity ?? 0) : null;
    }
}
