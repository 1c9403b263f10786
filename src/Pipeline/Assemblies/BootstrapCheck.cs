using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pipeline.Assemblies;

/// <summary>
/// The CDK puts a check into templates: a rule that the account is bootstrapped, which reads a stored parameter. This pipeline uses nothing
/// of a bootstrapped account, so where nothing but that rule needs the parameter, both are left out.
/// </summary>
public static class BootstrapCheck
{
    private const string Parameter = "BootstrapVersion";
    private const string Rule = "CheckBootstrapVersion";
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, IndentSize = 1, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The template without the check.</summary>
    /// <param name="template">a synthesised one, JSON</param>
    /// <returns>the same text where there is no such check, or where something else uses the parameter</returns>
    public static string Without(string template)
    {
        if (Parsed(template) is not { } root || root["Parameters"]?[Parameter] is null)
        {
            return template;
        }

        Remove(root, "Rules", Rule);
        Remove(root, "Parameters", Parameter);
        var rest = root.ToJsonString(Readable);
        return rest.Contains(Parameter, StringComparison.Ordinal) ? template : rest;
    }

    private static JsonObject? Parsed(string template)
    {
        try
        {
            return JsonNode.Parse(template) as JsonObject;
        }
        catch (JsonException)
        {
            // YAML: not the CDK's.
            return null;
        }
    }

    private static void Remove(JsonObject root, string section, string name)
    {
        if (root[section] is JsonObject members && members.Remove(name) && members.Count == 0)
        {
            root.Remove(section);
        }
    }
}
