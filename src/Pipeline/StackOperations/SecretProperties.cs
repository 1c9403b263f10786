using YamlDotNet.RepresentationModel;

namespace Pipeline.StackOperations;

/// <summary>The properties of a template's resources that are made of a <c>NoEcho</c> parameter: neither their old nor their new values may be shown.</summary>
internal static class SecretProperties
{
    /// <summary>Finds them.</summary>
    /// <returns><c>LogicalId.Property</c>, top-level properties</returns>
    public static IReadOnlySet<string> Of(string template)
    {
        var secrets = TemplateParameters.Read(template, "the template").Where(p => p.Value.NoEcho).Select(p => p.Key).ToList();
        return secrets.Count == 0 ? new HashSet<string>() : Properties(template).Where(p => Mentions(p.Value, secrets)).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
    }

    private static IEnumerable<(string Name, YamlNode Value)> Properties(string template) =>
        from resource in Members(TemplateText.Root(template, "the template"), "Resources")
        from property in Members(resource.Value, "Properties")
        select ($"{resource.Key}.{property.Key}", property.Value);

    private static IEnumerable<KeyValuePair<YamlNode, YamlNode>> Members(YamlNode node, string section) =>
        node is YamlMappingNode map && map.Children.TryGetValue(section, out var members) && members is YamlMappingNode found ? found.Children : [];

    private static bool Mentions(YamlNode node, IReadOnlyList<string> secrets) =>
        node.AllNodes.OfType<YamlScalarNode>().Any(s => secrets.Any(name => s.Value == name || s.Value?.Contains($"${{{name}}}", StringComparison.Ordinal) == true));
}
