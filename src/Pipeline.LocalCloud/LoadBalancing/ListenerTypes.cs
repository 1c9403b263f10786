using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.LoadBalancing;

/// <summary><c>AWS::ElasticLoadBalancingV2::Listener</c> and <c>::ListenerRule</c>.</summary>
internal sealed class ListenerTypes(Balancer balancer, ListenerOperations listeners, RuleOperations rules)
{
    private const string Action = "(Type Order TargetGroupArn ForwardConfig(TargetGroups(TargetGroupArn Weight) TargetGroupStickinessConfig(Enabled DurationSeconds)) FixedResponseConfig(StatusCode ContentType MessageBody) RedirectConfig(StatusCode Protocol Host Port Path Query))";

    public IReadOnlyList<ResourceType> Types =>
    [
        new("AWS::ElasticLoadBalancingV2::Listener")
        {
            Properties = $"LoadBalancerArn! Port Protocol DefaultActions{Action}",
            Required = "LoadBalancerArn DefaultActions",
            Create = request => ResourceCalls.Refusals(async () => Answer(await listeners.Create(request.Call("CreateListener", Body(request))))),
            Update = request => ResourceCalls.Refusals(async () => Answer(await listeners.Modify(request.PhysicalId, request.Properties, request.Cancel))),
            Delete = request => balancer.Close(request.PhysicalId),
        },
        new("AWS::ElasticLoadBalancingV2::ListenerRule")
        {
            Properties = $"ListenerArn! Priority Conditions(Field Values PathPatternConfig(Values) HostHeaderConfig(Values) HttpRequestMethodConfig(Values)) Actions{Action}",
            Required = "Actions Conditions Priority",
            Create = request => ResourceCalls.Refusals(() => Task.FromResult(Answer(rules.Create(request.Call("CreateRule", Body(request)))))),
            Update = request => ResourceCalls.Refusals(() =>
            {
                if (request.Properties.Int("Priority") is { } priority)
                {
                    rules.SetPriority(request.PhysicalId, priority);
                }

                return Task.FromResult(Answer(rules.Modify(request.PhysicalId, request.Properties)));
            }),
            Read = request => Task.FromResult(balancer.Rules.Find(request.PhysicalId) is not { } live ? null : new JsonObject
            {
                ["Priority"] = live.Priority, ["Actions"] = Stated(Actions.Describe(live.Action), request.Properties["Actions"]),
            }),
            Delete = request =>
            {
                if (balancer.Rules.Find(request.PhysicalId) is { } rule)
                {
                    rules.Delete(rule);
                }

                return Task.CompletedTask;
            },
        },
    ];

    /// <summary>
    /// Of what is live only what the template states as well: both write the same action in several ways. A single target group that has become
    /// weighted ones is told as gone.
    /// </summary>
    private static JsonNode? Stated(JsonNode? live, JsonNode? stated) => (live, stated) switch
    {
        (JsonObject has, JsonObject wanted) => new JsonObject(wanted.Where(member => has.ContainsKey(member.Key) || member.Key == "TargetGroupArn").Select(member => KeyValuePair.Create(member.Key, Stated(has[member.Key], member.Value)))),
        (JsonArray has, JsonArray wanted) => new JsonArray([.. has.Select((entry, at) => Stated(entry, wanted.ElementAtOrDefault(at)))]),
        _ => live?.DeepClone(),
    };

    private static JsonObject Body(ResourceRequest request)
    {
        var body = request.Properties.DeepClone().AsObject();
        body["Tags"] = new JsonArray([.. request.AllTags().Select(t => new JsonObject { ["Key"] = t.Key, ["Value"] = t.Value })]);
        return body;
    }

    private static Resource Answer(ListenerRecord listener) => new(listener.Arn, new Dictionary<string, string> { ["ListenerArn"] = listener.Arn });

    private static Resource Answer(RuleRecord rule) => new(rule.Arn, new Dictionary<string, string> { ["RuleArn"] = rule.Arn, ["IsDefault"] = "false" });
}
