using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation.Templates;

namespace Pipeline.LocalCloud.CloudFormation.Stacks;

/// <summary>Says why a property of a resource changes: the template's text, a parameter, or another resource.</summary>
/// <param name="changes">whether another resource of the stack is changed or replaced as well</param>
internal sealed class ChangeDetails(StackRecord stack, Template? old, Template template, StackInput input, ResourceDefinition definition, Func<string, bool> changes)
{
    public IEnumerable<JsonNode> Of(string property, (JsonNode? Before, JsonNode? After) values, bool recreates, bool dynamic)
    {
        var target = new JsonObject
        {
            ["Attribute"] = "Properties",
            ["Name"] = property,
            ["RequiresRecreation"] = recreates ? dynamic ? "Conditionally" : "Always" : "Never",
            ["Path"] = $"/Properties/{property}",
            ["BeforeValue"] = Text(values.Before),
            ["AfterValue"] = Text(values.After),
            ["AttributeChangeType"] = values.Before is null ? "Add" : values.After is null ? "Remove" : "Modify",
        };
        var causes = Causes(property).ToList();
        return (causes.Count > 0 ? causes : [("DirectModification", null)]).Select(JsonNode (cause) => new JsonObject
        {
            ["Target"] = target.DeepClone(),
            ["Evaluation"] = dynamic ? "Dynamic" : "Static",
            ["ChangeSource"] = cause.Source,
            ["CausingEntity"] = cause.Entity,
        });
    }

    /// <summary>An attribute of the resource beside its properties.</summary>
    public static JsonNode Whole(string attribute) => new JsonObject
    {
        ["Target"] = new JsonObject { ["Attribute"] = attribute, ["RequiresRecreation"] = "Never" },
        ["Evaluation"] = "Static",
        ["ChangeSource"] = "DirectModification",
    };

    private IEnumerable<(string Source, string? Entity)> Causes(string property)
    {
        var expression = definition.Properties[property];
        if (!Values.Same(expression, old?.Resources.GetValueOrDefault(definition.LogicalId)?.Properties[property]))
        {
            yield break;
        }

        foreach (var reference in References.In(expression).Distinct())
        {
            if (template.Parameters.ContainsKey(reference.Target))
            {
                if (Given(input, reference.Target) != Given(stack.Current, reference.Target))
                {
                    yield return ("ParameterReference", reference.Target);
                }
            }
            else if (changes(reference.Target))
            {
                yield return reference.Attribute is { } attribute ? ("ResourceAttribute", $"{reference.Target}.{attribute}") : ("ResourceReference", reference.Target);
            }
        }
    }

    /// <summary>A parameter's text; of one that names a stored parameter, what that gave.</summary>
    private static string? Given(StackInput? input, string parameter) =>
        input?.Parameters.GetValueOrDefault(parameter) is not { } text ? null : input.Stored.GetValueOrDefault(text, text);

    private static string? Text(JsonNode? value) => value switch
    {
        null => null,
        JsonValue => value.ToString(),
        _ => value.ToJsonString(),
    };
}
