using YamlDotNet.RepresentationModel;

namespace Pipeline.Tests.Ci;

/// <summary>A parsed YAML file, walked by key; what is absent is <c>null</c> all the way down.</summary>
internal static class YamlTree
{
    public static YamlMappingNode Parse(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return (YamlMappingNode)stream.Documents.Single().RootNode;
    }

    public static YamlNode? At(this YamlNode? node, params string[] path) =>
        path.Aggregate(node, (at, key) => (at as YamlMappingNode)?.Children.FirstOrDefault(c => c.Key is YamlScalarNode { Value: { } name } && name == key).Value);

    public static string? Text(this YamlNode? node, params string[] path) => (node.At(path) as YamlScalarNode)?.Value;

    public static IEnumerable<YamlNode> Items(this YamlNode? node, params string[] path) => (node.At(path) as YamlSequenceNode)?.Children ?? [];

    public static IEnumerable<(string Name, YamlNode Value)> Entries(this YamlNode? node, params string[] path) =>
        (node.At(path) as YamlMappingNode)?.Children.Select(c => (((YamlScalarNode)c.Key).Value!, c.Value)) ?? [];
}
