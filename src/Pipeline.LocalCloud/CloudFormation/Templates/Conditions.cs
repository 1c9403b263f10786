using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.CloudFormation.Templates;

/// <summary>The Conditions section: names, and the functions that answer yes or no.</summary>
internal static class Conditions
{
    public static bool Holds(string name, Scope scope)
    {
        if (scope.Conditions.TryGetValue(name, out var known))
        {
            return known ?? throw Refusals.Format($"Circular dependency in condition {name}.");
        }

        var definition = scope.Template.Conditions.GetValueOrDefault(name)
            ?? throw Refusals.Format($"Unresolved condition dependency {name} in the template.");
        scope.Conditions[name] = null;
        var holds = Evaluate(definition, scope, name);
        scope.Conditions[name] = holds;
        return holds;
    }

    private static bool Evaluate(JsonNode node, Scope scope, string where)
    {
        if (node is not JsonObject { Count: 1 } call)
        {
            throw Refusals.Format($"the condition {where} must be one condition function.");
        }

        var (name, argument) = call.Single();
        return name switch
        {
            "Condition" => Holds(argument!.ToString(), scope),
            "Fn::Equals" => Intrinsics.Arguments(argument!, name, 2) is var sides
                && Values.Same(Intrinsics.Evaluate(sides[0]!, scope), Intrinsics.Evaluate(sides[1]!, scope)),
            "Fn::Not" => !Evaluate(Intrinsics.Arguments(argument!, name, 1)[0]!, scope, where),
            "Fn::And" => Several(argument!, name).All(part => Evaluate(part!, scope, where)),
            "Fn::Or" => Several(argument!, name).Any(part => Evaluate(part!, scope, where)),
            _ => throw Refusals.Format($"the condition {where} uses {name}, which is no condition function."),
        };
    }

    internal static JsonArray Several(JsonNode argument, string name) => argument is JsonArray { Count: >= 2 and <= 10 } list
        ? list
        : throw Refusals.Format($"every {name} object requires 2 to 10 conditions.");
}
