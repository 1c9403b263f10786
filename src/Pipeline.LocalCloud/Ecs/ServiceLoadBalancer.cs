using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>One entry of a service's <c>loadBalancers</c>: the container behind it, its target group, and by what its traffic can be shifted.</summary>
internal sealed record ServiceLoadBalancer(string TargetGroup, string Container, int Port)
{
    /// <summary>The other group of the pair: revisions take turns.</summary>
    public string? AlternateGroup { get; init; }

    /// <summary>ARN of the listener rule that production traffic comes by.</summary>
    public string? ProductionRule { get; init; }

    public string? TestRule { get; init; }

    /// <summary>The group of the pair that <paramref name="group"/> is not; the first one for a group that is none of the two.</summary>
    public string Opposite(string? group) => group == TargetGroup && AlternateGroup is not null ? AlternateGroup : TargetGroup;

    public bool Has(string? group) => group is not null && (group == TargetGroup || group == AlternateGroup);

    public static IReadOnlyList<ServiceLoadBalancer> Of(JsonObject members) =>
    [
        .. members.Objects("loadBalancers").Where(entry => entry.Text("targetGroupArn") is not null).Select(entry => new ServiceLoadBalancer(entry.Text("targetGroupArn")!, entry.Text("containerName") ?? "", entry.Int("containerPort") ?? 0)
        {
            AlternateGroup = entry.Object("advancedConfiguration")?.Text("alternateTargetGroupArn"),
            ProductionRule = entry.Object("advancedConfiguration")?.Text("productionListenerRule"),
            TestRule = entry.Object("advancedConfiguration")?.Text("testListenerRule"),
        }),
    ];
}

/// <summary>Where a revision's tasks really take traffic: of each load balancer the group that the revision was given.</summary>
internal static class Placement
{
    public static IReadOnlyList<TargetBinding> Of(RevisionRecord revision) =>
        [.. ServiceLoadBalancer.Of(revision.Read()).Select((balancer, at) => new TargetBinding(Group(revision, balancer, at), balancer.Container, balancer.Port))];

    /// <summary>The revision's entry for the same traffic, with the group it was given; <c>null</c> when it has none.</summary>
    public static (ServiceLoadBalancer Balancer, string Group)? Counterpart(RevisionRecord? revision, ServiceLoadBalancer like)
    {
        if (revision is null)
        {
            return null;
        }

        var balancers = ServiceLoadBalancer.Of(revision.Read()).ToList();
        var at = balancers.FindIndex(balancer => balancer.ProductionRule is not null && balancer.ProductionRule == like.ProductionRule);
        at = at < 0 ? balancers.FindIndex(balancer => balancer.Container == like.Container && balancer.Port == like.Port) : at;
        return at < 0 ? null : (balancers[at], Group(revision, balancers[at], at));
    }

    /// <summary>The groups of a new revision: with <paramref name="shifts"/> never the one that serves, otherwise the one that serves if it may have it.</summary>
    public static IReadOnlyList<string> ForNew(JsonObject members, RevisionRecord? serving, bool shifts) =>
    [
        .. ServiceLoadBalancer.Of(members).Select(balancer => Counterpart(serving, balancer)?.Group switch
        {
            null => balancer.TargetGroup,
            var group when shifts => balancer.Opposite(group),
            var group => balancer.Has(group) ? group : balancer.TargetGroup,
        }),
    ];

    private static string Group(RevisionRecord revision, ServiceLoadBalancer balancer, int at) => revision.TargetGroups.ElementAtOrDefault(at) ?? balancer.TargetGroup;
}
