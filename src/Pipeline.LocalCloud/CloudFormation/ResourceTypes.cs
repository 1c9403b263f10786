using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation.Templates;

namespace Pipeline.LocalCloud.CloudFormation;

/// <summary>All resource types of the cloud by name, with their property notation read.</summary>
internal sealed class ResourceTypes(IReadOnlyList<ResourceType> types)
{
    private readonly Dictionary<string, ResourceType> _types = types.ToDictionary(type => type.Name, StringComparer.Ordinal);
    private readonly Dictionary<string, PropertyGrammar> _grammars = types.ToDictionary(type => type.Name, type => PropertyGrammar.Parse(type.Properties), StringComparer.Ordinal);

    /// <summary>For a type that needs the engine which works with these types.</summary>
    public void Add(ResourceType type)
    {
        _types.Add(type.Name, type);
        _grammars.Add(type.Name, PropertyGrammar.Parse(type.Properties));
    }

    public ResourceType? Find(string name) => _types.GetValueOrDefault(name);

    /// <summary>The type of an existing resource: always there, its template was checked.</summary>
    public ResourceType this[string name] => Find(name) ?? throw new ResourceFailure($"Unrecognized resource type {name}");

    /// <summary>What <c>Fn::GetAtt</c> gives for an attribute's text.</summary>
    public JsonNode Attribute(string type, string attribute, string text) =>
        Find(type)?.ListAttributes.Split(' ').Contains(attribute) == true ? new JsonArray([.. text.Split(',').Select(entry => JsonValue.Create(entry))]) : JsonValue.Create(text);

    public PropertyGrammar Grammar(string name) => _grammars[name];
}
