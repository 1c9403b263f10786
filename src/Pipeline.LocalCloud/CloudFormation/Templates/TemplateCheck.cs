using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.CloudFormation.Templates;

/// <summary>Refuses a template that could not be carried out, before anything is touched: unknown types, properties, attributes, references, circles.</summary>
internal static class TemplateCheck
{
    public static void Run(Template template, ResourceTypes types)
    {
        RefuseUnknown(template.Resources.Values.Where(resource => resource.Condition is null), types);

        foreach (var parameter in template.Parameters.Values)
        {
            ParameterValues.RequireKnownType(parameter);
        }

        foreach (var rule in template.Rules.Values)
        {
            foreach (var node in rule.Assertions.Select(assertion => assertion.Assert).Prepend(rule.Condition))
            {
                CheckRule(template, rule.Name, node);
            }
        }

        foreach (var (name, condition) in template.Conditions)
        {
            CheckCondition(template, name, condition);
        }

        foreach (var resource in template.Resources.Values)
        {
            if (types.Find(resource.Type) is { } type)
            {
                Check(template, resource, type, types.Grammar(resource.Type));
            }

            Defined(template, resource.Condition, $"resource {resource.LogicalId}");
            References(template, types, resource.Properties, $"resource {resource.LogicalId}", "Resources");
        }

        foreach (var output in template.Outputs.Values)
        {
            References(template, types, output.Value, $"output {output.Name}", "Outputs");
            References(template, types, output.ExportName, $"output {output.Name}", "Outputs");
            Defined(template, output.Condition, $"output {output.Name}");
        }

        ResourceGraph.Order(ResourceGraph.Dependencies(template, template.Resources.Keys.ToHashSet(StringComparer.Ordinal), holds: null));
    }

    /// <summary>A resource whose condition does not hold is never made, so only the others need a type that is known here.</summary>
    public static void RequireTypes(Template template, ResourceTypes types, Scope scope) =>
        RefuseUnknown(template.Resources.Values.Where(resource => resource.Condition is not null && Conditions.Holds(resource.Condition, scope)), types);

    /// <summary>What a caller must acknowledge: a template that makes identities, or identities with names of their own.</summary>
    public static IReadOnlyList<string> Capabilities(Template template)
    {
        var identities = template.Resources.Values.Where(resource => resource.Type.StartsWith("AWS::IAM::", StringComparison.Ordinal)).ToList();
        return identities.Count == 0 ? []
            : identities.Any(resource => resource.Properties.Any(property => property.Key is "RoleName" or "UserName" or "GroupName" or "ManagedPolicyName" or "InstanceProfileName")) ? ["CAPABILITY_NAMED_IAM"]
            : ["CAPABILITY_IAM"];
    }

    private static void RefuseUnknown(IEnumerable<ResourceDefinition> resources, ResourceTypes types)
    {
        var unknown = resources.Where(resource => types.Find(resource.Type) is null).ToList();
        if (unknown.Count > 0)
        {
            throw Refusals.Format($"Unrecognized resource types: [{string.Join(", ", unknown.Select(resource => $"{resource.Type} (resource {resource.LogicalId})"))}]");
        }
    }

    private static void Check(Template template, ResourceDefinition resource, ResourceType type, PropertyGrammar grammar)
    {
        var id = resource.LogicalId;
        if (grammar.Misfit(resource.Properties) is { } misfit)
        {
            throw Refusals.Invalid($"Properties validation failed for resource {id} ({resource.Type}): {misfit}");
        }

        var missing = type.Required.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(name => !resource.Properties.ContainsKey(name)).ToList();
        if (missing.Count > 0)
        {
            throw Refusals.Invalid($"Properties validation failed for resource {id} ({resource.Type}): required property [{string.Join(", ", missing)}] not found");
        }

        if (type.Snapshot is null && (resource.DeletionPolicy == "Snapshot" || resource.UpdateReplacePolicy == "Snapshot"))
        {
            throw Refusals.Format($"{(resource.DeletionPolicy == "Snapshot" ? "DeletionPolicy" : "UpdateReplacePolicy")} Snapshot is not supported for {resource.Type} (resource {id})");
        }

        var lost = resource.DependsOn.Where(other => !template.Resources.ContainsKey(other)).ToList();
        if (lost.Count > 0)
        {
            throw Refusals.Format($"Unresolved resource dependencies [{string.Join(", ", lost)}] in the Resources block of the template (resource {id})");
        }
    }

    private static void References(Template template, ResourceTypes types, JsonNode? node, string where, string block)
    {
        foreach (var reference in Templates.References.In(node))
        {
            if (reference.Attribute is null && (template.Parameters.ContainsKey(reference.Target) || reference.Target.StartsWith("AWS::", StringComparison.Ordinal)))
            {
                continue;
            }

            if (!template.Resources.TryGetValue(reference.Target, out var target))
            {
                throw Refusals.Format($"Unresolved resource dependencies [{reference.Target}] in the {block} block of the template ({where})");
            }

            var known = types.Find(target.Type)?.Attributes ?? "";
            if (reference.Attribute is { } attribute && known.Length > 0 && !known.Split(' ').Contains(attribute))
            {
                throw Refusals.Invalid($"Template error: resource {reference.Target} does not support attribute type {attribute} in Fn::GetAtt ({where})");
            }
        }

        foreach (var condition in Templates.References.ConditionsIn(node))
        {
            Defined(template, condition, where);
        }
    }

    private static void CheckCondition(Template template, string name, JsonNode condition)
    {
        foreach (var reference in Templates.References.In(condition))
        {
            if (reference.Attribute is not null || (!template.Parameters.ContainsKey(reference.Target) && !reference.Target.StartsWith("AWS::", StringComparison.Ordinal)))
            {
                throw Refusals.Format($"Unresolved dependencies [{reference.Target}]. Cannot reference resources in the Conditions block of the template (condition {name})");
            }
        }
    }

    /// <summary>Walks by hand: a rule's functions are no intrinsics.</summary>
    private static void CheckRule(Template template, string rule, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject { Count: 1 } call when call["Ref"] is JsonValue name:
                if (!template.Parameters.ContainsKey(name.ToString()) && !name.ToString().StartsWith("AWS::", StringComparison.Ordinal))
                {
                    throw Refusals.Format($"Unresolved dependencies [{name}]. Cannot reference resources in the Rules block of the template (rule {rule})");
                }

                break;
            case JsonObject mapping:
                foreach (var (_, value) in mapping)
                {
                    CheckRule(template, rule, value);
                }

                break;
            case JsonArray list:
                foreach (var entry in list)
                {
                    CheckRule(template, rule, entry);
                }

                break;
        }
    }

    private static void Defined(Template template, string? condition, string where)
    {
        if (condition is not null && !template.Conditions.ContainsKey(condition))
        {
            throw Refusals.Format($"Unresolved condition dependency {condition} in {where}");
        }
    }
}
