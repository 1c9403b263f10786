using Pipeline.Outcomes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Pipeline.StackOperations;

/// <summary>A parameter that a template declares.</summary>
/// <param name="Default"><c>null</c> where it has none</param>
/// <param name="NoEcho">its value may not be shown</param>
public sealed record TemplateParameter(string? Default, bool NoEcho);

/// <summary>The parameters that a CloudFormation template declares.</summary>
public static class TemplateParameters
{
    /// <summary>Reads them from a template's text, JSON or YAML.</summary>
    /// <param name="path">for messages</param>
    /// <exception cref="UsageException">the text is not a template</exception>
    public static IReadOnlyDictionary<string, TemplateParameter> Read(string template, string path) =>
        TemplateText.Root(template, path).Children.TryGetValue("Parameters", out var section) && section is YamlMappingNode parameters
            ? parameters.Children.ToDictionary(p => p.Key.ToString(), p => Declared(p.Value))
            : new Dictionary<string, TemplateParameter>();

    private static TemplateParameter Declared(YamlNode declaration) => new(Scalar(declaration, "Default"), Scalar(declaration, "NoEcho")?.ToLowerInvariant() == "true");

    private static string? Scalar(YamlNode declaration, string member) =>
        declaration is YamlMappingNode members && members.Children.TryGetValue(member, out var value) && value is YamlScalarNode scalar ? scalar.Value ?? "" : null;
}

/// <summary>A template's text as a tree.</summary>
public static class TemplateText
{
    /// <summary>Reads it.</summary>
    /// <param name="path">for messages</param>
    /// <exception cref="UsageException">the text is not a template</exception>
    public static YamlMappingNode Root(string template, string path)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(template));
            return stream.Documents is [{ RootNode: YamlMappingNode root }]
                ? root
                : throw new UsageException($"{path}: not a CloudFormation template: it must be one mapping with a Resources section.");
        }
        catch (YamlException e)
        {
            throw new UsageException($"{path}:{e.Start.Line}  {e.Message}");
        }
    }

    /// <summary>The logical ids of its resources.</summary>
    /// <param name="path">for messages</param>
    public static IReadOnlyList<string> Resources(string template, string path) =>
        Root(template, path).Children.TryGetValue("Resources", out var section) && section is YamlMappingNode resources ? [.. resources.Children.Keys.Select(k => k.ToString())] : [];

    /// <summary>A short name of what it says: the same as long as it says the same, whatever its comments and its layout.</summary>
    /// <param name="path">for messages</param>
    /// <returns>seven hex digits</returns>
    public static string Version(string template, string path) => Hashing.Of([.. Words(Root(template, path))])[..7];

    private static IEnumerable<string> Words(YamlNode node) => node switch
    {
        YamlMappingNode map => [$"{{{Tag(node)}", .. map.Children.SelectMany(c => Words(c.Key).Concat(Words(c.Value))), "}"],
        YamlSequenceNode list => [$"[{Tag(node)}", .. list.Children.SelectMany(Words), "]"],
        YamlScalarNode scalar => [$"={Tag(node)}{scalar.Value}"],
        _ => [],
    };

    private static string Tag(YamlNode node) => node.Tag.IsEmpty ? "" : node.Tag.Value;
}
