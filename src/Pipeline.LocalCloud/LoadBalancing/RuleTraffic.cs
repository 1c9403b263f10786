namespace Pipeline.LocalCloud.LoadBalancing;

/// <summary>The rule that a load balancer's clients come by, as those see it who shift traffic: which groups it forwards to, with which weights.</summary>
internal sealed class RuleTraffic(Balancer balancer)
{
    /// <summary>What the rule does, the default rule of a listener included; <c>null</c>: there is no such rule.</summary>
    public ActionRecord? Find(string ruleArn) => balancer.Rules.Find(ruleArn)?.Action ?? ListenerOf(ruleArn)?.Default;

    /// <summary>Forwards by these weights from the next request on. A rule that is gone, or that answers by itself, is left alone.</summary>
    /// <returns>whether the rule forwards so now</returns>
    public bool Forward(string ruleArn, IReadOnlyList<WeightedGroup> groups)
    {
        if (Find(ruleArn)?.Forward is not { } current)
        {
            return false;
        }

        if (current.SequenceEqual(groups))
        {
            return true;
        }

        var action = new ActionRecord { Forward = groups };
        if (balancer.Rules.Find(ruleArn) is not null)
        {
            return balancer.ChangeRule(ruleArn, rule => rule with { Action = action }) is not null;
        }

        var listener = ListenerOf(ruleArn)!;
        balancer.Listeners.Put(listener.Arn, listener with { Default = action });
        return true;
    }

    private ListenerRecord? ListenerOf(string ruleArn) => balancer.Listeners.All.FirstOrDefault(listener => RuleOperations.DefaultRuleOf(listener) == ruleArn);
}
