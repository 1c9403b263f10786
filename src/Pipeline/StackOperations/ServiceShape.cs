using System.Text.Json.Nodes;
using Pipeline.Preflight;

namespace Pipeline.StackOperations;

/// <summary>How a template has an ECS service deployed, and with which of its own resources ECS moves the service's traffic.</summary>
/// <param name="LogicalId">of the service</param>
/// <param name="Strategy"><c>ROLLING</c>, <c>BLUE_GREEN</c>, <c>LINEAR</c> or <c>CANARY</c></param>
/// <param name="Rules">logical ids of its listener rules in the same stack; none where it is rolling</param>
/// <param name="TargetGroups">logical ids of its target groups in the same stack</param>
public sealed record ServiceShape(string LogicalId, string Strategy, IReadOnlyList<string> Rules, IReadOnlyList<string> TargetGroups)
{
    /// <summary>ECS moves traffic between two target groups, and the weights in its rules are ECS's.</summary>
    public bool Shifts => Strategy != "ROLLING";

    /// <summary>The services of a template as its parameters make them.</summary>
    /// <param name="stackId">ARN</param>
    /// <param name="live">logical id → physical id of what the stack has</param>
    public static IReadOnlyList<ServiceShape> Of(string stackId, string template, IReadOnlyDictionary<string, string> parameters, IReadOnlyDictionary<string, string> live)
    {
        if (TemplateDocument.Read(template) is not { } document)
        {
            return [];
        }

        var scope = new TemplateScope(document, new Dictionary<string, string>(Pseudo(stackId).Concat(parameters), StringComparer.Ordinal)) { Live = live, Exports = new Dictionary<string, string>() };
        return [.. new TemplateValues(scope).Resources().Where(r => r.Type == "AWS::ECS::Service").Select(r => Shape(r.LogicalId, r.Properties, live))];
    }

    private static ServiceShape Shape(string logicalId, JsonObject properties, IReadOnlyDictionary<string, string> live)
    {
        var balancers = (properties["LoadBalancers"] as JsonArray ?? []).OfType<JsonObject>().ToList();
        var advanced = balancers.Select(b => b["AdvancedConfiguration"]).OfType<JsonObject>().ToList();
        return new ServiceShape(logicalId, TemplateValues.Text(properties["DeploymentConfiguration"]?[nameof(Strategy)]) ?? "ROLLING",
            Own(advanced.SelectMany(a => new[] { a["ProductionListenerRule"], a["TestListenerRule"] }), live),
            Own(balancers.Select(b => b["TargetGroupArn"]).Concat(advanced.Select(a => a["AlternateTargetGroupArn"])), live));
    }

    /// <summary>The resources of this stack among some values: physical ids, or logical ids in angle brackets where there is none yet.</summary>
    private static string[] Own(IEnumerable<JsonNode?> values, IReadOnlyDictionary<string, string> live) =>
        [.. values.Select(TemplateValues.Text).OfType<string>().Select(value => value is ['<', .., '>'] ? value[1..^1].Split('.')[0] : live.FirstOrDefault(l => l.Value == value).Key).OfType<string>().Distinct()];

    private static IEnumerable<KeyValuePair<string, string>> Pseudo(string stackId)
    {
        // arn:aws:cloudformation:REGION:ACCOUNT:stack/NAME/ID
        var parts = stackId.Split(':');
        var (partition, region, account) = parts.Length > 5 ? (parts[1], parts[3], parts[4]) : ("aws", "", "");
        return
        [
            new("AWS::AccountId", account), new("AWS::Region", region), new("AWS::Partition", partition), new("AWS::StackId", stackId),
            new("AWS::StackName", stackId.Split('/').ElementAtOrDefault(1) ?? ""), new("AWS::URLSuffix", partition == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"),
        ];
    }
}
