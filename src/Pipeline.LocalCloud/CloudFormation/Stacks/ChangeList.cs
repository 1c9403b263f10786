using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation.Templates;

namespace Pipeline.LocalCloud.CloudFormation.Stacks;

/// <summary>Works out what executing an input would do to a stack, in the API's form.</summary>
internal sealed class ChangeList(StackStore store, ResourceTypes types)
{
    private const string Unknown = Scope.Unknown;

    private readonly Dictionary<string, string> _replacements = new(StringComparer.Ordinal);
    private readonly HashSet<string> _modified = new(StringComparer.Ordinal);

    public async Task<JsonArray> Of(StackRecord stack, StackInput input, Template template)
    {
        var live = await StackScope.Live(store, types, stack with { Current = input }, input, template, _ => { });
        var scope = live with { Ref = id => Reference(stack, id), GetAtt = (id, attribute) => Attribute(stack, id, attribute) };
        var old = stack.Current is null ? null : TemplateParser.Parse(stack.Current.Body);
        var included = StackScope.Included(live);
        var dependencies = ResourceGraph.Dependencies(template, included, name => Conditions.Holds(name, live));
        var changes = new JsonArray();
        foreach (var id in ResourceGraph.Order(dependencies))
        {
            var definition = template.Resources[id];
            var wanted = StackScope.Wanted(definition, types[definition.Type], scope, dependencies[id]);
            if (store.Resource(stack.Id, id) is not { } has)
            {
                _replacements[id] = "True";
                changes.Add(Change("Add", id, definition.Type, null, new JsonObject { ["AfterContext"] = Context(wanted) }));
            }
            else if (Modification(stack, has, wanted, definition, new Origin(old, template, input)) is { } change)
            {
                changes.Add(change);
            }
        }

        foreach (var resource in store.Resources(stack.Id).Where(resource => !resource.IsGone && !included.Contains(resource.LogicalId)))
        {
            changes.Add(Change("Remove", resource.LogicalId, resource.Type, resource.Now.PhysicalId, new JsonObject
            {
                ["PolicyAction"] = resource.Now.DeletionPolicy switch { "Retain" or "RetainExceptOnCreate" => "Retain", "Snapshot" => "Snapshot", _ => "Delete" },
                ["BeforeContext"] = Context(resource.Now),
            }));
        }

        return changes;
    }

    private JsonObject? Modification(StackRecord stack, StackResource has, Incarnation wanted, ResourceDefinition definition, Origin origin)
    {
        var difference = Difference.Between(has.Now, wanted, types[definition.Type], types.Grammar(definition.Type));
        var dynamic = definition.Properties.Where(property => !difference.Properties.Contains(property.Key) && DependsOnModified(property.Value)).Select(property => property.Key).ToList();
        if (difference.IsNone && dynamic.Count == 0 && has.Status != ResourceStatus.UpdateFailed)
        {
            return null;
        }

        var grammar = types.Grammar(definition.Type);
        var type = types[definition.Type];
        var replacement = difference.Replacing.Any(name => !IsConditional(definition.Properties[name])) ? "True"
            : difference.Replacing.Count > 0 || dynamic.Any(name => type.Update is null || grammar.ReplacesWhenChanged(name, null, JsonValue.Create(Unknown))) ? "Conditional"
            : "False";
        _modified.Add(definition.LogicalId);
        if (replacement != "False")
        {
            _replacements[definition.LogicalId] = replacement;
        }

        var scope = new JsonArray();
        if (difference.Properties.Count + dynamic.Count > 0)
        {
            scope.Add("Properties");
        }

        if (difference.Tags)
        {
            scope.Add("Tags");
        }

        if (difference.Metadata)
        {
            scope.Add("Metadata");
        }

        var details = new ChangeDetails(stack, origin.Old, origin.New, origin.Input, definition, other => _modified.Contains(other) || _replacements.ContainsKey(other));
        return Change("Modify", definition.LogicalId, definition.Type, has.Now.PhysicalId, new JsonObject
        {
            ["PolicyAction"] = replacement == "False" ? null : wanted.UpdateReplacePolicy switch { "Retain" or "RetainExceptOnCreate" => "ReplaceAndRetain", "Snapshot" => "ReplaceAndSnapshot", _ => "ReplaceAndDelete" },
            ["Replacement"] = replacement,
            ["Scope"] = scope,
            ["Details"] = new JsonArray([
                .. difference.Properties.Concat(dynamic).SelectMany(name => details.Of(
                    name,
                    (has.Now.Properties[name], wanted.Properties[name]),
                    type.Update is null || grammar.ReplacesWhenChanged(name, has.Now.Properties[name], wanted.Properties[name]) || (dynamic.Contains(name) && grammar.ReplacesWhenChanged(name, null, JsonValue.Create(Unknown))),
                    dynamic.Contains(name))),
                .. difference.Tags ? new[] { ChangeDetails.Whole("Tags") } : [],
                .. difference.Metadata ? new[] { ChangeDetails.Whole("Metadata") } : [],
            ]),
            ["BeforeContext"] = Context(has.Now),
            ["AfterContext"] = Context(wanted),
        });
    }

    private bool DependsOnModified(JsonNode? value) =>
        References.In(value).Any(reference => reference.Attribute is not null && _modified.Contains(reference.Target) && !_replacements.ContainsKey(reference.Target));

    /// <summary>The value hangs on a resource that may, or may not, be replaced.</summary>
    private bool IsConditional(JsonNode? value) =>
        References.In(value).Any(reference => _replacements.GetValueOrDefault(reference.Target) == "Conditional") && !References.In(value).Any(reference => _replacements.GetValueOrDefault(reference.Target) == "True");

    private JsonNode Reference(StackRecord stack, string id) =>
        !_replacements.ContainsKey(id) && store.Resource(stack.Id, id)?.Now.PhysicalId is { Length: > 0 } physical ? physical : Unknown;

    private JsonNode Attribute(StackRecord stack, string id, string attribute) =>
        !_replacements.ContainsKey(id) && store.Resource(stack.Id, id) is { } has && has.Now.Attributes.TryGetValue(attribute, out var value) ? types.Attribute(has.Type, attribute, value) : Unknown;

    private static JsonObject Change(string action, string id, string type, string? physicalId, JsonObject more)
    {
        var change = new JsonObject { ["Action"] = action, ["LogicalResourceId"] = id, ["PhysicalResourceId"] = physicalId, ["ResourceType"] = type };
        foreach (var (name, value) in more)
        {
            change[name] = value?.DeepClone();
        }

        change["Scope"] ??= new JsonArray();
        change["Details"] ??= new JsonArray();
        return new JsonObject { ["Type"] = "Resource", ["ResourceChange"] = change };
    }

    private static string Context(Incarnation incarnation) => new JsonObject { ["Properties"] = incarnation.Properties.DeepClone() }.ToJsonString();

    private sealed record Origin(Template? Old, Template New, StackInput Input);
}
