using Amazon.ElasticLoadBalancingV2.Model;
using Action = Amazon.ElasticLoadBalancingV2.Model.Action;

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

    /// <summary>ARNs of the load balancers that use a target group.</summary>
    /// <exception cref="AwsRefusedException">there is no such target group, among other reasons</exception>
    /// <exception cref="AwsUnreachableException">no answer</exception>
    public async Task<IReadOnlyList<string>> LoadBalancers(string targetGroupArn, CancellationToken cancel)
    {
        var groups = await aws.Ask(
            $"describe target group '{targetGroupArn}'",
            () => aws.LoadBalancing.DescribeTargetGroupsAsync(new DescribeTargetGroupsRequest { TargetGroupArns = [targetGroupArn] }, cancel),
            cancel).ConfigureAwait(false);
        return [.. (groups.TargetGroups ?? []).SelectMany(g => g.LoadBalancerArns ?? [])];
    }

    /// <summary>How the rules in front of a target group share their traffic.</summary>
    /// <returns>one entry a rule that forwards to it: target group → weight</returns>
    /// <exception cref="AwsRefusedException">there is no such target group, among other reasons</exception>
    /// <exception cref="AwsUnreachableException">no answer</exception>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, int>>> Weights(string targetGroupArn, CancellationToken cancel)
    {
        var groups = await aws.Ask(
            $"describe target group '{targetGroupArn}'",
            () => aws.LoadBalancing.DescribeTargetGroupsAsync(new DescribeTargetGroupsRequest { TargetGroupArns = [targetGroupArn] }, cancel),
            cancel).ConfigureAwait(false);
        var shares = new List<IReadOnlyDictionary<string, int>>();
        foreach (var balancer in (groups.TargetGroups ?? []).SelectMany(g => g.LoadBalancerArns ?? []))
        {
            var listeners = await aws.AskAll(
                $"describe the listeners of '{balancer}'",
                token => aws.LoadBalancing.DescribeListenersAsync(new DescribeListenersRequest { LoadBalancerArn = balancer, Marker = token }, cancel),
                page => (page.Listeners, page.NextMarker),
                cancel).ConfigureAwait(false);
            foreach (var listener in listeners)
            {
                var rules = await aws.AskAll(
                    $"describe the rules of '{listener.ListenerArn}'",
                    token => aws.LoadBalancing.DescribeRulesAsync(new DescribeRulesRequest { ListenerArn = listener.ListenerArn, Marker = token }, cancel),
                    page => (page.Rules, page.NextMarker),
                    cancel).ConfigureAwait(false);
                shares.AddRange(rules.SelectMany(r => r.Actions ?? []).Select(Share).Where(s => s.ContainsKey(targetGroupArn)));
            }
        }

        return shares;
    }

    /// <summary>How one listener rule shares its traffic right now.</summary>
    /// <returns>target group → weight; those without any are among them</returns>
    /// <exception cref="AwsRefusedException">there is no such rule, among other reasons</exception>
    /// <exception cref="AwsUnreachableException">no answer</exception>
    public async Task<IReadOnlyDictionary<string, int>> WeightsOf(string ruleArn, CancellationToken cancel)
    {
        var answer = await aws.Ask(
            $"describe listener rule '{ruleArn}'",
            () => aws.LoadBalancing.DescribeRulesAsync(new DescribeRulesRequest { RuleArns = [ruleArn] }, cancel),
            cancel).ConfigureAwait(false);
        return (answer.Rules ?? []).SelectMany(r => r.Actions ?? []).Select(Share).FirstOrDefault(s => s.Count > 0) ?? [];
    }

    private static Dictionary<string, int> Share(Action action) => action.ForwardConfig?.TargetGroups is { Count: > 0 } many
        ? many.ToDictionary(g => g.TargetGroupArn, g => g.Weight ?? 1, StringComparer.Ordinal)
        : action.TargetGroupArn is { } only ? new Dictionary<string, int>(StringComparer.Ordinal) { [only] = 1 } : [];
}
