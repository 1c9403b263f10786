using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation.Templates;

namespace Pipeline.LocalCloud.CloudFormation.Stacks;

/// <summary>Scopes over the resources that a stack really has.</summary>
internal static class StackScope
{
    /// <summary>A template's scope, its conditions answered; resources and exports are looked up when asked for.</summary>
    /// <param name="imported">hears the name of every export that is used</param>
    public static async Task<Scope> Live(StackStore store, ResourceTypes types, StackRecord stack, StackInput input, Template template, Action<string> imported)
    {
        var parameters = await ParameterValues.Evaluate(template, input.Parameters, name => Task.FromResult(input.Stored[name]));
        var scope = new Scope(template, parameters, stack.Identity)
        {
            Ref = id => Existing(store, stack.Id, id).PhysicalId,
            GetAtt = (id, attribute) => Existing(store, stack.Id, id).Attributes.TryGetValue(attribute, out var value)
                ? types.Attribute(template.Resources[id].Type, attribute, value)
                : throw Refusals.Invalid($"Template error: resource {id} does not support attribute type {attribute} in Fn::GetAtt"),
            Import = name =>
            {
                imported(name);
                return store.Exports(stack.Region).FirstOrDefault(export => export.Output.ExportName == name && export.Stack.Id != stack.Id).Output?.Value
                    ?? throw Refusals.Invalid($"No export named {name} found.");
            },
        };
        foreach (var name in template.Conditions.Keys)
        {
            Conditions.Holds(name, scope);
        }

        return scope;
    }

    /// <summary>The resources whose conditions hold.</summary>
    public static HashSet<string> Included(Scope scope) =>
        [.. scope.Template.Resources.Values.Where(resource => resource.Condition is null || Conditions.Holds(resource.Condition, scope)).Select(resource => resource.LogicalId)];

    public static Incarnation Wanted(ResourceDefinition definition, ResourceType type, Scope scope, IReadOnlyList<string> dependsOn) =>
        new("", (JsonObject)(Intrinsics.Evaluate(definition.Properties, scope) ?? new JsonObject()), new Dictionary<string, string>(), scope.Stack.Tags)
        {
            DependsOn = dependsOn,
            DeletionPolicy = definition.DeletionPolicy ?? type.DefaultDeletionPolicy,
            Metadata = definition.Metadata?.ToJsonString(),
            UpdateReplacePolicy = definition.UpdateReplacePolicy,
            Token = Guid.NewGuid().ToString("N"),
        };

    private static Incarnation Existing(StackStore store, string stackId, string logicalId) => store.Resource(stackId, logicalId)?.Now is { PhysicalId.Length: > 0 } now
        ? now
        : throw Refusals.Invalid($"Unresolved resource dependencies [{logicalId}]: it does not exist.");
}
