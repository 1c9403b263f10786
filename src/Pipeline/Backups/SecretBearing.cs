using Pipeline.StackOperations;
using YamlDotNet.RepresentationModel;

namespace Pipeline.Backups;

/// <summary>The resources of a template in which the value of a secret stands once they are made: of a <c>NoEcho</c> parameter, or of a reference that CloudFormation resolves.</summary>
internal static class SecretBearing
{
    private static readonly string[] References = ["{{resolve:secretsmanager:", "{{resolve:ssm-secure:"];

    /// <summary>Their logical ids.</summary>
    public static IReadOnlySet<string> Of(string template)
    {
        var found = SecretProperties.Of(template).Select(property => property.Split('.')[0]).ToHashSet(StringComparer.Ordinal);
        if (TemplateText.Root(template, "the template").Children.TryGetValue("Resources", out var section) && section is YamlMappingNode resources)
        {
            found.UnionWith(resources.Children.Where(r => r.Value.AllNodes.OfType<YamlScalarNode>().Any(s => References.Any(reference => s.Value?.Contains(reference, StringComparison.Ordinal) == true))).Select(r => r.Key.ToString()));
        }

        return found;
    }
}
