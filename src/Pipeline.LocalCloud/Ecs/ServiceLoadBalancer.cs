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

    /// <summary>The group of a container's port, <c>null</c> when the revision has no load balancer for it.</summary>
    public static string? GroupOf(RevisionRecord? revision, ServiceLoadBalancer like) =>
        revision is null ? null : Of(revision).FirstOrDefault(binding => binding.Container == like.Container && binding.Port == like.Port)?.TargetGroupArn;

    private static string Group(RevisionRecord revision, ServiceLoadBalancer balancer, int at) => revision.TargetGroups.ElementAtOrDefault(at) ?? balancer.TargetGroup;
}
