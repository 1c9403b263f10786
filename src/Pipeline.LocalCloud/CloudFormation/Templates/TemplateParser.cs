using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.CloudFormation.Templates;

/// <summary>Text → <see cref="Template"/>: sections and their members, everything unknown refused by name.</summary>
internal static partial class TemplateParser
{
    /// <summary>Bytes of a template that comes in the request itself; a larger one comes by URL.</summary>
    public const int BodyLimit = 51_200;

    /// <summary>Bytes of a template that comes by URL.</summary>
    public const int UrlLimit = 1_000_000;

    private static readonly string[] Policies = ["Delete", "Retain", "RetainExceptOnCreate", "Snapshot"];

    public static Template Parse(string body)
    {
        var root = TemplateText.Read(body);
        if (root["Transform"] is { } transform)
        {
            throw Refusals.Invalid($"No transform named {(transform is JsonArray list ? string.Join(", ", list) : transform.ToString())} found: the embedded cloud has none.");
        }

        Known(root, "the template", "AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Mappings", "Conditions", "Resources", "Outputs");
        if (root["AWSTemplateFormatVersion"] is { } version && version.ToString() != "2010-09-09")
        {
            throw Refusals.Format($"Unsupported template format version '{version}'; it is 2010-09-09.");
        }

        var resources = Section(root, "Resources", Resource);
        if (resources.Count == 0)
        {
            throw Refusals.Format("At least one Resources member must be defined.");
        }

        AtMost(resources.Count, 500, "resources");
        AtMost((ObjectOf(root, "Outputs", "the template") ?? []).Count, 200, "outputs");
        AtMost((ObjectOf(root, "Parameters", "the template") ?? []).Count, 200, "parameters");
        AtMost((ObjectOf(root, "Mappings", "the template") ?? []).Count, 200, "mappings");
        return new Template
        {
            Description = TextOf(root, "Description", "the template"),
            Metadata = ObjectOf(root, "Metadata", "the template"),
            Parameters = Section(root, "Parameters", Parameter),
            Rules = Section(root, "Rules", Rule),
            Mappings = ObjectOf(root, "Mappings", "the template") ?? [],
            Conditions = Section(root, "Conditions", (_, node) => node),
            Resources = resources,
            Outputs = Section(root, "Outputs", Output),
        };
    }

    private static ParameterDefinition Parameter(string name, JsonNode node)
    {
        var where = $"parameter {name}";
        var members = Structure(node, where);
        Known(members, where, "Type", "Default", "Description", "AllowedValues", "AllowedPattern", "ConstraintDescription", "MinLength", "MaxLength", "MinValue", "MaxValue", "NoEcho");
        return new ParameterDefinition(name, TextOf(members, "Type", where) ?? throw Refusals.Format($"Every Parameters object must contain a Type member ({name})."))
        {
            Default = members["Default"] is JsonArray defaults ? string.Join(',', defaults) : TextOf(members, "Default", where),
            Description = TextOf(members, "Description", where),
            AllowedValues = [.. (members["AllowedValues"] as JsonArray ?? []).Select(value => value!.ToString())],
            AllowedPattern = TextOf(members, "AllowedPattern", where),
            ConstraintDescription = TextOf(members, "ConstraintDescription", where),
            MinLength = members.Number("MinLength"),
            MaxLength = members.Number("MaxLength"),
            MinValue = members.Number("MinValue"),
            MaxValue = members.Number("MaxValue"),
            NoEcho = members.Flag("NoEcho") ?? false,
        };
    }

    private static RuleDefinition Rule(string name, JsonNode node)
    {
        var where = $"rule {name}";
        var members = Structure(node, where);
        Known(members, where, "RuleCondition", "Assertions");
        var assertions = members["Assertions"] as JsonArray ?? throw Refusals.Format($"{where} needs a list of Assertions.");
        return new RuleDefinition(name, members["RuleCondition"], [.. assertions.Select(entry =>
        {
            var assertion = Structure(entry!, $"an assertion of {where}");
            Known(assertion, $"an assertion of {where}", "Assert", "AssertDescription");
            return new RuleAssertion(assertion["Assert"] ?? throw Refusals.Format($"an assertion of {where} needs an Assert."), TextOf(assertion, "AssertDescription", where));
        })]);
    }

