using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.LoadBalancing;

/// <summary>Operations on a listener's rules; a change counts for the next request.</summary>
internal sealed class RuleOperations(Balancer balancer, Action<string, JsonObject> tag)
{
    public void AddTo(AwsService service) => service
        .On("CreateRule", request => new() { ["Rules"] = new JsonArray(Describe(Create(request))) })
        .On("DescribeRules", DescribeRules)
        .On("ModifyRule", request => new() { ["Rules"] = new JsonArray(Describe(Modify(request.Required("RuleArn"), request.Body))) })
        .On("SetRulePriorities", SetPriorities)
        .On("DeleteRule", request => { Delete(Find(request.Required("RuleArn"))); return []; });

    public RuleRecord Create(AwsRequest request)
    {
        var listener = Listener(request.Required("ListenerArn"));
        var priority = Priority(request.Body);
        if (RulesOf(listener).Any(r => r.Priority == priority))
        {
            throw new AwsException("PriorityInUse", $"Priority '{priority}' is currently in use");
        }

        var arn = $"{listener.Arn.Replace(":listener/", ":listener-rule/", StringComparison.Ordinal)}/{LoadBalancingService.NewId()}";
        var created = new RuleRecord(arn, listener.Arn, priority, Actions.ReadConditions(request.Body.Objects("Conditions")), Actions.Read(request.Body.Objects("Actions"), balancer));
        balancer.Rules.Put(created.Arn, created);
        balancer.RulesChanged(listener.Arn);
        tag(arn, request.Body);
        return created;
    }

    public RuleRecord Modify(string arn, JsonObject body)
    {
        Find(arn);
        var conditions = body.Objects("Conditions") is { Count: > 0 } newConditions ? Actions.ReadConditions(newConditions) : null;
        var action = body.Objects("Actions") is { Count: > 0 } newActions ? Actions.Read(newActions, balancer) : null;
        return balancer.ChangeRule(arn, rule => rule with { Conditions = conditions ?? rule.Conditions, Action = action ?? rule.Action }) ?? Find(arn);
    }

    public void SetPriority(string arn, int priority)
    {
        var rule = Find(arn);
        if (balancer.Rules.All.Any(r => r.ListenerArn == rule.ListenerArn && r.Priority == priority && r.Arn != arn))
        {
            throw new AwsException("PriorityInUse", $"Priority '{priority}' is currently in use");
        }

        balancer.ChangeRule(arn, found => found with { Priority = priority });
    }

    public void Delete(RuleRecord rule)
    {
        balancer.Rules.Remove(rule.Arn);
        balancer.RulesChanged(rule.ListenerArn);
    }

    public RuleRecord Find(string arn) => balancer.Rules.Find(arn) ?? throw new AwsException("RuleNotFound", $"Rules '{arn}' not found");

    /// <summary>The rule at the end of a listener's list, which is no record of its own.</summary>
    public static string DefaultRuleOf(ListenerRecord listener) => $"{listener.Arn.Replace(":listener/", ":listener-rule/", StringComparison.Ordinal)}/{listener.Arn[^16..]}";

    private ListenerRecord Listener(string arn) => balancer.Listeners.Find(arn) ?? throw new AwsException("ListenerNotFound", $"Listeners '{arn}' not found");

    private IOrderedEnumerable<RuleRecord> RulesOf(ListenerRecord listener) => balancer.Rules.All.Where(r => r.ListenerArn == listener.Arn).OrderBy(r => r.Priority);

    private static int Priority(JsonObject body) => body.Int("Priority") is { } priority and >= 1 and <= 50000
        ? priority
        : throw new AwsException("ValidationError", "A rule's priority must be between 1 and 50000");

    private JsonObject DescribeRules(AwsRequest request)
    {
        if (request.Body.Texts("RuleArns") is { Count: > 0 } arns)
        {
            return new() { ["Rules"] = new JsonArray([.. arns.Select(a => Describe(Find(a)))]) };
        }

        var listener = Listener(request.Required("ListenerArn"));
        var last = new JsonObject
        {
            ["RuleArn"] = DefaultRuleOf(listener),
            ["Priority"] = "default",
            ["Conditions"] = new JsonArray(),
            ["Actions"] = Actions.Describe(listener.Default),
            ["IsDefault"] = true,
        };
        return Pages.Of(request, "Rules", [.. RulesOf(listener).Select(Describe), last], LoadBalancingService.Pages);
    }

    private JsonObject SetPriorities(AwsRequest request)
    {
        var wanted = request.Body.Objects("RulePriorities").ToDictionary(p => p.Text("RuleArn") ?? "", Priority);
        var rules = wanted.Keys.Select(Find).ToList();
        foreach (var rule in rules)
        {
            if (balancer.Rules.All.Any(r => r.ListenerArn == rule.ListenerArn && r.Arn != rule.Arn && wanted.GetValueOrDefault(r.Arn, r.Priority) == wanted[rule.Arn]))
            {
                throw new AwsException("PriorityInUse", $"Priority '{wanted[rule.Arn]}' is currently in use");
            }
        }

        rules.ForEach(rule => balancer.ChangeRule(rule.Arn, found => found with { Priority = wanted[rule.Arn] }));
        return new() { ["Rules"] = new JsonArray([.. rules.Select(r => Describe(Find(r.Arn)))]) };
    }

    private static JsonObject Describe(RuleRecord rule) => new()
    {
        ["RuleArn"] = rule.Arn,
        ["Priority"] = $"{rule.Priority}",
        ["Conditions"] = Actions.Describe(rule.Conditions),
        ["Actions"] = Actions.Describe(rule.Action),
        ["IsDefault"] = false,
    };
}
