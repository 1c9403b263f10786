using System.Text.Json.Nodes;
using NJsonSchema;
using YamlDotNet.RepresentationModel;

namespace Pipeline.Tests.Configuration;

public sealed class ConfigurationSchemaTests
{
    [Test]
    public async Task The_repositorys_own_file_satisfies_the_schema()
    {
        var mistakes = await Validate(File.ReadAllText(Path.Combine(Repository.Root, "pipeline.yml")));

        Assert.That(mistakes, Is.Empty);
    }

    [TestCase("system: storefront", "sytem: storefront", "#/sytem")]
    [TestCase("minimum: 80", "minimum: 101", "#/gates.coverage.minimum")]
    [TestCase("cloud: local", "cloud: lokal", "#/cloud")]
    [TestCase("\"123456789012\"", "\"12345\"", "#/account")]
    public async Task The_schema_refuses_what_the_loader_refuses(string valid, string wrong, string path)
    {
        var mistakes = await Validate(File.ReadAllText(Path.Combine(Repository.Root, "pipeline.yml")).Replace(valid, wrong, StringComparison.Ordinal));

        Assert.That(mistakes, Does.Contain(path));
    }

    private static async Task<IEnumerable<string?>> Validate(string yaml)
    {
        var schema = await JsonSchema.FromFileAsync(Path.Combine(Repository.Root, "pipeline.schema.json"));
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return schema.Validate(ToJson(stream.Documents[0].RootNode)!.ToJsonString()).Select(e => e.Path);
    }

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value!, ToJson(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } plain when int.TryParse(plain.Value, out var number) => number,
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } plain when bool.TryParse(plain.Value, out var flag) => flag,
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: "" or "null" } => null,
        YamlScalarNode scalar => scalar.Value,
        _ => throw new InvalidOperationException(node.ToString()),
    };
}
