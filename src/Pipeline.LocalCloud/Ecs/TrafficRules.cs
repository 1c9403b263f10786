using Pipeline.LocalCloud.LoadBalancing;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>How the traffic of one load balancer gets from one revision to the other.</summary>
/// <param name="Pair">the groups the rules name, in the order of the service's members</param>
/// <param name="Blue">the group of the revision that served before; <c>null</c>: it was not behind this load balancer</param>
internal sealed record TrafficRoute(string ProductionRule, string? TestRule, IReadOnlyList<string> Pair, string Green, string? Blue);

/// <summary>Makes the listener rules say what a deployment's record says: each rule in one change.</summary>
internal sealed class TrafficRules(EcsStore store, RuleTraffic rules)
{
    private const double Whole = 100;

    public IReadOnlyList<TrafficRoute> Routes(ServiceDeploymentRecord deployment) => Routes(store, deployment);

    public static IReadOnlyList<TrafficRoute> Routes(EcsStore store, ServiceDeploymentRecord deployment) =>
        store.Revisions.Find(deployment.TargetRevision) is { } target ? Routes(target, deployment.Lifecycle?.Blue is { } blue ? store.Revisions.Find(blue) : null) : [];

    /// <summary>A load balancer whose rule neither revision names keeps its rule: its groups take turns without one.</summary>
    public static IReadOnlyList<TrafficRoute> Routes(RevisionRecord target, RevisionRecord? blue)
    {
        var routes = new List<TrafficRoute>();
        foreach (var (balancer, binding) in ServiceLoadBalancer.Of(target.Read()).Zip(Placement.Of(target)))
        {
            var before = Placement.Counterpart(blue, balancer);
            if ((balancer.ProductionRule ?? before?.Balancer.ProductionRule) is { } rule)
            {
                string?[] pair = [balancer.TargetGroup, balancer.AlternateGroup, before?.Group];
                routes.Add(new(rule, balancer.TestRule ?? before?.Balancer.TestRule, [.. pair.OfType<string>().Distinct()], binding.TargetGroupArn, before?.Group));
            }
        }

        return routes;
    }

    /// <returns>the first rule that cannot be made to say it: it is gone, or does not forward</returns>
    public string? Apply(ServiceDeploymentRecord deployment)
    {
        string? refused = null;
        var lifecycle = deployment.Lifecycle!;
        foreach (var route in Routes(deployment))
        {
            refused = Weigh(route.ProductionRule, route, lifecycle, lifecycle.Production) ? refused : refused ?? route.ProductionRule;
            if (route.TestRule is { } test)
            {
                refused = Weigh(test, route, lifecycle, lifecycle.Test) ? refused : refused ?? test;
            }
        }

        return refused;
    }

    private bool Weigh(string rule, TrafficRoute route, LifecycleRecord lifecycle, double percent)
    {
        if (route.Blue is null)
        {
            // Where nothing served before there is nothing to share with; what the rule says waits for the first shift.
            percent = lifecycle.Blue is null || percent > 0 ? Whole : 0;
            if (percent == 0)
            {
                return true;
            }
        }

        var (green, blue) = Shares(percent);
        return rules.Forward(rule, [.. route.Pair.Select(group => new WeightedGroup(group, group == route.Green ? green : group == route.Blue ? blue : 0))]);
    }

    /// <summary>Weights are whole numbers up to 999, percents have tenths.</summary>
    internal static (int Green, int Blue) Shares(double percent)
    {
        var tenths = (int)Math.Round(percent * 10);
        return tenths % 10 == 0 ? (tenths / 10, 100 - (tenths / 10)) : (tenths, 1000 - tenths);
    }
}
