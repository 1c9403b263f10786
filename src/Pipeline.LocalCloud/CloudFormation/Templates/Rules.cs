using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.CloudFormation.Templates;

/// <summary>The Rules section: what must hold between a template's parameters, checked before anything is kept.</summary>
internal static class Rules
{
    /// <summary>Functions that only this section knows.</summary>
    public static readonly IReadOnlySet<string> Names = new HashSet<string>(StringComparer.Ordinal) { "Fn::Contains", "Fn::EachMemberEquals", "Fn::EachMemberIn" };

    /// <exception cref="Protocols.AwsException">ValidationError with every assertion that does not hold</exception>
    public static void Check(Template template, Scope scope)
    {
        var broken = template.Rules.Values
            .Where(rule => rule.Condition is null || Holds(rule.Condition, scope, rule.Name))
            .SelectMany(rule => rule.Assertions.Where(assertion => !Holds(assertion.Assert, scope, rule.Name)).Select(assertion => $"{rule.Name}: {assertion.Description ?? assertion.Assert.ToJsonString()}"))
            .ToList();
        if (broken.Count > 0)
        {
            throw Refusals.Invalid($"Template rule assertion failed: {string.Join("; ", broken)}");
        }
    }

    private static bool Holds(JsonNode node, Scope scope, string rule)
    {
        if (node is not JsonObject { Count: 1 } call)
        {
            throw Refusals.Format($"the rule {rule} must be one rule function.");
        }

        var (name, argument) = call.Single();
        return name switch
        {
            "Fn::And" => Conditions.Several(argument!, name).All(part => Holds(part!, scope, rule)),
            "Fn::Or" => Conditions.Several(argument!, name).Any(part => Holds(part!, scope, rule)),
            "Fn::Not" => !Holds(Intrinsics.Arguments(argument!, name, 1)[0]!, scope, rule),
            "Fn::Equals" => Two(name, argument!, scope, rule) is var (left, right) && Values.Same(left, right),
            "Fn::Contains" => Two(name, argument!, scope, rule) is var (list, member) && List(list, name, rule).Any(entry => Values.Same(entry, member)),
            "Fn::EachMemberEquals" => Two(name, argument!, scope, rule) is var (list, value) && List(list, name, rule).All(entry => Values.Same(entry, value)),
            "Fn::EachMemberIn" => Two(name, argument!, scope, rule) is var (each, among) && List(each, name, rule).All(entry => List(among, name, rule).Any(other => Values.Same(entry, other))),
            _ => throw Refusals.Format($"the rule {rule} uses {name}, which is not supported there."),
        };
    }

    private static (JsonNode Left, JsonNode Right) Two(string name, JsonNode argument, Scope scope, string rule)
    {
        var sides = Intrinsics.Arguments(argument, name, 2);
        return (Value(sides[0]!, scope, rule), Value(sides[1]!, scope, rule));
    }

    /// <summary>A rule sees parameters and what is written there, nothing else.</summary>
    private static JsonNode Value(JsonNode node, Scope scope, string rule) => node switch
    {
        JsonArray list => new JsonArray([.. list.Select(entry => Value(entry!, scope, rule))]),
        JsonObject when Intrinsics.Call(node) is ("Ref", _) => Intrinsics.Evaluate(node, scope)!,
        JsonObject mapping => throw Refusals.Format($"the rule {rule} uses {mapping.FirstOrDefault().Key}, which is not supported there."),
        _ => node.DeepClone(),
    };

    private static JsonArray List(JsonNode node, string name, string rule) => node as JsonArray ?? throw Refusals.Format($"{name} of the rule {rule} needs a list.");
}
