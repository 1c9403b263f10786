using Pipeline.Outcomes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Pipeline.Deployments;

/// <summary>The parameters that a CloudFormation template declares.</summary>
public static class TemplateParameters
{
    /// <summary>Reads them from a template's text, JSON or YAML.</summary>
    /// <param name="path">for messages</param>
    /// <returns>name → default value, <c>null</c> where it has none</returns>
    /// <exception cref="UsageException">the text is not a template</exception>
    public static IReadOnlyDictionary<string, string?> Read(string template, string path)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(template));
            if (stream.Documents is not [{ RootNode: YamlMappingNode root }])
            {
                throw new UsageException($"{path}: not a CloudFormation template: it must be one mapping with a Resources section.");
            }

            return root.Children.TryGetValue("Parameters", out var section) && section is YamlMappingNode parameters
                ? parameters.Children.ToDictionary(p => p.Key.ToString(), p => Default(p.Value))
                : new Dictionary<string, string?>();
        }
        catch (YamlException e)
        {
            throw new UsageException($"{path}:{e.Start.Line}  {e.Message}");
        }
    }

    private static string? Default(YamlNode declaration) =>
        declaration is YamlMappingNode members && members.Children.TryGetValue("Default", out var value) && value is YamlScalarNode scalar ? scalar.Value ?? "" : null;
}