    private static ResourceDefinition Resource(string id, JsonNode node)
    {
        var where = $"resource {id}";
        if (!LogicalId().IsMatch(id))
        {
            throw Refusals.Format($"Resource name {id} is non alphanumeric.");
        }

        var members = Structure(node, where);
        Known(members, where, "Type", "Properties", "Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "Metadata");
        return new ResourceDefinition(
            id,
            TextOf(members, "Type", where) ?? throw Refusals.Format($"[/Resources/{id}] Every Resources object must contain a Type member."),
            ObjectOf(members, "Properties", where) ?? [])
        {
            Condition = TextOf(members, "Condition", where),
            DependsOn = members["DependsOn"] switch
            {
                null => [],
                JsonArray list => [.. list.Select(entry => entry!.ToString())],
                JsonValue single => [single.ToString()],
                _ => throw Refusals.Format($"DependsOn of {where} must be a name or a list of names."),
            },
            DeletionPolicy = Policy(members, "DeletionPolicy", where),
            UpdateReplacePolicy = Policy(members, "UpdateReplacePolicy", where),
            Metadata = ObjectOf(members, "Metadata", where),
        };
    }

    private static OutputDefinition Output(string name, JsonNode node)
    {
        var where = $"output {name}";
        var members = Structure(node, where);
        Known(members, where, "Value", "Description", "Condition", "Export");
        var export = ObjectOf(members, "Export", where);
        if (export is not null)
        {
            Known(export, $"the export of {where}", "Name");
        }

        return new OutputDefinition(name, members["Value"] ?? throw Refusals.Format($"Every Outputs member must contain a Value object ({name})."))
        {
            Description = TextOf(members, "Description", where),
            Condition = TextOf(members, "Condition", where),
            ExportName = export is null ? null : export["Name"] ?? throw Refusals.Format($"the export of {where} needs a Name."),
        };
    }

    private static void AtMost(int count, int limit, string what)
    {
        if (count > limit)
        {
            throw Refusals.Format($"Number of {what}, {count}, is greater than maximum allowed, {limit}");
        }
    }

    private static string? Policy(JsonObject members, string name, string where) => TextOf(members, name, where) switch
    {
        null => null,
        var policy when Policies.Contains(policy) => policy,
        var policy => throw Refusals.Format($"Unrecognized {name} {policy} for {where}"),
    };

    private static Dictionary<string, T> Section<T>(JsonObject root, string name, Func<string, JsonNode, T> read)
    {
        var section = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var (key, value) in ObjectOf(root, name, "the template") ?? [])
        {
            section[key] = read(key, value!);
        }

        return section;
    }

    private static void Known(JsonObject members, string where, params ReadOnlySpan<string> names)
    {
        foreach (var (name, _) in members)
        {
            if (!names.Contains(name))
            {
                throw Refusals.Format($"'{name}' is not supported in {where}.");
            }
        }
    }

    private static JsonObject Structure(JsonNode node, string where) => node as JsonObject ?? throw Refusals.Format($"{where} must be a structure.");

    private static JsonObject? ObjectOf(JsonObject members, string name, string where) =>
        members[name] is not { } node ? null : Structure(node, $"{name} of {where}");

    private static string? TextOf(JsonObject members, string name, string where) => members[name] switch
    {
        null => null,
        JsonValue value => value.ToString(),
        _ => throw Refusals.Format($"{name} of {where} must be a text."),
    };

    [GeneratedRegex("^[A-Za-z0-9]{1,255}$")]
    private static partial Regex LogicalId();
}
