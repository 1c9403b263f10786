using Amazon.ElasticLoadBalancingV2.Model;

namespace Pipeline.Aws;

/// <summary>One target of a target group, as the load balancer sees it.</summary>
/// <param name="Id">IP address or instance</param>
/// <param name="Port">it answers there</param>
/// <param name="State">AWS's word: <c>initial</c>, <c>healthy</c>, <c>unhealthy</c>, <c>draining</c>, <c>unused</c> …</param>
/// <param name="Reason">AWS's word, e.g. <c>Target.ResponseCodeMismatch</c></param>
/// <param name="Description">a sentence of AWS</param>
public sealed record TargetState(string Id, int Port, string State, string? Reason, string? Description)
{
    /// <summary>It gets traffic.</summary>
    public bool Healthy => State == "healthy";
}

/// <summary>Elastic Load Balancing: the health of what stands behind a load balancer.</summary>
public sealed class TargetGroups(AwsConnection aws)
{
    /// <summary>Every registered target; none is an empty list.</summary>
    /// <exception cref="AwsRefusedException">there is no such target group, among other reasons</exception>
    /// <exception cref="AwsUnreachableException">no answer</exception>
    public async Task<IReadOnlyList<TargetState>> Health(string targetGroupArn, CancellationToken cancel)
    {
        var answer = await aws.Ask(
            $"describe the health of target group '{targetGroupArn}'",
            () => aws.LoadBalancing.DescribeTargetHealthAsync(new DescribeTargetHealthRequest { TargetGroupArn = targetGroupArn }, cancel),
            cancel).ConfigureAwait(false);
        return [.. (answer.TargetHealthDescriptions ?? []).Select(t => new TargetState(t.Target.Id, t.Target.Port ?? 0, t.TargetHealth?.State ?? "unknown", t.TargetHealth?.Reason, t.TargetHealth?.Description))];
    }
}
