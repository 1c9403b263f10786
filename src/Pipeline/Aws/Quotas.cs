using System.Globalization;
using Amazon.CloudFormation.Model;
using Amazon.ElasticLoadBalancingV2.Model;
using DescribeLoadBalancerLimitsRequest = Amazon.ElasticLoadBalancingV2.Model.DescribeAccountLimitsRequest;
using DescribeStackLimitsRequest = Amazon.CloudFormation.Model.DescribeAccountLimitsRequest;

namespace Pipeline.Aws;

/// <summary>How much of an account's quota is used.</summary>
/// <param name="Name">for people</param>
/// <param name="Used">now</param>
/// <param name="Limit">at most</param>
public sealed record QuotaUse(string Name, int Used, int Limit);

/// <summary>The quotas that AWS lets itself be asked for without a service of its own.</summary>
/// <remarks>Every member throws <see cref="AwsRefusedException"/> or <see cref="AwsUnreachableException"/>.</remarks>
public sealed class Quotas(AwsConnection aws)
{
    /// <summary>Stacks of the region.</summary>
    public async Task<IReadOnlyList<QuotaUse>> Stacks(CancellationToken cancel)
    {
        var limits = await aws.Ask("read CloudFormation's quotas", () => aws.CloudFormation.DescribeAccountLimitsAsync(new DescribeStackLimitsRequest(), cancel), cancel).ConfigureAwait(false);
        if ((limits.AccountLimits ?? []).FirstOrDefault(l => l.Name == "StackLimit")?.Value is not { } limit)
        {
            return [];
        }

        var stacks = await aws.AskAll(
            "count stacks",
            token => aws.CloudFormation.ListStacksAsync(new ListStacksRequest { NextToken = token }, cancel),
            page => (page.StackSummaries, page.NextToken),
            cancel).ConfigureAwait(false);
        // A deleted stack is listed for three months.
        return [new QuotaUse("stacks", stacks.Count(s => s.StackStatus?.Value != "DELETE_COMPLETE"), limit)];
    }

    /// <summary>Load balancers and target groups of the region.</summary>
    public async Task<IReadOnlyList<QuotaUse>> LoadBalancers(CancellationToken cancel)
    {
        var answer = await aws.Ask("read the load balancers' quotas", () => aws.LoadBalancing.DescribeAccountLimitsAsync(new DescribeLoadBalancerLimitsRequest(), cancel), cancel).ConfigureAwait(false);
        var limits = (answer.Limits ?? []).Where(l => l.Name is not null).ToDictionary(l => l.Name, l => int.TryParse(l.Max, CultureInfo.InvariantCulture, out var max) ? max : 0, StringComparer.Ordinal);
        var uses = new List<QuotaUse>();
        if (limits.TryGetValue("application-load-balancers", out var most))
        {
            var balancers = await aws.AskAll(
                "count load balancers",
                token => aws.LoadBalancing.DescribeLoadBalancersAsync(new DescribeLoadBalancersRequest { Marker = token }, cancel),
                page => (page.LoadBalancers, page.NextMarker),
                cancel).ConfigureAwait(false);
            uses.Add(new QuotaUse("application load balancers", balancers.Count(b => b.Type?.Value is null or "application"), most));
        }

        if (limits.TryGetValue("target-groups", out most))
        {
            var groups = await aws.AskAll(
                "count target groups",
                token => aws.LoadBalancing.DescribeTargetGroupsAsync(new DescribeTargetGroupsRequest { Marker = token }, cancel),
                page => (page.TargetGroups, page.NextMarker),
                cancel).ConfigureAwait(false);
            uses.Add(new QuotaUse("target groups", groups.Count, most));
        }

        return uses;
    }
}
