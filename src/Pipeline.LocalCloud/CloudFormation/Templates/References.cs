using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.CloudFormation.Templates;

/// <summary>One mention of a parameter or resource inside a value.</summary>
/// <param name="Attribute"><c>null</c> for <c>Ref</c></param>
internal sealed record Reference(string Target, string? Attribute);

/// <summary>Finds what a value refers to, without evaluating it.</summary>
internal static class References
{
    /// <param name="holds">answers a condition, so that only the branch taken counts; <c>null</c> follows both branches</param>
    public static IEnumerable<Reference> In(JsonNode? node, Func<string, bool>? holds = null)
    {
        if (Intrinsics.Call(node) is not var (name, argument))
        {
            var children = node switch
            {
                JsonObject mapping => mapping.Select(member => member.Value),
                JsonArray list => list,
                _ => Enumerable.Empty<JsonNode?>(),
            };
            return children.SelectMany(child => In(child, holds));
        }

        return name switch
        {
            "Ref" => [new Reference(argument.ToString(), null)],
            "Fn::GetAtt" when Attribute(argument) is var (id, attribute) => [new Reference(id, attribute.ToString()), .. In(attribute, holds)],
            "Fn::Sub" => InSubstitution(argument, holds),
            "Fn::If" when Intrinsics.Arguments(argument, name, 3) is var branches => holds is null
                ? In(branches[1], holds).Concat(In(branches[2], holds))
                : In(holds(branches[0]!.ToString()) ? branches[1] : branches[2], holds),
            _ => In(argument, holds),
        };
    }

    /// <summary>The conditions that <c>Fn::If</c> asks within a value.</summary>
    public static IEnumerable<string> ConditionsIn(JsonNode? node) => Intrinsics.Call(node) is ("Fn::If", var argument)
        ? Intrinsics.Arguments(argument, "Fn::If", 3) is var branches ? [branches[0]!.ToString(), .. ConditionsIn(branches[1]), .. ConditionsIn(branches[2])] : []
        : node switch
        {
            JsonObject mapping => mapping.SelectMany(member => ConditionsIn(member.Value)),
            JsonArray list => list.SelectMany(ConditionsIn),
            _ => [],
        };

    public static (string Resource, JsonNode Attribute) Attribute(JsonNode argument) => argument switch
    {
        JsonArray { Count: 2 } pair => (pair[0]!.ToString(), pair[1]!),
        JsonArray { Count: > 2 } parts => (parts[0]!.ToString(), JsonValue.Create(string.Join('.', parts.Skip(1)))),
        JsonValue text when text.ToString().Split('.', 2) is [var id, var attribute] => (id, JsonValue.Create(attribute)),
        _ => throw Refusals.Invalid("Template error: every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute"),
    };

    public static (string Text, JsonObject? Variables) Substitution(JsonNode argument) => argument switch
    {
        JsonValue text => (text.ToString(), null),
        JsonArray { Count: 2 } list when list[0] is JsonValue text && list[1] is JsonObject variables => (text.ToString(), variables),
        _ => throw Refusals.Invalid("Template error: One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string"),
    };

    private static IEnumerable<Reference> InSubstitution(JsonNode argument, Func<string, bool>? holds)
    {
        var (text, variables) = Substitution(argument);
        return Intrinsics.Variable().Matches(text)
            .Select(match => match.Groups["name"].Value.Trim())
            .Where(name => !name.StartsWith('!') && variables?.ContainsKey(name) != true)
            .Select(name => name.Split('.', 2) is [var id, var attribute] ? new Reference(id, attribute) : new Reference(name, null))
            .Concat(In(variables, holds));
    }
}
